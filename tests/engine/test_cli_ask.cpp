// sotto-cli ask: exactly the reply and one line feed, and every option.
#include <QTemporaryDir>
#include <QTest>

#include "engine/cli_process.h"
#include "support/tiny_model.h"

using namespace sotto::test;

class AskWritesExactlyTheReply : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString model_;      // replies `reply_`
  QString branching_;  // chooses among three words at each of 40 steps
  QString random_;     // no template, SentencePiece
  const QByteArray reply_ = "Grüße! Die Antwort: 42 \xf0\x9f\x8c\x8d, 你好.\n\nEnd";

 private slots:
  void initTestCase() {
    model_ = dir_.filePath("scripted.gguf");
    scripted_model(script(std::string_view(reply_.constData(), static_cast<std::size_t>(reply_.size()))))
        .write(model_.toStdString());
    branching_ = dir_.filePath("branching.gguf");
    scripted_model(branching_script(40, 3, 0.5F)).write(branching_.toStdString());
    random_ = dir_.filePath("random.gguf");
    random_model().write(random_.toStdString());
  }

  void replyAndOneLineFeed() {
    for (const QStringList& more : {QStringList{},
                                    {"--greedy"},
                                    {"--temperature", "0"},
                                    {"--seed", "3"},
                                    {"--system", "Be brief."},
                                    {"-t", "1"},
                                    {"-c", "512"},
                                    {"--raw"}}) {
      const CliRun run = run_cli(QStringList{"ask", model_, "Hello"} + more);
      QVERIFY2(run.code == 0, run.text());
      QCOMPARE(run.out, reply_ + "\n");
    }
  }

  void promptsOfEveryKind_data() {
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("a command's name") << QStringList{"chat"};
    QTest::newRow("help") << QStringList{"help"};
    QTest::newRow("two plus signs") << QStringList{"++"};
    QTest::newRow("a number") << QStringList{"-5"};
    QTest::newRow("brackets") << QStringList{"[a, b]"};
    QTest::newRow("braces") << QStringList{"{}"};
    QTest::newRow("percent") << QStringList{"%%"};
    QTest::newRow("empty") << QStringList{""};
    QTest::newRow("quotes") << QStringList{"\"'`"};
    QTest::newRow("lines") << QStringList{"one\ntwo\n"};
    QTest::newRow("dashes behind --") << QStringList{"--", "--greedy"};
    QTest::newRow("dash behind --") << QStringList{"--", "-n is a flag"};
    QTest::newRow("-- behind --") << QStringList{"--", "--"};
  }
  void promptsOfEveryKind() {
    QFETCH(QStringList, arguments);
    const CliRun run = run_cli(QStringList{"ask", "--greedy", model_} + arguments);
    QVERIFY2(run.code == 0, run.text());
    QCOMPARE(run.out, reply_ + "\n");
  }

  void templateAndThinkingOfTheCaller() {
    // Equal replies of the random model mean equal prompts.
    const QStringList greedy{"--greedy", "-n", "8"};
    const auto written = [&](const QByteArray& text, const QStringList& more = {}) {
      QFile file(dir_.filePath("template.jinja"));
      if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate)) return QByteArray("no file");
      file.write(text);
      file.close();
      return run_cli(QStringList{"ask", random_, "Once", "--template", file.fileName()} + greedy + more).out.trimmed();
    };
    const auto raw = [&](const QString& text) {
      return run_cli(QStringList{"ask", random_, text, "--raw"} + greedy).out.trimmed();
    };
    QVERIFY(raw("Once upon a") != raw("Once upon a time"));
    QCOMPARE(written("{{ messages[0].content }} upon a"), raw("Once upon a"));
    QCOMPARE(written("{{ messages[0].content }} upon a time"), raw("Once upon a time"));
    const QByteArray thinking =
        "{% if enable_thinking is defined and enable_thinking is false %}no {% endif %}"
        "{% if enable_thinking is true %}yes {% endif %}{{ messages[0].content }}";
    QCOMPARE(written(thinking), raw("Once"));
    QCOMPARE(written(thinking, {"--thinking", "on"}), raw("yes Once"));
    QCOMPARE(written(thinking, {"--thinking", "off"}), raw("no Once"));
    const QStringList file{"--template", dir_.filePath("template.jinja")};
    QVERIFY(written("{% if %}").isEmpty());
    const CliRun malformed = run_cli(QStringList{"ask", random_, "p"} + file);
    QVERIFY2(malformed.code == 1 && error_sentence(malformed).contains("line 1"), malformed.text());
    QVERIFY(written("\n{{ raise_exception('No such role') }}").isEmpty());
    const CliRun failing = run_cli(QStringList{"ask", random_, "p"} + file);
    QVERIFY2(failing.code == 1 && error_sentence(failing).contains("No such role"), failing.text());
    QVERIFY(written("").isEmpty());
    for (const QStringList& wrong : {QStringList{"--template", "/nowhere.jinja"},
                                     {"--thinking", "on"},
                                     {"--thinking", "perhaps"},
                                     QStringList{"--raw"} + file,
                                     {"--raw", "--thinking", "off"}}) {
      const CliRun run = run_cli(QStringList{"ask", random_, "p"} + wrong);
      QVERIFY2(run.code == 1 && run.out.isEmpty() && !error_sentence(run).isEmpty(), run.text());
    }
  }

  void promptFromStandardInput() {
    // The random model continues any text its own way, so equal replies mean equal prompts.
    const auto ask = [this](const QString& prompt, const QByteArray& input) {
      return run_cli({"ask", random_, prompt, "--raw", "--greedy", "-n", "8"}, input).out;
    };
    const QByteArray given = ask("Once upon", "");
    QVERIFY(given.size() > 1);
    QCOMPARE(ask("-", "Once upon"), given);
    QCOMPARE(ask("-", "Once upon\n"), given);
    QVERIFY(ask("-", "Once upon\n\n") != given);
    QCOMPARE(ask("-", "Once upon\n\n"), ask("Once upon\n", ""));
  }

  void lengthIsLimited() {
    const CliRun run = run_cli({"ask", branching_, "p", "--greedy", "-n", "3"});
    QVERIFY2(run.code == 0, run.text());
    QCOMPARE(run.out, QByteArray(" a0 a1 a2\n"));
    const CliRun all = run_cli({"ask", branching_, "p", "--greedy"});
    QVERIFY2(all.out.startsWith(" a0 a1 ") && all.out.endsWith(" a39\n"), all.text());
  }

  void greedyTakesTheLargestAndPenaltiesOnlyIfGiven() {
    const QByteArray greedy = run_cli({"ask", branching_, "p", "--greedy"}).out;
    QCOMPARE(greedy.count('a'), 40);
    for (const QStringList& more :
         {QStringList{"--top-k", "0"}, {"--temperature", "5"}, {"--top-p", "0.1"}, {"--min-p", "1"}, {"--seed", "9"}}) {
      QCOMPARE(run_cli(QStringList{"ask", branching_, "p", "--greedy"} + more).out, greedy);
    }
    // A random model repeats itself; a large penalty, when it is given, forbids that.
    const QStringList greedily{"ask", random_, "Once", "--raw", "--greedy", "-n", "60"};
    QVERIFY(run_cli(greedily).out != run_cli(greedily + QStringList{"--repeat-penalty", "10"}).out);
    QCOMPARE(run_cli(greedily).out, run_cli(greedily + QStringList{"--repeat-penalty", "1"}).out);
  }

  void samplingOptionsAct() {
    const QStringList base{"ask", branching_, "p", "--seed", "5"};
    const QByteArray usual = run_cli(base).out;
    QCOMPARE(run_cli(base).out, usual);
    QVERIFY(run_cli({"ask", branching_, "p", "--seed", "6"}).out != usual);
    QVERIFY(usual.contains('b'));
    const auto chosen = [&](const QStringList& more) { return run_cli(base + more).out; };
    QCOMPARE(chosen({"--top-k", "1"}).count('a'), 40);
    QVERIFY(!chosen({"--top-k", "2", "--temperature", "10"}).contains('c'));
    QVERIFY(chosen({"--top-k", "2", "--temperature", "10"}).contains('b'));
    QVERIFY(chosen({"--temperature", "10", "--top-p", "1"}).contains('c'));
    QCOMPARE(chosen({"--top-p", "0"}).count('a'), 40);
    QCOMPARE(chosen({"--min-p", "1"}).count('a'), 40);
    QCOMPARE(chosen({"--temperature", "0.01"}).count('a'), 40);
  }

  void seedIsToldWhenNoneIsGiven() {
    const CliRun run = run_cli({"ask", branching_, "p"});
    const QRegularExpressionMatch match = QRegularExpression("^Seed ([0-9]+)\\.\n$").match(QString::fromUtf8(run.err));
    QVERIFY2(run.code == 0 && match.hasMatch(), run.text());
    QCOMPARE(run_cli({"ask", branching_, "p", "--seed", match.captured(1)}).out, run.out);
    QCOMPARE(run_cli({"ask", branching_, "p", "--seed", "1"}).err, QByteArray());
    QCOMPARE(run_cli({"ask", branching_, "p", "--greedy"}).err, QByteArray());
  }

  void rawTextGoesOnWithoutTheTemplate() {
    // With the template the prompt is longer: 4 bytes raw, far more templated.
    QVERIFY(run_cli({"ask", model_, "text", "--raw", "-c", "80", "-n", "2"}).code == 0);
    const CliRun templated = run_cli({"ask", model_, "text", "--system", QString(80, 's'), "-c", "80", "-n", "2"});
    QVERIFY2(templated.code == 1 && error_sentence(templated).size() > 0, templated.text());
  }

  void aLargerContextSaysWhatItCosts() {
    const QString large = dir_.filePath("large.gguf");
    Script wide = script("A wide context.");
    wide.context = 100000;
    scripted_model(wide).write(large.toStdString());
    const CliRun usual = run_cli({"ask", large, "p", "--greedy"});
    QVERIFY2(usual.code == 0 && usual.err.isEmpty(), usual.text());
    const CliRun run = run_cli({"ask", large, "p", "--greedy", "-c", "65536"});
    QVERIFY2(run.code == 0 && run.out == "A wide context.\n", run.text());
    QVERIFY2(run.err.contains("65536 tokens") && run.err.contains("8192") && run.err.contains("B for the KV cache"),
             run.text());
  }

  void fullContextEndsTheReply() {
    const QString loop = dir_.filePath("loop.gguf");
    Script endless = script("On and on it goes, and never stops. ");
    endless.loop = true;
    scripted_model(endless).write(loop.toStdString());
    const CliRun run = run_cli({"ask", loop, "p", "--raw", "-c", "32"});
    QVERIFY2(run.code == 0 && run.out.startsWith("On and on") && run.out.size() > 60, run.text());
  }
};

QTEST_GUILESS_MAIN(AskWritesExactlyTheReply)
#include "test_cli_ask.moc"
