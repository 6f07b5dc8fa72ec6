// Sleep is announced in time: a logind of the test's own on a bus of its own.
#include <fcntl.h>
#include <unistd.h>

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusUnixFileDescriptor>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <array>

#include "startup/power_watch.h"

using namespace sotto::app;

// Gives out inhibitors as logind does: one end of a pipe, whose closing it notices.
class Logind : public QObject {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")

 public:
  QStringList asked;
  int readEnd = -1;

  ~Logind() override { ::close(readEnd); }

  // Whether the last inhibitor was let go.
  [[nodiscard]] bool released() const {
    char byte = 0;
    return ::read(readEnd, &byte, 1) == 0;
  }

 public slots:
  QDBusUnixFileDescriptor Inhibit(const QString& what, const QString& who, const QString& why, const QString& mode) {
    asked = {what, who, why, mode};
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return {};
    ::close(readEnd);
    readEnd = ends[0];
    QDBusUnixFileDescriptor result(ends[1]);
    ::close(ends[1]);
    return result;
  }
};

class SleepWaitsForUs : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (QStandardPaths::findExecutable(QStringLiteral("dbus-daemon")).isEmpty()) {
      QSKIP("dbus-daemon is not installed, so there is no bus to test with.");
    }
    daemon_.start(QStringLiteral("dbus-daemon"),
                  {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address")});
    QVERIFY(daemon_.waitForStarted());
    while (!daemon_.canReadLine()) QVERIFY(daemon_.waitForReadyRead(10000));
    address_ = QString::fromUtf8(daemon_.readLine()).trimmed();
  }

  void cleanupTestCase() {
    daemon_.terminate();
    daemon_.waitForFinished();
  }

  void flushesBeforeSleepAndHoldsItUp() {
    // Both ends live in this process; calls go over the bus and its event loop.
    QDBusConnection server = QDBusConnection::connectToBus(address_, QStringLiteral("server"));
    QVERIFY(server.isConnected());
    Logind logind;
    QVERIFY(server.registerService(QStringLiteral("org.freedesktop.login1")));
    QVERIFY(server.registerObject(QStringLiteral("/org/freedesktop/login1"), &logind, QDBusConnection::ExportAllSlots));

    const QDBusConnection client = QDBusConnection::connectToBus(address_, QStringLiteral("client"));
    PowerWatch watch(client);
    QTRY_VERIFY(watch.inhibiting());
    QCOMPARE(logind.asked[0], QStringLiteral("sleep"));
    QCOMPARE(logind.asked[3], QStringLiteral("delay"));
    QVERIFY(!logind.released());

    bool heldDuring = false;
    connect(&watch, &PowerWatch::aboutToSleep, this, [&] { heldDuring = watch.inhibiting() && !logind.released(); });
    QSignalSpy asleep(&watch, &PowerWatch::aboutToSleep);
    announce(server, true);
    QVERIFY(asleep.wait(5000));
    QVERIFY(heldDuring);
    QTRY_VERIFY(logind.released());

    QSignalSpy awake(&watch, &PowerWatch::wokeUp);
    announce(server, false);
    QVERIFY(awake.wait(5000));
    QTRY_VERIFY(watch.inhibiting());
    QVERIFY(!logind.released());
    server.unregisterService(QStringLiteral("org.freedesktop.login1"));
  }

  void doesNothingWithoutLogindOrBus() {
    const QDBusConnection client = QDBusConnection::connectToBus(address_, QStringLiteral("alone"));
    PowerWatch withoutLogind(client);
    QTest::qWait(100);
    QVERIFY(!withoutLogind.inhibiting());
    PowerWatch withoutBus(QDBusConnection(QStringLiteral("nowhere")));
    QVERIFY(!withoutBus.inhibiting());
  }

 private:
  static void announce(const QDBusConnection& server, bool before) {
    QDBusMessage message =
        QDBusMessage::createSignal(QStringLiteral("/org/freedesktop/login1"),
                                   QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("PrepareForSleep"));
    message << before;
    QVERIFY(server.send(message));
  }

  QProcess daemon_;
  QString address_;
};

QTEST_GUILESS_MAIN(SleepWaitsForUs)
#include "test_power_watch.moc"
