// sotto's command line, as far as it needs no window.
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>
#include <QTextStream>

#include "startup/command_line.h"
#include "storage/data_directory.h"
#include "support/app/chat_bench.h"
#include "support/app/full_disk.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

namespace {

struct Run {
  CommandLine result;
  QString out;
  QString err;
};

Run run(const QStringList& arguments) {
  Run done;
  QTextStream out(&done.out);
  QTextStream err(&done.err);
  done.result = runCommandLine(QStringList{QStringLiteral("sotto")} + arguments, out, err);
  out.flush();
  err.flush();
  return done;
}

QByteArray contentOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class CommandLineNeedsNoWindow : public QObject {
  Q_OBJECT

 private slots:
  void opensTheWindowWithItsOptions() {
    const Run plain = run({});
    QVERIFY(!plain.result.exitCode);
    QVERIFY(plain.result.start.dataDir.endsWith(QStringLiteral("/sotto")));
    QVERIFY(plain.out.isEmpty() && plain.err.isEmpty());

    const Run full = run({QStringLiteral("--data-dir"), QStringLiteral("/tmp/a b"), QStringLiteral("--model"),
                          QStringLiteral("relative.gguf"), QStringLiteral("--new")});
    QVERIFY(!full.result.exitCode);
    QCOMPARE(full.result.start.dataDir, QStringLiteral("/tmp/a b"));
    QVERIFY(full.result.start.modelFile.startsWith(QLatin1Char('/')));
    QVERIFY(full.result.start.modelFile.endsWith(QStringLiteral("/relative.gguf")));
    QVERIFY(full.result.start.newChat);
  }

  void knowsTheStarterModelByName() {
    const Run named = run({QStringLiteral("--model"), QStringLiteral("starter")});
    QVERIFY(!named.result.exitCode);
    QCOMPARE(named.result.start.modelFile, QLatin1String(StartOptions::starter));
    QCOMPARE(StartOptions::fromArguments(named.result.start.toArguments()).modelFile, named.result.start.modelFile);
    // A file of that name has a folder, as for sotto-cli.
    const Run file = run({QStringLiteral("--model"), QStringLiteral("./starter")});
    QVERIFY(file.result.start.modelFile.startsWith(QLatin1Char('/')));
  }

  void leavesQtsOptionsAlone() {
    const Run qt = run({QStringLiteral("-platform"), QStringLiteral("offscreen"), QStringLiteral("--new"),
                        QStringLiteral("-style=fusion"), QStringLiteral("-reverse")});
    QVERIFY2(!qt.result.exitCode, qPrintable(qt.err));
    QVERIFY(qt.result.start.newChat);
  }

  void handsOverToARunningSotto() {
    StartOptions options;
    options.modelFile = QStringLiteral("/models/a b.gguf");
    options.newChat = true;
    QCOMPARE(StartOptions::fromArguments(options.toArguments()), options);
    QCOMPARE(StartOptions::fromArguments({}), StartOptions());
    QCOMPARE(StartOptions::fromArguments({QStringLiteral("--nonsense"), QStringLiteral("--new")}).modelFile, QString());
  }

  void printsItsVersionAndHelp() {
    const Run version = run({QStringLiteral("--version")});
    QCOMPARE(version.result.exitCode, std::optional<int>(0));
    QVERIFY(version.out.startsWith(QStringLiteral("sotto ")));
    QCOMPARE(version.out.count(QLatin1Char('\n')), 1);
    const Run help = run({QStringLiteral("--help")});
    QCOMPARE(help.result.exitCode, std::optional<int>(0));
    for (const char* option :
         {"--data-dir", "--model", "--new", "--version", "--list", "--export", "--format", "--out"}) {
      QVERIFY2(help.out.contains(QLatin1String(option)), option);
    }
    QVERIFY(help.err.isEmpty());
  }

  void refusesMisuseInOneSentence_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("unknown option") << QStringList{"--frobnicate"};
    QTest::newRow("stray word") << QStringList{"frobnicate"};
    QTest::newRow("missing value") << QStringList{"--model"};
    QTest::newRow("no format") << QStringList{"--export", "all", "--out", "/tmp/x"};
    QTest::newRow("unknown format") << QStringList{"--export", "all", "--format", "pdf", "--out", "/tmp/x"};
    QTest::newRow("no path") << QStringList{"--export", "all", "--format", "md"};
    QTest::newRow("no id") << QStringList{"--export", "first", "--format", "md", "--out", "/tmp/x"};
    QTest::newRow("format alone") << QStringList{"--format", "md"};
  }

  void refusesMisuseInOneSentence() {
    QFETCH(QStringList, arguments);
    const Run misuse = run(arguments);
    QCOMPARE(misuse.result.exitCode, std::optional<int>(1));
    QVERIFY(misuse.out.isEmpty());
    QCOMPARE(misuse.err.count(QLatin1Char('\n')), 1);
    QVERIFY(misuse.err.trimmed().endsWith(QLatin1Char('.')));
  }

  void listsNothingWhereNothingIs() {
    QTemporaryDir directory;
    const Run list = run({"--data-dir", directory.filePath("none"), "--list"});
    QCOMPARE(list.result.exitCode, std::optional<int>(0));
    QVERIFY(list.out.isEmpty() && list.err.isEmpty());
    QVERIFY(!QFile::exists(directory.filePath("none")));
    const Run all = run({"--data-dir", directory.filePath("none"), "--export", "all", "--format", "md", "--out",
                         directory.filePath("out")});
    QCOMPARE(all.result.exitCode, std::optional<int>(1));
    QVERIFY(!all.err.isEmpty());
  }

  // Beside a running Sotto that is writing a reply.
  void listsAndExportsWhileSottoRuns() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("Plan a trip")) && bench.waitIdle());
    const ConversationId first = bench.chat->currentId();
    bench.chat->renameConversation(first, QStringLiteral("Plan\ta trip"));
    bench.chat->newConversation();
    bench.pace->holdAfter(20);
    QVERIFY(bench.say(QStringLiteral("Second")) && bench.waitTokens(20));
    const ConversationId second = bench.chat->currentId();
    bench.chat->flush();

    const Run list = run({"--data-dir", bench.dataDir, "--list"});
    QCOMPARE(list.result.exitCode, std::optional<int>(0));
    QCOMPARE(list.out, QStringLiteral("%1\tSecond\t2\n%2\tPlan a trip\t2\n").arg(second.value).arg(first.value));

    const QString file = bench.directory.filePath("one.json");
    const QStringList exportOne{"--data-dir", bench.dataDir,          "--export", QString::number(first.value),
                                "--format",   QStringLiteral("json"), "--out",    file};
    const Run one = run(exportOne);
    QVERIFY2(one.result.exitCode == std::optional<int>(0), qPrintable(one.err));
    const QJsonObject json = QJsonDocument::fromJson(contentOf(file)).object();
    QCOMPARE(json.value("format").toString(), QStringLiteral("sotto-conversation"));
    QVERIFY(contentOf(file).contains(benchReply().toUtf8()));

    // Never over a file.
    const QByteArray before = contentOf(file);
    const Run again = run(exportOne);
    QCOMPARE(again.result.exitCode, std::optional<int>(1));
    QVERIFY(!again.err.isEmpty());
    QCOMPARE(contentOf(file), before);

    const QString folder = bench.directory.filePath("all");
    const Run all = run({"--data-dir", bench.dataDir, "--export", "all", "--format", "md", "--out", folder});
    QVERIFY2(all.result.exitCode == std::optional<int>(0), qPrintable(all.err));
    QCOMPARE(QDir(folder).entryList(QDir::Files).size(), 2);

    const Run gone = run({"--data-dir", bench.dataDir, "--export", "4711", "--format", "md", "--out", folder + "/x"});
    QCOMPARE(gone.result.exitCode, std::optional<int>(1));
    QCOMPARE(gone.err.count(QLatin1Char('\n')), 1);

    // The running one noticed nothing.
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
  }

  void saysInOneSentenceThatTheDatabaseIsDamaged() {
    ChatBench bench;
    QVERIFY(bench.start());
    bench.end();
    const QString path = databasePath(bench.dataDir);
    execute(path, QStringLiteral("INSERT INTO conversations (title, created_at, updated_at, params) VALUES "
                                 "('here', 1, 1, '{}')"));
    const QString root = QStringLiteral("SELECT rootpage FROM sqlite_schema WHERE name = 'conversations'");
    const qint64 page = rows(path, root).value(0).toLongLong();
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek((page - 1) * 4096));
    QVERIFY(file.write(QByteArray(4096, '\xff')) == 4096);
    file.close();
    for (const QStringList& command : {QStringList{"--list"}, QStringList{"--export", "all", "--format", "md", "--out",
                                                                          bench.directory.filePath("all")}}) {
      const Run refused = run(QStringList{"--data-dir", bench.dataDir} + command);
      QCOMPARE(refused.result.exitCode, std::optional<int>(1));
      QVERIFY2(refused.err.count(QLatin1Char('\n')) == 1 && refused.err.contains(path), qPrintable(refused.err));
    }
  }

  // A backup on a disk that is mounted for reading.
  void listsAndExportsWhereNothingCanBeWritten() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("Plan a trip")) && bench.waitIdle());
    bench.end();
    const ReadOnlyFolder folder(bench.dataDir);
    if (!folder.works()) QSKIP("This system does not let tests make a folder read-only.");
    const Run list = run({"--data-dir", bench.dataDir, "--list"});
    QVERIFY2(list.result.exitCode == std::optional<int>(0), qPrintable(list.err));
    QCOMPARE(list.out, QStringLiteral("1\tPlan a trip\t2\n"));
    const QString file = bench.directory.filePath("one.txt");
    const Run one = run({"--data-dir", bench.dataDir, "--export", "1", "--format", "txt", "--out", file});
    QVERIFY2(one.result.exitCode == std::optional<int>(0), qPrintable(one.err));
    QVERIFY(contentOf(file).contains(benchReply().toUtf8()));
  }

  void exportsFromTheWindow() {
    ChatBench bench;
    QVERIFY(bench.start() && bench.load());
    QVERIFY(bench.say(QStringLiteral("Plan a trip")) && bench.waitIdle());
    QSignalSpy exported(bench.chat.get(), &ChatController::exported);
    QSignalSpy failed(bench.chat.get(), &ChatController::exportFailed);
    const QString file = bench.directory.filePath("one.txt");
    bench.chat->exportConversation(bench.chat->currentId(), QStringLiteral("txt"), file);
    QVERIFY(exported.wait(10000));
    QVERIFY(contentOf(file).contains(benchReply().toUtf8()));
    bench.chat->exportConversation(bench.chat->currentId(), QStringLiteral("txt"), file);  // the window has asked
    QVERIFY(exported.wait(10000));
    bench.chat->exportAll(QStringLiteral("md"), bench.directory.filePath("all"));
    QVERIFY(exported.wait(10000));
    QCOMPARE(exported.last()[1].toInt(), 1);
    bench.chat->exportConversation(bench.chat->currentId(), QStringLiteral("txt"),
                                   QStringLiteral("/nowhere/at/all.txt"));
    QVERIFY(failed.wait(10000));
    bench.chat->exportConversation(bench.chat->currentId(), QStringLiteral("pdf"), file);
    QCOMPARE(failed.size(), 2);
  }
};

QTEST_GUILESS_MAIN(CommandLineNeedsNoWindow)
#include "test_command_line.moc"
