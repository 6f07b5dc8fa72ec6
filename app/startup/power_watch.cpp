#include "startup/power_watch.h"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace sotto::app {

namespace {

const auto service = QStringLiteral("org.freedesktop.login1");
const auto path = QStringLiteral("/org/freedesktop/login1");
const auto interface = QStringLiteral("org.freedesktop.login1.Manager");

}  // namespace

PowerWatch::PowerWatch(const QDBusConnection& bus, QObject* parent) : QObject(parent), bus_(bus) {
  if (!bus_.isConnected()) return;
  bus_.connect(service, path, interface, QStringLiteral("PrepareForSleep"), this, SLOT(onPrepareForSleep(bool)));
  inhibit();
}

void PowerWatch::onPrepareForSleep(bool before) {
  if (before) {
    emit aboutToSleep();
    inhibitor_ = {};  // closes it: the system may go on
    emit inhibitingChanged();
  } else {
    emit wokeUp();
    inhibit();
  }
}

void PowerWatch::inhibit() {
  QDBusMessage call = QDBusMessage::createMethodCall(service, path, interface, QStringLiteral("Inhibit"));
  call << QStringLiteral("sleep") << QStringLiteral("Sotto")
       << QStringLiteral("The reply being written is stored first") << QStringLiteral("delay");
  auto* watcher = new QDBusPendingCallWatcher(bus_.asyncCall(call), this);
  connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* finished) {
    const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *finished;
    finished->deleteLater();
    if (reply.isError()) return;
    inhibitor_ = reply.value();
    emit inhibitingChanged();
  });
}

}  // namespace sotto::app
