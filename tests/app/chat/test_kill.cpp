// kill -9 at any moment costs at most half a second of a reply's text; SIGTERM costs nothing.
// ctest: timeout=400
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <csignal>
#include <memory>

#include "support/app/chat_bench.h"
#include "support/app/chat_child.h"

using namespace sotto::app;
using namespace sotto::test;

namespace {

constexpr int kills = 50;
constexpr qint64 allowedLossMs = 500;
constexpr qint64 stallMs = 120;  // the machine did not let the child run for so long: not Sotto's loss

struct Shown {
  qint64 at = 0;
  MessageId message;
  int characters = 0;
};

// What the child told until it ended.
struct Told {
  bool ready = false;
  int sent = 0;
  std::vector<Shown> shown;
  qint64 longestGap = 0;  // between heartbeats, in the last second before `end`; what came after the last one too
};

Told parse(const QByteArray& output, qint64 end) {
  Told told;
  qint64 lastBeat = end;
  for (const QByteArray& line : output.split('\n')) {
    const QList<QByteArray> words = line.split(' ');
    if (words.size() < 3) continue;
    const qint64 at = words[1].toLongLong();
    if (words[0] == "ready") told.ready = true;
    if (words[0] == "sent") ++told.sent;
    if (words[0] == "shown" && words.size() == 4) {
      told.shown.push_back({at, {words[2].toLongLong()}, words[3].toInt()});
    }
    if (words[0] == "beat") lastBeat = at;
    if (words[0] == "beat" && at > end - 1000) told.longestGap = std::max(told.longestGap, words[2].toLongLong());
  }
  told.longestGap = std::max(told.longestGap, end - lastBeat);
  return told;
}

class Child {
 public:
  Child(const ChatBench& bench, int microsecondsPerToken) {
    process_.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process_.start(QCoreApplication::applicationFilePath(),
                   chatChildArguments(bench.dataDir, bench.model, microsecondsPerToken));
  }

  // Waits until the child has told this.
  [[nodiscard]] bool waitFor(const char* word) {
    QElapsedTimer clock;
    clock.start();
    while (!output_.contains(word)) {
      if (clock.elapsed() > 30000 || process_.state() == QProcess::NotRunning) return false;
      process_.waitForReadyRead(50);
      output_ += process_.readAllStandardOutput();
    }
    return true;
  }

  // `again`: the signal comes once more every few milliseconds, as from an impatient person.
  Told end(int signalNumber, bool again = false) {
    const qint64 at = monotonicMs();
    do {
      ::kill(static_cast<pid_t>(process_.processId()), signalNumber);
    } while (again && !process_.waitForFinished(3) && monotonicMs() - at < 20000);
    process_.waitForFinished(20000);
    took = monotonicMs() - at;
    output_ += process_.readAllStandardOutput();
    endedAt = at;
    return parse(output_, at);
  }

  qint64 endedAt = 0;
  qint64 took = 0;
  [[nodiscard]] const QProcess& process() const { return process_; }

 private:
  QProcess process_;
  QByteArray output_;
};

// How much of `id` the store has, recovered.
const Message* find(const std::vector<ConversationTree>& trees, MessageId id) {
  for (const ConversationTree& tree : trees) {
    if (const Message* message = tree.find(id)) return message;
  }
  return nullptr;
}

}  // namespace

class KillingLosesNothing : public QObject {
  Q_OBJECT

 private slots:
  void atRandomMoments() {
    ChatBench bench;
    QRandomGenerator random(20261122);
    int calm = 0;
    int inFlight = 0;
    // A round in which the machine stalled is judged less its stall, and made up for by another one, as far as time
    // allows.
    for (int round = 0; round < 3 * kills && calm < kills; ++round) {
      Child child(bench, 4000);
      if (round % 5 == 4) {
        QTest::qSleep(static_cast<int>(random.bounded(60)));  // while it opens the store, loads, recovers
      } else {
        QVERIFY(child.waitFor("sent"));
        QTest::qSleep(static_cast<int>(random.bounded(500)));
      }
      const Told told = child.end(SIGKILL);
      const bool stalled = told.longestGap > stallMs;
      const qint64 allowed = allowedLossMs + (stalled ? told.longestGap : 0);

      QVERIFY(bench.start());
      QVERIFY(bench.failures->empty());
      std::vector<ConversationTree> trees;
      for (const ConversationSummary& each : bench.chat->conversations()) trees.push_back(bench.stored(each.id));
      int interrupted = 0;
      for (const ConversationTree& tree : trees) {
        for (const Message& message : tree.messages()) {
          QVERIFY(message.state != MessageState::streaming);
          if (message.role == Role::user) continue;
          // As long as it has been written for is known, too, so that no wrong speed is shown.
          if (message.stats.generatedTokens > 0) QVERIFY(message.stats.decodeSeconds > 0);
          QVERIFY2(benchReply().startsWith(message.content), qPrintable(message.content));
          interrupted += message.state == MessageState::interrupted ? 1 : 0;
        }
      }
      QVERIFY(static_cast<int>(trees.size()) >= told.sent);
      // All that could be seen half a second before the end is there.
      for (const Shown& shown : told.shown) {
        const Message* message = find(trees, shown.message);
        QVERIFY(message != nullptr);
        if (shown.at > child.endedAt - allowed) continue;
        QVERIFY2(message->content.size() >= shown.characters,
                 qPrintable(QStringLiteral("%1 of %2 characters that were shown %3 ms before")
                                .arg(message->content.size())
                                .arg(shown.characters)
                                .arg(child.endedAt - shown.at)));
      }
      const bool writing = !trees.empty() && told.sent > 0;
      inFlight += writing && interrupted > 0 ? 1 : 0;
      calm += stalled ? 0 : 1;

      if (round % 10 == 0 && interrupted > 0) continueNewest(bench);
      bench.end();
    }
    qInfo("%d kills without a stall of the machine", calm);
    QVERIFY2(inFlight >= kills / 2, qPrintable(QString::number(inFlight)));
  }

  void sigtermStoresTheReplyWithinASecond_data() {
    QTest::addColumn<int>("number");
    QTest::addColumn<bool>("again");
    QTest::newRow("SIGTERM") << SIGTERM << false;
    QTest::newRow("SIGINT") << SIGINT << false;
    QTest::newRow("SIGHUP") << SIGHUP << false;
    QTest::newRow("SIGTERM again and again") << SIGTERM << true;
  }

  void sigtermStoresTheReplyWithinASecond() {
    QFETCH(int, number);
    QFETCH(bool, again);
    for (int attempt = 0;; ++attempt) {
      ChatBench bench;
      Child child(bench, 8000);
      QVERIFY(child.waitFor("shown"));
      QTest::qSleep(150);
      const Told told = child.end(number, again);
      QCOMPARE(child.process().exitStatus(), QProcess::NormalExit);
      QCOMPARE(child.process().exitCode(), 0);
      QVERIFY(!told.shown.empty());
      QVERIFY(bench.start());
      QCOMPARE(bench.chat->conversations().size(), size_t{1});
      bench.chat->openConversation(bench.chat->conversations()[0].id);
      QTRY_VERIFY(bench.chat->currentId().valid());
      QVERIFY(bench.last().state == MessageState::interrupted);
      QVERIFY(bench.last().stopReason == StopReason::interrupted);
      QVERIFY(bench.last().content.size() >= told.shown.back().characters);
      QVERIFY(!bench.last().tokens.empty());
      QVERIFY(bench.last().stats.promptTokens > 0);  // it ended in order: nothing had to be recovered
      if (child.took < 1000) break;
      QVERIFY2(attempt < 3 && told.longestGap > stallMs, qPrintable(QString::number(child.took)));
    }
  }

 private:
  // The reply that was cut short last goes on to its end.
  static void continueNewest(ChatBench& bench) {
    QVERIFY(bench.load());
    for (const ConversationSummary& each : bench.chat->conversations()) {
      bench.chat->openConversation(each.id);
      QVERIFY(waitFor([&] { return bench.chat->currentId() == each.id; }));
      if (bench.last().state != MessageState::interrupted) continue;
      QVERIFY(bench.chat->continueReply(bench.last().id));
      QVERIFY(waitFor([&] { return bench.last().stopReason == StopReason::end; }));
      QCOMPARE(bench.last().content, benchReply());
      return;
    }
  }
};

int main(int argc, char** argv) {
  if (const auto code = runChatChild(argc, argv)) return *code;
  QCoreApplication app(argc, argv);
  KillingLosesNothing test;
  return QTest::qExec(&test, argc, argv);
}
#include "test_kill.moc"
