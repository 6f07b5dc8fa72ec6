// A real process that streams replies into the database is killed (SIGKILL) at random moments: what it wrote more than
// half a second before is there, whole and readable, and can be continued.
// ctest: timeout=180
#include <signal.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <QTimer>
#include <chrono>
#include <cstdio>
#include <cstring>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/message_repository.h"
#include "storage/storage_worker.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

namespace {

constexpr int kills = 14;
constexpr int tokensPerReply = 250;
constexpr qint64 allowedLossMilliseconds = 500;

qint64 nowMilliseconds() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();  // one clock for all processes
}

// What token `index` of every reply says: one to four bytes a character.
QString word(int index) {
  static const QStringList letters{QStringLiteral("a"), QStringLiteral("\u00e9"), QStringLiteral("\u4e2d"),
                                   QStringLiteral("\U0001F600")};
  return letters[index % 4] + QString::number(index) + QStringLiteral(" ");
}

QString textOf(int tokens) {
  QString text;
  for (int i = 0; i < tokens; ++i) text += word(i);
  return text;
}

// The process that is killed: a token every 3 ms, a chunk every 200 ms, reply after reply. Each token is reported on
// standard output before it is stored: "conversation index time".
class Streamer : public QObject {
 public:
  explicit Streamer(const QString& dataDir) {
    worker_.open({dataDir, Store::Mode::readWrite, true}, this, [this](const Result<StorageWorker::Opened>& opened) {
      if (!opened.ok()) _exit(3);
      begin();
    });
    connect(&tokens_, &QTimer::timeout, this, [this] { token(); });
    connect(&chunks_, &QTimer::timeout, this, [this] { chunk(); });
  }

 private:
  void begin() {
    const auto prepare = [](Store& store) {
      std::pair<ConversationId, Message> begun;
      store.transaction(Durability::full, [&] {
        begun.first = store.conversations().create(QStringLiteral("Streamed"), {}, QDateTime::currentDateTimeUtc());
        const MessageId question = store.messages().add(begun.first, userMessage(QStringLiteral("Count.")));
        begun.second = streamingReply(question);
        begun.second.id = store.messages().add(begun.first, begun.second);
        store.conversations().setActiveLeaf(begun.first, begun.second.id);
      });
      return begun;
    };
    worker_.post(prepare, this, [this](const Result<std::pair<ConversationId, Message>>& begun) {
      if (!begun.ok()) _exit(4);
      conversation_ = begun->first;
      reply_ = begun->second;
      next_ = 0;
      pending_ = {};
      tokens_.start(3);
      chunks_.start(200);
    });
  }

  void token() {
    char line[64];
    const int length = std::snprintf(line, sizeof line, "%lld %d %lld\n", static_cast<long long>(conversation_.value),
                                     next_, static_cast<long long>(nowMilliseconds()));
    (void)!::write(STDOUT_FILENO, line, static_cast<size_t>(length));
    pending_.tokens.push_back(next_);
    pending_.text += word(next_).toUtf8();
    reply_.tokens.push_back(next_);
    reply_.content += word(next_);
    if (++next_ == tokensPerReply) end();
  }

  void chunk() {
    if (pending_.tokens.empty()) return;
    worker_.post([id = reply_.id, chunk = std::exchange(pending_, {})](Store& store) {
      store.messages().appendChunk(id, chunk);
    });
  }

  void end() {
    tokens_.stop();
    chunks_.stop();
    reply_.state = MessageState::complete;
    reply_.stopReason = StopReason::end;
    worker_.post([reply = reply_](Store& store) { store.messages().finish(reply, QDateTime::currentDateTimeUtc()); },
                 this, [this](const Result<void>&) { begin(); });
  }

  StorageWorker worker_;
  QTimer tokens_;
  QTimer chunks_;
  ConversationId conversation_;
  Message reply_;
  ReplyChunk pending_;
  int next_ = 0;
};

}  // namespace

class KillWhileStreaming : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;

 private slots:
  void losesNoMoreThanHalfASecond() {
    const QString data = dir_.filePath(QStringLiteral("data"));
    QRandomGenerator random = QRandomGenerator::securelySeeded();
    int interrupted = 0;
    for (int kill = 0; kill < kills; ++kill) {
      QProcess process;
      process.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--stream-into"), data});
      QVERIFY(process.waitForStarted());
      QVERIFY(process.waitForReadyRead(20'000));
      QTest::qSleep(random.bounded(10, 1100));
      const qint64 killed = nowMilliseconds();
      QVERIFY(::kill(static_cast<pid_t>(process.processId()), SIGKILL) == 0);
      QVERIFY(process.waitForFinished());

      // What it had said, and what of it was old enough to be there.
      QHash<qint64, int> due;
      for (const QByteArray& line : process.readAllStandardOutput().split('\n')) {
        const QList<QByteArray> parts = line.split(' ');
        if (parts.size() != 3) continue;
        if (parts[2].toLongLong() <= killed - allowedLossMilliseconds)
          due[parts[0].toLongLong()] = parts[1].toInt() + 1;
      }

      // Scripts see it before the next start.
      for (const QString& row :
           rows(databasePath(data), QStringLiteral("SELECT content FROM v_messages WHERE role = 'assistant' "
                                                   "AND state = 'streaming'"))) {
        QVERIFY(textOf(tokensPerReply).startsWith(row));
      }

      const auto store = openStore(data);
      interrupted += store->recover();
      for (const ConversationSummary& summary : store->conversations().list()) {
        const auto tree = store->conversations().load(summary.id);
        QCOMPARE(tree->activePath().size(), size_t{2});
        const Message& reply = tree->messages().back();
        const int stored = static_cast<int>(reply.tokens.size());
        QCOMPARE(reply.content, textOf(stored));
        QVERIFY2(stored >= due.value(summary.id.value),
                 qPrintable(QStringLiteral("%1 of %2 tokens").arg(stored).arg(due.value(summary.id.value))));
        if (stored < tokensPerReply) {
          QVERIFY(reply.state == MessageState::interrupted);
          QVERIFY(reply.stopReason == StopReason::interrupted);
        }
      }
      QCOMPARE(rows(databasePath(data), QStringLiteral("PRAGMA integrity_check")), QStringList{"ok"});
    }
    QVERIFY(interrupted > 0);

    // Continue: the text goes on where it ended.
    const auto store = openStore(data);
    const auto ids =
        rows(databasePath(data), QStringLiteral("SELECT message_id FROM v_messages WHERE state = 'interrupted'"));
    const MessageId id{ids.front().toLongLong()};
    store->messages().reopen(id);
    store->messages().appendChunk(id, {{1}, "and on", {}});
    const QString content =
        rows(databasePath(data), QStringLiteral("SELECT content FROM v_messages WHERE message_id = %1").arg(id.value))
            .front();
    QVERIFY(content.endsWith(QStringLiteral("and on")));
    QVERIFY(textOf(tokensPerReply).startsWith(content.chopped(6)));
  }
};

int main(int argc, char** argv) {
  QCoreApplication app(argc, argv);
  if (argc == 3 && std::strcmp(argv[1], "--stream-into") == 0) {
    const Streamer streamer(QString::fromLocal8Bit(argv[2]));
    return QCoreApplication::exec();
  }
  KillWhileStreaming test;
  return QTest::qExec(&test, argc, argv);
}

#include "test_kill_while_streaming.moc"
