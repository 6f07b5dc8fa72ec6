// sotto-cli chat: from a pipe, and with a person at a terminal.
#include <QTemporaryDir>
#include <QTest>

#include "engine/cli_process.h"
#include "support/tiny_model.h"

using namespace sotto::test;

class ChatHoldsAConversation : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString model_;
  QString branching_;
  QString random_;
  QString slow_;  // writes without end, a few milliseconds a token

  static CliRun chat(const QString& model, const QByteArray& input, const QStringList& more = {}) {
    return run_cli(QStringList{"chat", model} + more, input);
  }

 private slots:
  void initTestCase() {
    model_ = dir_.filePath("scripted.gguf");
    scripted_model(script("I am well, thank you.\nAnd you?")).write(model_.toStdString());
    branching_ = dir_.filePath("branching.gguf");
    scripted_model(branching_script(30, 3, 0.5F)).write(branching_.toStdString());
    random_ = dir_.filePath("random.gguf");
    TinyShape shape;
    shape.text.chat_template = chatml_template();
    random_model(shape).write(random_.toStdString());
    slow_ = dir_.filePath("slow.gguf");
    Script endless = script("On and on it goes, and never stops. ");
    endless.loop = true;
    endless.ballast = 30'000'000;
    scripted_model(endless).write(slow_.toStdString());
  }

  void everyLineIsOneMessage() {
    const QByteArray reply = "I am well, thank you.\nAnd you?\n";
    QCOMPARE(chat(model_, "").out, QByteArray());
    QCOMPARE(chat(model_, "").code, 0);
    const CliRun run = chat(model_, "Hello\n\nHow are you\r\nNo line feed");
    QVERIFY2(run.code == 0, run.text());
    QCOMPARE(run.out, reply + reply + reply);
    QVERIFY2(run.err.isEmpty(), run.text());
  }

  void pathsAndUnknownCommandsFromAPipeAreMessages() {
    const CliRun run = chat(model_, "/usr/bin/env is what?\n//help\n");
    QVERIFY2(run.code == 0 && run.out.count("And you?\n") == 2, run.text());
  }

  void laterTurnsSeeTheEarlierOnes() {
    // The random model's reply depends on the whole prompt.
    const QStringList greedy{"--greedy", "-n", "8"};
    const QByteArray alone = chat(random_, "second\n", greedy).out;
    const QByteArray both = chat(random_, "first\nsecond\n", greedy).out;
    QVERIFY(!alone.isEmpty() && !both.endsWith(alone));
    QVERIFY(chat(random_, "first\n/reset\nsecond\n", greedy).out.endsWith(alone));
    QVERIFY(!chat(random_, "/system Be brief.\nsecond\n", greedy).out.endsWith(alone));
    QCOMPARE(chat(random_, "/system Be brief.\nsecond\n", greedy).out,
             chat(random_, "second\n", greedy + QStringList{"--system", "Be brief."}).out);
    QCOMPARE(chat(random_, "/system Be brief.\n/system -\nsecond\n", greedy).out, alone);
  }

  void repliesStayTheirTokens() {
    // In the scripted model a reply is tokens that no text encodes to, so a second turn that reuses the first one's
    // prefix has only the new message to read.
    const CliRun run = chat(model_, "one\n/stats\ntwo\n/stats\n");
    const QRegularExpression reused("Prompt ([0-9]+) tokens \\(([0-9]+) reused\\)");
    auto matches = reused.globalMatch(QString::fromUtf8(run.err));
    const auto first = matches.next();
    const auto second = matches.next();
    QCOMPARE(first.captured(2).toInt(), 0);
    QVERIFY2(second.captured(2).toInt() >= first.captured(1).toInt(), run.text());
    QVERIFY2(second.captured(1).toInt() - second.captured(2).toInt() < first.captured(1).toInt() + 15, run.text());
  }

  void commandsChangeTheSettings() {
    const QStringList seeded{"--seed", "7"};
    const QByteArray usual = chat(branching_, "p\n", seeded).out;
    QVERIFY(usual.contains('b'));
    QCOMPARE(chat(branching_, "/seed 7\np\n").out, usual);
    for (const char* command : {"/temperature 0", "/top-k 1", "/top-p 0", "/min-p 1"}) {
      QCOMPARE(chat(branching_, QByteArray(command) + "\np\n", seeded).out.count('a'), 30);
    }
    QVERIFY(chat(branching_, "/temperature 1\np\n", seeded + QStringList{"--greedy"}).out.contains('b'));
  }

  void everyReplyHasItsOwnSeed() {
    const QList<QByteArray> lines =
        chat(branching_, "p\n/regenerate\n/regenerate\n/seed 7\n/regenerate\n", {"--seed", "7"})
            .out.trimmed()
            .split('\n');
    QCOMPARE(lines.size(), 4);
    QVERIFY(lines[0] != lines[1] && lines[1] != lines[2] && lines[0] != lines[2]);
    QCOMPARE(lines[3].trimmed(), lines[0].trimmed());
    QCOMPARE(lines[1].trimmed(), chat(branching_, "p\n", {"--seed", "8"}).out.trimmed());
  }

  void regenerateForgetsTheOldReply() {
    const QStringList greedy{"--greedy", "-n", "8"};
    const QByteArray once = chat(random_, "first\n", greedy).out;
    QCOMPARE(chat(random_, "first\n/regenerate\n", greedy).out, once + once);
  }

  void continueGoesOnWhereTheReplyEnded() {
    const QByteArray whole = chat(branching_, "p\n", {"--seed", "3"}).out;
    const QByteArray parts = chat(branching_, "p\n/continue\n/continue\n/continue\n", {"--seed", "3", "-n", "10"}).out;
    QCOMPARE(QByteArray(parts).replace("\n", ""), QByteArray(whole).replace("\n", ""));
  }

  void badCommandsFromAPipeEndTheConversation() {
    for (const char* line : {"/temperature hot", "/top-k -1", "/seed x", "/regenerate", "/continue"}) {
      const CliRun run = chat(model_, QByteArray(line) + "\nHello\n");
      QVERIFY2(run.code == 1 && run.out.isEmpty() && !error_sentence(run).isEmpty(), run.text());
    }
    const CliRun complete = chat(model_, "Hello\n/continue\n");
    QVERIFY2(complete.code == 1 && error_sentence(complete).contains("complete"), complete.text());
  }

  void quitEndsBeforeTheRest() {
    const CliRun run = chat(model_, "/quit\nHello\n");
    QVERIFY2(run.code == 0 && run.out.isEmpty(), run.text());
  }

  void aReplyThatTheContextCutIsSaid() {
    const CliRun run = chat(slow_, "Hello\n", {"-c", "64"});
    QVERIFY2(run.code == 0 && !run.out.isEmpty(), run.text());
    QVERIFY2(run.err.contains("The context is full"), run.text());
  }

  void messageThatDoesNotFitIsAnError() {
    const CliRun run = chat(model_, "Hello\n" + QByteArray(500, 'x') + "\n", {"-c", "200"});
    QVERIFY2(run.code == 1 && run.out.count('\n') == 2 && !error_sentence(run).isEmpty(), run.text());
  }

  void terminalShowsAPromptAndGoesOnAfterErrors() {
    CliTerminal terminal({"chat", model_, "-c", "300"});
    QVERIFY2(terminal.wait_for("scripted"), terminal.screen());
    QVERIFY2(terminal.wait_for("\n> "), terminal.screen());
    terminal.type("Hello\n");
    QVERIFY2(terminal.wait_for("And you?\r\n> "), terminal.screen());
    terminal.type("/nonsense\n");
    QVERIFY2(terminal.wait_for("There is no command /nonsense"), terminal.screen());
    QVERIFY2(terminal.wait_for("> "), terminal.screen());
    terminal.type("/top-p 7\n");
    QVERIFY2(terminal.wait_for("/top-p must be"), terminal.screen());
    QVERIFY2(terminal.wait_for("> "), terminal.screen());
    terminal.type(QByteArray(400, 'x') + "\n");
    QVERIFY2(terminal.wait_for("tokens"), terminal.screen());
    QVERIFY2(terminal.wait_for("\n> "), terminal.screen());
    terminal.type("one \\\n");
    QVERIFY2(terminal.wait_for("\n... "), terminal.screen());
    terminal.type("two\n");
    QVERIFY2(terminal.wait_for("And you?\r\n> "), terminal.screen());
    terminal.type("/help\n");
    QVERIFY2(terminal.wait_for("/regenerate"), terminal.screen());
    QVERIFY2(terminal.wait_for("\n> "), terminal.screen());
    terminal.type("\x04");  // the end of input
    QCOMPARE(terminal.wait_for_end(), 0);
  }

  void interruptStopsTheReplyAndThenTheConversation() {
    CliTerminal terminal({"chat", slow_, "-n", "4000"});
    QVERIFY2(terminal.wait_for("\n> "), terminal.screen());
    terminal.type("Hello\n");
    QVERIFY2(terminal.wait_for("On and on"), terminal.screen());
    terminal.type("\x03");
    QVERIFY2(terminal.wait_for("(stopped"), terminal.screen());
    QVERIFY2(terminal.wait_for("\n> "), terminal.screen());
    terminal.type("/continue\n");
    QVERIFY2(terminal.wait_for("and never stops"), terminal.screen());
    terminal.type("\x03");
    QVERIFY2(terminal.wait_for("(stopped"), terminal.screen());
    QVERIFY2(terminal.wait_for("\n> "), terminal.screen());
    terminal.type("\x03");
    QCOMPARE(terminal.wait_for_end(), 130);
  }
};

QTEST_GUILESS_MAIN(ChatHoldsAConversation)
#include "test_cli_chat.moc"
