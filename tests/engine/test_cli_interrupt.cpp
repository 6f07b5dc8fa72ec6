// Ctrl+C at every stage of every command: exit code 130, soon, with what was written standing.
#include <signal.h>

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/cli_process.h"
#include "support/tiny_model.h"

using namespace sotto::test;

class InterruptEndsWith130 : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString model_;   // writes without end, a few milliseconds a token
  QString random_;  // takes seconds over a long prompt

  // A generous second: the machine may be busy. Ctrl+C itself is answered within 100 ms.
  static CliRun interrupt(QProcess& process, const QByteArray& more_input = {}) {
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    process.write(more_input);
    QElapsedTimer timer;
    timer.start();
    CliRun run = finish_cli(process, 20000);
    if (timer.elapsed() > 3000) run.trouble += QString(" took %1 ms").arg(timer.elapsed());
    return run;
  }

 private slots:
  void initTestCase() {
    model_ = dir_.filePath("slow.gguf");
    Script endless = script("On and on it goes, and never stops. ");
    endless.loop = true;
    endless.ballast = 30'000'000;
    scripted_model(endless).write(model_.toStdString());
    random_ = dir_.filePath("random.gguf");
    TinyShape shape;
    shape.layers = 8;
    shape.embedding = 256;
    shape.ffn = 1024;
    shape.context = 32768;
    random_model(shape).write(random_.toStdString());
  }

  void whileAReplyIsWritten() {
    const auto process = start_cli({"ask", model_, "p", "-n", "4000"});
    QVERIFY(process->waitForReadyRead(20000));
    const CliRun run = interrupt(*process);
    QVERIFY2(run.code == 130 && run.trouble.isEmpty(), run.text());
    QVERIFY2(run.out.startsWith("On ") && run.out.endsWith('\n'), run.text());
    QVERIFY2(!run.err.contains("sotto-cli:"), run.text());
  }

  void whileThePromptIsRead() {
    const auto process = start_cli({"ask", random_, "-", "--raw", "-c", "32768"});
    process->write(QByteArray(32000, 'x'));
    process->closeWriteChannel();
    QTest::qWait(700);
    const CliRun run = interrupt(*process);
    QVERIFY2(run.code == 130 && run.trouble.isEmpty() && run.out.isEmpty(), run.text());
  }

  void whileInputIsAwaited_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("ask") << QStringList{"ask", model_, "-"};
    QTest::newRow("tokenize") << QStringList{"tokenize", model_};
    QTest::newRow("chat") << QStringList{"chat", model_};
  }
  void whileInputIsAwaited() {
    QFETCH(QStringList, arguments);
    const auto process = start_cli(arguments);
    QTest::qWait(300);
    const CliRun run = interrupt(*process);
    QVERIFY2(run.code == 130 && run.trouble.isEmpty() && run.out.isEmpty(), run.text());
  }

  void chatFromAPipeEnds() {
    const auto process = start_cli({"chat", model_, "-n", "4000"});
    process->write("Hello\nAnother\n");
    QVERIFY(process->waitForReadyRead(20000));
    const CliRun run = interrupt(*process);
    QVERIFY2(run.code == 130 && run.trouble.isEmpty() && run.out.startsWith("On "), run.text());
    QCOMPARE(run.out.count('\n'), 1);
  }

  void whileMeasuring() {
    const QString text = dir_.filePath("text.txt");
    write_file(text.toStdString(), std::string(30000, 'x'));
    const QString out = dir_.filePath("out.npy");
    QString ids = "1";
    for (int i = 0; i < 8000; ++i) ids += ",70";
    for (const QStringList& arguments : {QStringList{"bench", random_, "-p", "8000", "-r", "100"},
                                         {"bench", random_, "-p", "1", "-n", "8000", "-r", "100"},
                                         {"perplexity", random_, "--file", text, "-c", "8000"},
                                         {"logits", random_, "--ids", ids, "--out", out}}) {
      const auto process = start_cli(arguments);
      QTest::qWait(500);
      const CliRun run = interrupt(*process);
      QVERIFY2(run.code == 130 && run.trouble.isEmpty() && run.out.isEmpty(), run.text());
    }
    QVERIFY(!QFile::exists(out));
    QVERIFY(QDir(dir_.path()).entryList({"*.part*"}).isEmpty());
  }

  void evenWhereTheShellHadItIgnored() {
    // Shells start background jobs with SIGINT ignored.
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start("/bin/sh", {"-c", "\"$1\" ask \"$2\" p -n 4000 >/dev/null & sleep 1; kill -INT $!; wait $!; echo $?",
                              "sh", cli_program(), model_});
    QVERIFY(process.waitForFinished(20000));
    QVERIFY(process.readAll().endsWith("130\n"));
  }
};

QTEST_GUILESS_MAIN(InterruptEndsWith130)
#include "test_cli_interrupt.moc"
