// Tells in time that the computer is about to sleep, through systemd-logind. Holds a "delay" inhibitor so that the
// system waits until the listeners are done (logind waits five seconds at the most). Without a system bus or logind
// nothing happens. https://www.freedesktop.org/wiki/Software/systemd/inhibit/
#pragma once

#include <QDBusConnection>
#include <QDBusUnixFileDescriptor>
#include <QObject>

namespace sotto::app {

// GUI thread. Never waits for the bus.
class PowerWatch : public QObject {
  Q_OBJECT

 public:
  explicit PowerWatch(const QDBusConnection& bus = QDBusConnection::systemBus(), QObject* parent = nullptr);
  // Whether the system waits for us now.
  [[nodiscard]] bool inhibiting() const { return inhibitor_.isValid(); }

 signals:
  // Listeners connected directly finish before the system sleeps.
  void aboutToSleep();
  void wokeUp();
  void inhibitingChanged();

 private slots:
  void onPrepareForSleep(bool before);

 private:
  void inhibit();

  QDBusConnection bus_;
  QDBusUnixFileDescriptor inhibitor_;
};

}  // namespace sotto::app
