// The desktop's light or dark scheme, told by a settings portal on a bus of the test's own.
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusVariant>
#include <QPalette>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>
#include <QThread>

#include "theme/desktop_scheme.h"
#include "theme/theme.h"

using namespace sotto::ui;

// Answers like xdg-desktop-portal: Read wraps the value in a variant of its own.
class Portal : public QObject {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.freedesktop.portal.Settings")
 public:
  std::atomic<uint> scheme = 1;
 public slots:
  QDBusVariant Read(const QString& group, const QString& key) {
    const bool known = group == QLatin1String("org.freedesktop.appearance") && key == QLatin1String("color-scheme");
    return QDBusVariant(QVariant::fromValue(QDBusVariant(known ? QVariant(scheme.load()) : QVariant(0U))));
  }
};

class DesktopSchemeFollowsThePortal : public QObject {
  Q_OBJECT

  QProcess bus_;
  QThread portalThread_;
  Portal portal_;

  void tell(uint scheme) {
    portal_.scheme = scheme;
    QDBusMessage signal =
        QDBusMessage::createSignal(QStringLiteral("/org/freedesktop/portal/desktop"),
                                   QStringLiteral("org.freedesktop.portal.Settings"), QStringLiteral("SettingChanged"));
    signal << QStringLiteral("org.freedesktop.appearance") << QStringLiteral("color-scheme")
           << QVariant::fromValue(QDBusVariant(scheme));
    QVERIFY(QDBusConnection(QStringLiteral("portal")).send(signal));
  }

 private slots:
  void initTestCase() {
    const QString daemon = QStandardPaths::findExecutable(QStringLiteral("dbus-daemon"));
    if (daemon.isEmpty()) QSKIP("dbus-daemon is not installed");
    bus_.start(daemon, {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address")});
    QVERIFY(bus_.waitForStarted());
    QVERIFY(bus_.waitForReadyRead());
    const QByteArray address = bus_.readLine().trimmed();
    qputenv("DBUS_SESSION_BUS_ADDRESS", address);

    portal_.moveToThread(&portalThread_);
    portalThread_.start();
    QDBusConnection server = QDBusConnection::connectToBus(QString::fromUtf8(address), QStringLiteral("portal"));
    QVERIFY(server.isConnected());
    QVERIFY(server.registerObject(QStringLiteral("/org/freedesktop/portal/desktop"), &portal_,
                                  QDBusConnection::ExportAllSlots));
    QVERIFY(server.registerService(QStringLiteral("org.freedesktop.portal.Desktop")));
  }

  void cleanupTestCase() {
    QDBusConnection::disconnectFromBus(QStringLiteral("portal"));
    portalThread_.quit();
    portalThread_.wait();
    if (bus_.state() == QProcess::Running) {
      bus_.terminate();
      bus_.waitForFinished();
    }
  }

  void isKnownBeforeTheFirstFrame() {
    portal_.scheme = 1;
    const DesktopScheme scheme;
    QCOMPARE(scheme.dark(), std::optional(true));
  }

  void hasNoOpinionWithoutPreference() {
    portal_.scheme = 0;
    const DesktopScheme scheme;
    QCOMPARE(scheme.dark(), std::nullopt);
  }

  void themeChangesWithTheDesktopUnlessOverridden() {
    portal_.scheme = 1;
    Theme& theme = Theme::instance();
    QVERIFY(theme.palette().dark);
    QSignalSpy changed(&theme, &Theme::changed);
    tell(2);
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(!theme.palette().dark);

    theme.setMode(Theme::Mode::dark);
    QVERIFY(theme.palette().dark);
    tell(1);
    tell(2);
    QTest::qWait(50);
    QVERIFY(theme.palette().dark);
    theme.setMode(Theme::Mode::followDesktop);
    QVERIFY(!theme.palette().dark);
  }

  void otherwiseThePalettesLightnessTells() {
    QVERIFY(isDark(QPalette(Palette::night().text, Palette::night().panel, {}, {}, {}, Palette::night().text, {},
                            Palette::night().field, Palette::night().background)));
    QVERIFY(!isDark(QPalette(Palette::light().text, Palette::light().panel, {}, {}, {}, Palette::light().text, {},
                             Palette::light().field, Palette::light().background)));
  }
};

QTEST_MAIN(DesktopSchemeFollowsThePortal)
#include "test_desktop_scheme.moc"
