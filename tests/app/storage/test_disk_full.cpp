// A full disk costs nothing that was stored, is said in a sentence, and is over when there is space again.
#include <QFileInfo>
#include <QTest>
#include <optional>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/database.h"
#include "storage/message_repository.h"
#include "storage/migrations.h"
#include "storage/open_database.h"
#include "storage/storage_worker.h"
#include "support/app/full_disk.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

class DiskFull : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString data_;

  void verifyWhole(const QStringList& contents) {
    QCOMPARE(rows(databasePath(data_), QStringLiteral("SELECT content FROM v_messages ORDER BY message_id")), contents);
    QCOMPARE(rows(databasePath(data_), QStringLiteral("PRAGMA integrity_check")), QStringList{"ok"});
  }

  // Streams until the disk is full, makes space, goes on. `full(true)` fills it.
  template <class Fill>
  void streamThrough(Fill full) {
    StorageWorker worker;
    bool opened = false;
    worker.open({data_, Store::Mode::readWrite, true}, this, [&](const auto& result) { opened = result.ok(); });
    QTRY_VERIFY(opened);
    MessageId reply;
    worker.post(
        [](Store& store) {
          const ConversationId id = store.conversations().create(QStringLiteral("Full"), {}, at(1));
          const MessageId question = store.messages().add(id, userMessage(QStringLiteral("?")));
          return store.messages().add(id, streamingReply(question));
        },
        this, [&](const Result<MessageId>& result) { reply = *result; });
    QTRY_VERIFY(reply.valid());

    const QByteArray part(3000, 'x');
    QString stored;
    std::optional<Failure> failure;
    std::optional<Result<void>> result;
    const auto append = [&] {
      result.reset();
      worker.post(
          [reply, part](Store& store) {
            store.messages().appendChunk(reply, {{1, 2, 3}, part, {}});
          },
          this, [&](Result<void> end) { result.emplace(std::move(end)); });
      (void)QTest::qWaitFor([&] { return result.has_value(); }, 20'000);
    };
    full(true);
    for (int i = 0; i < 1000 && !failure; ++i) {
      append();
      QVERIFY(result);
      if (result->ok()) {
        stored += QString::fromUtf8(part);
      } else {
        failure = result->failure();
      }
    }
    QVERIFY(failure);
    QVERIFY2(failure->kind == Failure::Kind::diskFull, qPrintable(failure->sentence));
    QVERIFY(failure->sentence.contains(QStringLiteral("full")));
    append();
    QVERIFY(result && !result->ok());
    verifyWhole({QStringLiteral("?"), stored});

    full(false);
    append();
    QVERIFY(result && result->ok());
    stored += QString::fromUtf8(part);
    verifyWhole({QStringLiteral("?"), stored});
    worker.close();
    verifyWhole({QStringLiteral("?"), stored});
  }

 private slots:
  void init() {
    static int run = 0;
    data_ = dir_.filePath(QString::number(++run));
  }

  void goesOnWhenAFileMayGrowAgain() {
    std::optional<FileSizeLimit> limit;
    streamThrough([&](bool full) {
      if (full) {
        limit.emplace(400'000);
      } else {
        limit.reset();
      }
    });
  }

  void goesOnWhenThereIsSpaceAgain() {
    SmallDisk disk(data_, 1500);
    if (!disk.mounted()) QSKIP("Only root can mount a small disk; the limit on file size is tested anyway.");
    streamThrough([&](bool full) {
      if (full) {
        disk.fillUp();
      } else {
        disk.free();
      }
    });
  }

  void makesNoHalfDatabase() {
    {
      const FileSizeLimit limit(20'000);
      const auto refused = Store::open(data_, Store::Mode::readWrite);
      QVERIFY(!refused.ok());
      QVERIFY2(refused.failure().kind == Failure::Kind::diskFull, qPrintable(refused.failure().sentence));
    }
    QVERIFY(openStore(data_)->conversations().list().empty());
  }

  void migratesNothingWithoutItsCopy() {
    {
      const auto store = openStore(data_);
      const ConversationId id = store->conversations().create(QStringLiteral("big"), {}, at(1));
      (void)store->messages().add(id, userMessage(QString(600'000, u'x')));
    }
    // As an older version left it: without the last steps.
    execute(databasePath(data_),
            QStringLiteral("ALTER TABLE conversations DROP COLUMN thinking; DROP TABLE model_templates; "
                           "ALTER TABLE reply_chunks DROP COLUMN decode_seconds; DROP TABLE unhashed_replies; "
                           "DROP VIEW v_messages; PRAGMA user_version = 4"));
    {
      const FileSizeLimit limit(300'000);
      const auto refused = Store::open(data_, Store::Mode::readWrite);
      QVERIFY(!refused.ok());
      QVERIFY(refused.failure().kind == Failure::Kind::diskFull);
      QVERIFY(refused.failure().sentence.contains(backupsPath(data_)));
    }
    QCOMPARE(rows(databasePath(data_), QStringLiteral("PRAGMA user_version")), QStringList{"4"});
    QVERIFY(QDir(backupsPath(data_)).entryList(QDir::Files).isEmpty());
    QCOMPARE(openStore(data_)->report().migratedFrom, 4);
  }
};

QTEST_GUILESS_MAIN(DiskFull)
#include "test_disk_full.moc"
