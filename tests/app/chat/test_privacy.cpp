// What is said stays here: a whole conversation without a network, and logs that hold nothing of it.
#include <QCoreApplication>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QNetworkInterface>
#include <QProcess>
#include <QTest>
#include <iostream>

#include "support/app/chat_bench.h"
#include "support/app/full_disk.h"

using namespace sotto::app;
using namespace sotto::test;

namespace {

const QString secret = QStringLiteral("my voice is my passport");

// The window's flow: open, load, send, see, stop, continue, rename, export, close, open again. 0: all went well; else
// the line that failed.
#define STEP(condition)                \
  do {                                 \
    if (!(condition)) return __LINE__; \
  } while (false)

int runFlow(const QString& dataDir) {
  ChatBench bench;
  bench.dataDir = dataDir;
  STEP(bench.start() && bench.load());
  bench.pace->holdAfter(20);
  STEP(bench.say(secret) && bench.waitTokens(20));
  bench.chat->stop();
  STEP(bench.waitIdle());
  bench.pace->release();
  STEP(bench.chat->continueReply(bench.last().id));
  STEP(waitFor([&] { return bench.last().stopReason == StopReason::end; }));
  STEP(bench.last().content == benchReply());
  bench.chat->setSystemPrompt(secret);
  bench.chat->renameConversation(bench.chat->currentId(), secret);
  bench.pace->failAt(3, [] { throw std::runtime_error("failing on purpose"); });
  STEP(bench.say(secret) && bench.waitIdle());
  STEP(bench.last().state == MessageState::failed);
  bench.pace->failAt(-1, {});
  {
    const FileSizeLimit full(0);
    STEP(bench.chat->send(secret));
    STEP(waitFor([&] { return !bench.failures->empty(); }));
  }
  bench.chat->exportConversation(bench.chat->currentId(), QStringLiteral("md"), QStringLiteral("/nowhere/x.md"));
  bench.chat->exportConversation(bench.chat->currentId(), QStringLiteral("json"),
                                 dataDir + QStringLiteral("/../x.json"));
  STEP(waitFor([&] { return QFileInfo::exists(dataDir + QStringLiteral("/../x.json")); }));
  STEP(bench.restart());
  STEP(bench.chat->conversations().size() == 1 && bench.chat->conversations()[0].title == secret);
  return 0;
}

QString program() { return QCoreApplication::applicationFilePath(); }

}  // namespace

class NothingLeaves : public QObject {
  Q_OBJECT

 private slots:
  void everythingWorksWithoutANetwork() {
    QTemporaryDir directory;
    // Root may cut the network off; others may as root of a user namespace of their own, where the system allows it.
    for (const QStringList& how : {QStringList{"-n"}, QStringList{"-r", "-n"}}) {
      QProcess probe;
      probe.start(QStringLiteral("unshare"), how + QStringList{"true"});
      if (!probe.waitForFinished() || probe.exitStatus() != QProcess::NormalExit || probe.exitCode() != 0) continue;
      QProcess flow;
      flow.setProcessChannelMode(QProcess::ForwardedErrorChannel);
      flow.start(QStringLiteral("unshare"),
                 how + QStringList{program(), QStringLiteral("--offline"), directory.filePath("data")});
      QVERIFY(flow.waitForFinished(60000));
      QCOMPARE(flow.exitCode(), 0);
      QCOMPARE(flow.readAllStandardOutput(), QByteArray("0\n"));
      return;
    }
    QSKIP("This system does not let tests run without a network (unshare -n).");
  }

  void logsHoldNothingOfAConversation() {
    QTemporaryDir directory;
    QProcess flow;
    flow.setProcessChannelMode(QProcess::MergedChannels);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_LOGGING_RULES"), QStringLiteral("*=true"));
    environment.insert(QStringLiteral("XDG_STATE_HOME"), directory.filePath("state"));
    environment.insert(QStringLiteral("HOME"), directory.filePath("home"));
    flow.setProcessEnvironment(environment);
    flow.start(program(), {QStringLiteral("--flow"), directory.filePath("data")});
    QVERIFY(flow.waitForFinished(60000));
    const QByteArray log = flow.readAll();
    QVERIFY2(log.contains("\n0\n") || log == "0\n", log.right(2000).constData());
    QVERIFY(!log.contains(secret.toUtf8()));
    QVERIFY(!log.contains("word37"));  // of the reply
    // Nothing but the database, and what was exported on demand, holds it.
    QDirIterator files(directory.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
      QFile file(files.next());
      if (file.fileName().contains(QLatin1String("sotto.db")) || file.fileName().endsWith(QLatin1String("x.json"))) {
        continue;
      }
      QVERIFY(file.open(QIODevice::ReadOnly));
      QVERIFY2(!file.readAll().contains(secret.toUtf8()), qPrintable(file.fileName()));
    }
  }

  void othersCannotReadTheData() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(secret) && bench.waitIdle());
    const auto others =
        QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther | QFile::ExeOther;
    QVERIFY(!(QFile::permissions(bench.dataDir) & others));
    QDirIterator files(bench.dataDir, QDir::Files | QDir::System | QDir::Hidden, QDirIterator::Subdirectories);
    int count = 0;
    while (files.hasNext()) {
      const QString path = files.next();
      QVERIFY2(!(QFile::permissions(path) & others), qPrintable(path));
      ++count;
    }
    QVERIFY(count >= 2);
  }
};

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  const QStringList arguments = QCoreApplication::arguments();
  if (arguments.value(1) == QLatin1String("--offline")) {
    // There is no way out: nothing but the loopback, and that is down.
    for (const QNetworkInterface& each : QNetworkInterface::allInterfaces()) {
      if (each.flags() & QNetworkInterface::IsUp) return 3;
    }
  }
  if (arguments.size() == 3 && arguments[1].startsWith(QLatin1String("--"))) {
    std::cout << runFlow(arguments[2]) << std::endl;
    return 0;
  }
  NothingLeaves test;
  return QTest::qExec(&test, argc, argv);
}
#include "test_privacy.moc"
