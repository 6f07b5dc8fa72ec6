#include "theme/desktop_scheme.h"

#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QPalette>

namespace sotto::ui {

namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");
constexpr int kFirstAnswerMs = 120;  // as long as the first frame may wait to have the right colours

}  // namespace

DesktopScheme::DesktopScheme(QObject* parent) : QObject(parent) {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
              SLOT(settingChanged(QString, QString, QDBusVariant)));

  QDBusMessage read = QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
  read << kGroup << kKey;
  // A portal that runs answers within milliseconds: wait for it, so that the window does not flash in the other scheme.
  // One that has to be started first answers later.
  const bool running = bus.interface() != nullptr && bus.interface()->isServiceRegistered(kService).value();
  if (running) {
    const QDBusReply<QDBusVariant> answer = bus.call(read, QDBus::Block, kFirstAnswerMs);
    if (answer.isValid()) {
      take(answer.value().variant());
      return;
    }
  }
  auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(read), this);
  connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* call) {
    const QDBusPendingReply<QDBusVariant> answer = *call;
    if (answer.isValid()) take(answer.value().variant());
    call->deleteLater();
  });
}

void DesktopScheme::settingChanged(const QString& group, const QString& key, const QDBusVariant& value) {
  if (group == kGroup && key == kKey) take(value.variant());
}

void DesktopScheme::take(const QVariant& value) {
  QVariant inner = value;  // Read wraps the value in a variant of its own, ReadOne and the signal do not
  while (inner.canConvert<QDBusVariant>()) inner = inner.value<QDBusVariant>().variant();
  const uint scheme = inner.toUInt();
  const std::optional<bool> dark = scheme == 1   ? std::optional(true)
                                   : scheme == 2 ? std::optional(false)
                                                 : std::nullopt;
  if (dark == dark_) return;
  dark_ = dark;
  emit changed();
}

bool isDark(const QPalette& palette) {
  return palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
}

}  // namespace sotto::ui
