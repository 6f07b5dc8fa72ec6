// sotto-cli and everything that can be wrong with its arguments, files and pipes: exit code 1, one sentence on standard
// error, nothing on standard output.
#include <fcntl.h>
#include <unistd.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/cli_process.h"
#include "support/tiny_model.h"

using namespace sotto::test;

class MisuseIsOneSentence : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString model_;
  QString text_;

  [[nodiscard]] QString path(const QString& name) const { return dir_.filePath(name); }

 private slots:
  void initTestCase() {
    QVERIFY(dir_.isValid());
    model_ = path("model.gguf");
    scripted_model(script("Hello there, this is the reply.")).write(model_.toStdString());
    text_ = path("text.txt");
    write_file(text_.toStdString(), "A short text.");
    write_file(path("junk.gguf").toStdString(), std::string(5000, 'x'));
    write_file(path("empty.gguf").toStdString(), "");
  }

  void helpAndVersionAreResults() {
    const QStringList commands{"inspect", "tokenize", "render", "logits", "ask", "chat", "perplexity", "bench"};
    const CliRun help = run_cli({"--help"});
    QVERIFY2(help.code == 0 && help.err.isEmpty(), help.text());
    for (const QString& command : commands) {
      QVERIFY2(help.out.contains("\n  " + command.toUtf8() + " "), help.text());
      const CliRun own = run_cli({command, "--help"});
      QVERIFY2(own.code == 0 && own.err.isEmpty(), own.text());
      QVERIFY2(own.out.contains("sotto-cli " + command.toUtf8()) && own.out.contains("MODEL"), own.text());
    }
    QCOMPARE(run_cli({"-h"}).out, help.out);
    const CliRun version = run_cli({"--version"});
    QCOMPARE(version.code, 0);
    QVERIFY2(version.out.startsWith("sotto-cli ") && version.out.size() > 14 && version.out.endsWith('\n'),
             version.text());
  }

  void arguments_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("part");  // of the sentence
    const auto row = [](const char* name, const QStringList& arguments, const char* part) {
      QTest::newRow(name) << arguments << QString(part);
    };
    row("nothing", {}, "command");
    row("unknown command", {"sing", "m"}, "'sing'");
    row("unknown flag instead of a command", {"--loud"}, "'--loud'");
    row("no model", {"inspect"}, "MODEL");
    row("one argument too many", {"inspect", "m", "n"}, "n");
    row("unknown flag", {"inspect", "m", "--loud"}, "--loud");
    row("no prompt", {"ask", "m"}, "PROMPT");
    row("two prompts", {"ask", "m", "one", "two"}, "two");
    row("no value", {"ask", "m", "p", "--temperature"}, "--temperature");
    row("cold", {"ask", "m", "p", "--temperature", "-1"}, "--temperature must be a number from 0 to 10, not '-1'");
    row("hot", {"ask", "m", "p", "--temperature=1000"}, "--temperature");
    row("not a number", {"ask", "m", "p", "--temperature", "warm"}, "'warm'");
    row("nan", {"ask", "m", "p", "--temperature", "nan"}, "'nan'");
    row("negative top-k", {"ask", "m", "p", "--top-k", "-1"}, "--top-k");
    row("fractional top-k", {"ask", "m", "p", "--top-k", "1.5"}, "--top-k");
    row("top-p above 1", {"ask", "m", "p", "--top-p", "1.01"}, "--top-p");
    row("min-p below 0", {"ask", "m", "p", "--min-p", "-0.1"}, "--min-p");
    row("no penalty", {"ask", "m", "p", "--repeat-penalty", "0"}, "--repeat-penalty");
    row("negative seed", {"ask", "m", "p", "--seed", "-1"}, "--seed");
    row("no tokens", {"ask", "m", "p", "-n", "0"}, "-n must be");
    row("negative tokens", {"ask", "m", "p", "-n", "-5"}, "-n must be");
    row("too many tokens", {"ask", "m", "p", "-n", "99999999999999999999"}, "-n must be");
    row("no threads", {"ask", "m", "p", "-t", "0"}, "-t must be");
    row("absurd threads", {"ask", "m", "p", "-t", "100000"}, "-t must be");
    row("no context", {"ask", "m", "p", "-c", "0"}, "-c must be");
    row("seed twice", {"ask", "m", "p", "--seed", "1", "--seed", "2"}, "--seed");
    row("system with raw", {"ask", "m", "p", "--raw", "--system", "s"}, "--raw");
    row("chat with a prompt", {"chat", "m", "hello"}, "hello");
    row("neither ids nor text", {"logits", "m", "--out", "o"}, "--ids");
    row("ids and text", {"logits", "m", "--ids", "1", "--text", "t", "--out", "o"}, "--ids");
    row("no out", {"logits", "m", "--ids", "1"}, "--out");
    row("empty ids", {"logits", "m", "--ids", "", "--out", "o"}, "--ids");
    row("hole in the ids", {"logits", "m", "--ids", "1,,2", "--out", "o"}, "--ids");
    row("negative id", {"logits", "m", "--ids", "1,-2", "--out", "o"}, "'-2'");
    row("word among the ids", {"logits", "m", "--ids", "1,two", "--out", "o"}, "'two'");
    row("huge id", {"logits", "m", "--ids", "4294967297", "--out", "o"}, "'4294967297'");
    row("perplexity of nothing", {"perplexity", "m"}, "--file");
    row("tiny window", {"perplexity", "m", "--file", "f", "-c", "1"}, "-c must be");
    row("no runs", {"bench", "m", "-r", "0"}, "-r must be");
    row("no prompt to measure", {"bench", "m", "-p", "0"}, "-p must be");
    row("negative depth", {"bench", "m", "-d", "-1"}, "-d must be");
  }
  void arguments() {
    QFETCH(QStringList, arguments);
    QFETCH(QString, part);
    // Arguments are looked at before the model, so it need not exist.
    const CliRun run = run_cli(arguments);
    QVERIFY2(run.code == 1 && run.out.isEmpty(), run.text());
    QVERIFY2(error_sentence(run).contains(part), run.text());
  }

  void files_data() {
    QTest::addColumn<QString>("file");
    for (const char* file : {"missing.gguf", "junk.gguf", "empty.gguf", ".", ""}) QTest::newRow(file) << QString(file);
  }
  void files() {
    QFETCH(QString, file);
    const QString model = file.isEmpty() ? file : path(file);
    for (const QStringList& rest : {QStringList{"inspect"},
                                    {"inspect", "--json"},
                                    {"tokenize"},
                                    {"ask", "p"},
                                    {"chat"},
                                    {"bench"},
                                    {"logits", "--ids", "1", "--out", path("o.npy")},
                                    {"perplexity", "--file", text_}}) {
      QStringList arguments = rest;
      arguments.insert(1, model);
      const CliRun run = run_cli(arguments, "text\n");
      QVERIFY2(run.code == 1 && run.out.isEmpty(), run.text());
      QVERIFY2(!error_sentence(run).isEmpty(), run.text());
      if (!file.isEmpty() && file != ".") QVERIFY2(run.err.contains(file.toUtf8()), run.text());
    }
    QVERIFY(!QFile::exists(path("o.npy")));
  }

  void textsThatCannotBeRead() {
    for (const QStringList& arguments : {QStringList{"tokenize", model_, "--file", path("missing.txt")},
                                         {"tokenize", model_, "--file", dir_.path()},
                                         {"perplexity", model_, "--file", path("missing.txt")},
                                         {"perplexity", model_, "--file", dir_.path()}}) {
      const CliRun run = run_cli(arguments);
      QVERIFY2(run.code == 1 && run.out.isEmpty(), run.text());
      QVERIFY2(error_sentence(run).contains("cannot be read"), run.text());
    }
  }

  void idsOutsideTheVocabulary() {
    const CliRun run = run_cli({"logits", model_, "--ids", "1,100000", "--out", path("o.npy")});
    QVERIFY2(run.code == 1 && error_sentence(run).contains("100000"), run.text());
    QVERIFY(!QFile::exists(path("o.npy")));
  }

  void filesThatCannotBeWritten() {
    const CliRun run = run_cli({"logits", model_, "--ids", "1,2", "--out", path("no/such/folder/o.npy")});
    QVERIFY2(run.code == 1 && error_sentence(run).contains("cannot be written"), run.text());
    const CliRun full = run_cli({"logits", model_, "--ids", "1,2", "--out", "/dev/full"});
    QVERIFY2(full.code == 1 && error_sentence(full).contains("cannot be written"), full.text());
  }

  // A name typed twice must not cost a download of gigabytes.
  void theModelIsNotOverwritten() {
    const QString copy = path("copy.gguf"), link = path("link.gguf");
    QVERIFY(QFile::copy(model_, copy) && QFile::link(copy, link));
    for (const QString& out : {copy, link}) {
      const CliRun run = run_cli({"logits", copy, "--ids", "1,2", "--out", out});
      QVERIFY2(run.code == 1 && error_sentence(run).contains("is the model itself"), run.text());
    }
    QCOMPARE(QFileInfo(copy).size(), QFileInfo(model_).size());
  }

  void contextThatTheModelDoesNotHave() {
    const CliRun run = run_cli({"ask", model_, "p", "-c", "1000000"});
    QVERIFY2(run.code == 1 && run.out.isEmpty() && error_sentence(run).contains("4096"), run.text());
    const CliRun bench = run_cli({"bench", model_, "-p", "5000"});
    QVERIFY2(bench.code == 1 && error_sentence(bench).contains("4096"), bench.text());
  }

  void promptThatDoesNotFit() {
    const CliRun run = run_cli({"ask", model_, "-", "-c", "100"}, QByteArray(300, 'x'));
    QVERIFY2(run.code == 1 && run.out.isEmpty(), run.text());
    const QString sentence = error_sentence(run);
    // "\n<|im_start|>user\n" and the rest of the template come on top of 300 bytes and 100 tokens.
    QVERIFY2(sentence.contains(QRegularExpression("\\b2[0-9][0-9]\\b")), run.text());
  }

  void idsThatDoNotFit() {
    QByteArray ids = "1";
    for (int i = 1; i < 5000; ++i) ids += ",70";
    const CliRun run = run_cli({"logits", model_, "--ids", ids, "--out", path("o.npy")});
    QVERIFY2(run.code == 1 && error_sentence(run).contains(" 904 tokens too long"), run.text());
    QVERIFY(!QFile::exists(path("o.npy")));
  }

  void closedPipeEndsQuietly() {
    const QString loop = path("loop.gguf");
    Script endless = script("On and on it goes, and never stops. ");
    endless.loop = true;
    scripted_model(endless).write(loop.toStdString());
    QProcess process;
    // `head` takes ten bytes and leaves; the reply would fill the whole context.
    process.start("/bin/sh",
                  {"-c", "{ \"$1\" ask \"$2\" p -n 4000 -t 1; echo $? >&2; } | head -c 10", "sh", cli_program(), loop});
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.readAllStandardOutput(), QByteArray("On and on "));
    const QByteArray err = process.readAllStandardError();
    QVERIFY2(err.endsWith("1\n") && !err.contains("sotto-cli:"), err);
  }

  void closedStandardOutputIsAnError() {
    QProcess process;
    process.start("/bin/sh", {"-c", "\"$1\" inspect \"$2\" >&-", "sh", cli_program(), model_});
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitCode(), 1);
    QVERIFY(process.readAllStandardError().contains("Standard output cannot be written"));
    // Nor does a file opened later take its place.
    process.start("/bin/sh", {"-c", "\"$1\" logits \"$2\" --ids 1,2 --out \"$3\" <&- >&- 2>&-", "sh", cli_program(),
                              model_, path("closed.npy")});
    QVERIFY(process.waitForFinished(60000));
    QCOMPARE(process.exitCode(), 0);
    QFile file(path("closed.npy"));
    QVERIFY(file.open(QIODevice::ReadOnly) && file.readAll().startsWith("\x93NUMPY"));
  }

  void fullDiskIsAnError() {
    for (const QString& command : {QString("\"$1\" inspect \"$2\""), QString("\"$1\" ask \"$2\" p"),
                                   QString("echo p | \"$1\" chat \"$2\""), QString("\"$1\" --version")}) {
      QProcess process;
      process.start("/bin/sh", {"-c", command + " >/dev/full", "sh", cli_program(), model_});
      QVERIFY(process.waitForFinished(60000));
      QCOMPARE(process.exitCode(), 1);
      QVERIFY(process.readAllStandardError().contains("Standard output cannot be written: No space left"));
    }
  }
};

QTEST_GUILESS_MAIN(MisuseIsOneSentence)
#include "test_cli_misuse.moc"
