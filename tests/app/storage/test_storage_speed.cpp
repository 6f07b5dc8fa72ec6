// A store that has been used for years is as quick as a new one: 100,000 messages. The limits are several times what an
// ordinary machine needs, which each test prints.
// ctest: serial timeout=180
#include <QElapsedTimer>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>
#include <algorithm>
#include <atomic>
#include <thread>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/message_repository.h"
#include "storage/search_index.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

class StorageSpeed : public QObject {
  Q_OBJECT

  static constexpr int messages_ = 100'000;
  static constexpr int longOne_ = 5000;
  QTemporaryDir dir_;
  std::unique_ptr<Store> store_;
  ConversationId long_;

  // Milliseconds of the quickest of five runs.
  template <class Work>
  double best(Work work) {
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
      QElapsedTimer timer;
      timer.start();
      work();
      best = std::min(best, static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    return best;
  }

  void fill(ConversationId id, int count) {
    MessageId last;
    for (int i = 0; i < count; ++i) {
      const QString text =
          QStringLiteral("Message %1 of conversation %2 says something about lighthouses. ").arg(i).arg(id.value);
      Message message =
          i % 2 == 0 ? userMessage(text, last, i) : finishedReply(last, text.repeated(id == long_ ? 8 : 2), i);
      if (i % 2 == 1) message.tokens.assign(150, i);
      last = store_->messages().add(id, message);
    }
    store_->conversations().setActiveLeaf(id, last);
  }

 private slots:
  void initTestCase() {
    store_ = openStore(dir_.filePath(QStringLiteral("data")));
    QElapsedTimer timer;
    timer.start();
    store_->transaction(Durability::full, [&] {
      long_ = store_->conversations().create(QStringLiteral("long"), {}, at(1));
      fill(long_, longOne_);
    });
    // The rest is copies of one, 50 messages each, made within SQLite.
    ConversationId model;
    store_->transaction(Durability::full, [&] {
      model = store_->conversations().create(QStringLiteral("c"), {}, at(1));
      fill(model, 50);
    });
    const QString numbers =
        QStringLiteral("WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < %1) ")
            .arg((messages_ - longOne_) / 50 - 1);
    execute(databasePath(dir_.filePath(QStringLiteral("data"))),
            QStringLiteral(
                "BEGIN;"
                "INSERT INTO conversations (id, created_at, updated_at, title, model, params) %1 "
                "SELECT id + k, k, k, title || k, model, params FROM n, conversations WHERE id = %2;"
                "INSERT INTO messages (id, conversation_id, parent_id, created_at, role, state, stop_reason, seed, "
                "model, timeline, content, tokens) %1 "
                "SELECT id + 50 * k, conversation_id + k, parent_id + 50 * k, created_at, role, state, stop_reason, "
                "seed, model, timeline, content, tokens FROM n, messages WHERE conversation_id = %2 ORDER BY k, id;"
                "UPDATE conversations SET active_leaf = (SELECT max(id) FROM messages AS m "
                "WHERE m.conversation_id = conversations.id);"
                "COMMIT")
                .arg(numbers)
                .arg(model.value));
    QCOMPARE(rows(databasePath(dir_.filePath(QStringLiteral("data"))), QStringLiteral("SELECT count(*) FROM messages")),
             QStringList{QString::number(messages_)});
    qInfo("filled in %lld ms", timer.elapsed());
  }
  void cleanupTestCase() { store_.reset(); }

  void listsConversationsWithoutReadingMessages() {
    size_t count = 0;
    const double milliseconds = best([&] { count = store_->conversations().list().size(); });
    qInfo("list of %zu conversations: %.1f ms", count, milliseconds);
    QCOMPARE(count, size_t{1901});
    QVERIFY(milliseconds < 100);
    const QStringList plan =
        rows(databasePath(dir_.filePath(QStringLiteral("data"))),
             QStringLiteral("EXPLAIN QUERY PLAN SELECT id, title, message_count FROM conversations "
                            "WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC"));
    QVERIFY2(!plan.join(u' ').contains(QStringLiteral("messages")), qPrintable(plan.join(u' ')));
  }

  void opensAndListsQuicklyFromTheDisk() {
    store_.reset();
    const double milliseconds = best([&] {
      store_.reset();
      store_ = openStore(dir_.filePath(QStringLiteral("data")));
      (void)store_->conversations().list();
    });
    qInfo("open, list, close: %.1f ms", milliseconds);
    QVERIFY(milliseconds < 500);
  }

  void loadsALongConversation() {
    size_t count = 0;
    const double milliseconds = best([&] { count = store_->conversations().load(long_)->messages().size(); });
    qInfo("load of %zu messages: %.1f ms", count, milliseconds);
    QCOMPARE(count, static_cast<size_t>(longOne_));
    QVERIFY(milliseconds < 300);
  }

  void appendsAChunkInNoTime() {
    Message reply = streamingReply(store_->conversations().load(long_)->activeLeaf());
    reply.id = store_->messages().add(long_, reply);
    std::vector<qint64> times;
    for (int i = 0; i < 1000; ++i) {
      const ReplyChunk chunk{{1, 2, 3, 4, 5}, "some words of a reply ", {}};
      QElapsedTimer timer;
      timer.start();
      store_->messages().appendChunk(reply.id, chunk);
      times.push_back(timer.nsecsElapsed());
    }
    std::sort(times.begin(), times.end());
    qInfo("chunk: median %.3f ms, 99 %% %.3f ms", static_cast<double>(times[500]) / 1e6,
          static_cast<double>(times[990]) / 1e6);
    QVERIFY(times[500] < 1'000'000);

    reply.state = MessageState::complete;
    reply.content = QStringLiteral("some words of a reply ").repeated(1000);
    const double milliseconds = best([&] { store_->messages().finish(reply, at(1)); });
    qInfo("end of a reply of 1000 chunks: %.1f ms", milliseconds);
    QVERIFY(milliseconds < 500);
  }

  void findsAWord() {
    const double milliseconds =
        best([&] { QCOMPARE(store_->search().find(QStringLiteral("lighthouses")).size(), size_t{50}); });
    qInfo("search with 100,000 hits: %.1f ms", milliseconds);
    QVERIFY(milliseconds < 3000);
  }

  // Scripts read while Sotto writes; neither fails.
  void isReadByOthersWhileItIsWritten() {
    const QString path = databasePath(dir_.filePath(QStringLiteral("data")));
    const Message begun = streamingReply(store_->conversations().load(long_)->activeLeaf());
    const MessageId reply = store_->messages().add(long_, begun);
    std::atomic<bool> done = false;
    std::atomic<int> reads = 0;
    std::string problem;
    const QString sql = QStringLiteral("SELECT content FROM v_messages WHERE message_id = %1").arg(reply.value);
    const QString program = QStandardPaths::findExecutable(QStringLiteral("sqlite3"));
    std::thread reader([&] {
      try {
        while (!done) {
          QString text;
          if (program.isEmpty()) {
            text = rows(path, sql).value(0);
          } else {
            QProcess process;
            process.start(program, {QStringLiteral("-readonly"), path, sql});
            if (!process.waitForFinished() || process.exitCode() != 0) {
              problem = process.readAllStandardError().toStdString() + " (sqlite3 failed)";
              return;
            }
            text = QString::fromUtf8(process.readAllStandardOutput()).trimmed();
          }
          for (qsizetype i = 0; i < text.size(); ++i) {
            if (text[i] != QChar(u'a' + static_cast<char16_t>(i % 26))) problem = "text out of order";
          }
          ++reads;
        }
      } catch (const std::exception& error) {
        problem = error.what();
      }
    });
    QElapsedTimer timer;
    timer.start();
    int chunks = 0;
    for (; timer.elapsed() < 1500 || (reads < 5 && timer.elapsed() < 20'000); ++chunks) {
      store_->messages().appendChunk(reply, {{chunks}, QByteArray(1, static_cast<char>('a' + chunks % 26)), {}});
      if (chunks % 50 == 0) QTest::qSleep(2);
    }
    done = true;
    reader.join();
    QCOMPARE(QString::fromStdString(problem), QString());
    QVERIFY(reads >= 5);
    qInfo("%d chunks while %d readers came and went", chunks, reads.load());
  }
};

QTEST_GUILESS_MAIN(StorageSpeed)
#include "test_storage_speed.moc"
