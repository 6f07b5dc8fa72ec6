// What is on the screen is on the disk before the computer sleeps and before the desktop's session ends.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusUnixFileDescriptor>
#include <QGuiApplication>
#include <QMetaMethod>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <array>
#include <cstddef>
#include <thread>

#include "startup/lifecycle.h"
#include "support/app/chat_bench.h"

using namespace sotto::app;
using namespace sotto::test;

namespace {

const auto logindName = QStringLiteral("org.freedesktop.login1");
const auto logindPath = QStringLiteral("/org/freedesktop/login1");

}  // namespace

// Gives out one inhibitor, whose closing lets the system sleep.
class SleepyLogind : public QObject {
  Q_OBJECT
  Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")

 public:
  int readEnd = -1;
  ~SleepyLogind() override { ::close(readEnd); }

 public slots:
  QDBusUnixFileDescriptor Inhibit(const QString&, const QString&, const QString&, const QString&) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
    ::close(readEnd);
    readEnd = ends[0];
    QDBusUnixFileDescriptor result(ends[1]);
    ::close(ends[1]);
    return result;
  }
};

class EverythingIsStoredInTime : public QObject {
  Q_OBJECT

 private slots:
  void beforeTheComputerSleeps() {
    if (qEnvironmentVariableIsEmpty("SOTTO_TEST_BUS")) QSKIP("dbus-daemon is not installed, so there is no bus.");
    QDBusConnection server = QDBusConnection::connectToBus(qEnvironmentVariable("SOTTO_TEST_BUS"), "server");
    SleepyLogind logind;
    QVERIFY(server.registerService(logindName));
    QVERIFY(server.registerObject(logindPath, &logind, QDBusConnection::ExportAllSlots));

    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const Lifecycle lifecycle(*bench.chat);
    QTRY_VERIFY(logind.readEnd >= 0);
    beginReply(bench);

    // The system sleeps as soon as nobody holds it: what is on the disk then is what there is.
    QString content;
    QString prompt;
    std::thread sleeper([&, end = logind.readEnd] {
      char byte = 0;
      if (::read(end, &byte, 1) != 0) return;
      content = bench.sql(replyContent());
      prompt = bench.sql(systemPrompt());
    });
    QDBusMessage message = QDBusMessage::createSignal(logindPath, QStringLiteral("org.freedesktop.login1.Manager"),
                                                      QStringLiteral("PrepareForSleep"));
    message << true;
    changeNow(bench);
    QVERIFY(server.send(message));
    pollfd closed{.fd = logind.readEnd, .events = POLLIN, .revents = 0};
    QTRY_VERIFY(::poll(&closed, 1, 0) == 1);
    sleeper.join();
    QCOMPARE(content, bench.last().content);
    QCOMPARE(prompt, QStringLiteral("Be brief."));
    QVERIFY(bench.last().state == MessageState::streaming);  // and goes on afterwards
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
    server.unregisterService(logindName);
  }

  // The desktop asks every program; it may end them at any moment after that.
  void beforeTheSessionEnds() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const Lifecycle lifecycle(*bench.chat);
    beginReply(bench);
    changeNow(bench);
    // A session manager cannot be made outside of Qt; nobody here looks at it.
    alignas(std::max_align_t) std::array<std::byte, 256> manager{};
    const QMetaObject& type = QGuiApplication::staticMetaObject;
    const QMetaMethod asked = type.method(type.indexOfSignal("commitDataRequest(QSessionManager&)"));
    QVERIFY(asked.isValid());
    QVERIFY(asked.invoke(qApp, Qt::DirectConnection, QGenericArgument("QSessionManager&", manager.data())));
    QCOMPARE(bench.sql(replyContent()), bench.last().content);
    QCOMPARE(bench.sql(systemPrompt()), QStringLiteral("Be brief."));
  }

  void beforeTheApplicationQuits() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    const Lifecycle lifecycle(*bench.chat);
    beginReply(bench);
    changeNow(bench);
    QVERIFY(QMetaObject::invokeMethod(qApp, "aboutToQuit", Qt::DirectConnection));
    QCOMPARE(bench.sql(replyContent()), bench.last().content);
    QCOMPARE(bench.sql(systemPrompt()), QStringLiteral("Be brief."));
  }

 private:
  static QString replyContent() {
    return QStringLiteral("SELECT content FROM v_messages WHERE role = 'assistant' ORDER BY message_id DESC");
  }
  static QString systemPrompt() { return QStringLiteral("SELECT system_prompt FROM conversations"); }

  static void beginReply(ChatBench& bench) {
    bench.pace->holdAfter(10);
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitTokens(10));
    bench.chat->flush();
  }
  // Text and settings that are in memory only: nothing of it is due yet.
  static void changeNow(ChatBench& bench) {
    bench.pace->holdAfter(30);
    QVERIFY(bench.waitTokens(30));
    bench.chat->setSystemPrompt(QStringLiteral("Be brief."));
  }
};

int main(int argc, char** argv) {
  // The system's bus, as far as this process knows.
  QProcess daemon;
  if (!QStandardPaths::findExecutable(QStringLiteral("dbus-daemon")).isEmpty()) {
    daemon.start(QStringLiteral("dbus-daemon"), {"--session", "--nofork", "--print-address"});
    while (daemon.state() != QProcess::NotRunning && !daemon.canReadLine()) daemon.waitForReadyRead(1000);
    const QByteArray address = daemon.readLine().trimmed();
    qputenv("SOTTO_TEST_BUS", address);
    qputenv("DBUS_SYSTEM_BUS_ADDRESS", address);
  }
  QGuiApplication application(argc, argv);
  EverythingIsStoredInTime test;
  const int result = QTest::qExec(&test, argc, argv);
  daemon.terminate();
  daemon.waitForFinished();
  return result;
}
#include "test_lifecycle.moc"
