// Jobs run on the database thread in order, results come to the thread that asked, and nothing is thrown across.
#include <SQLiteCpp/SQLiteCpp.h>

#include <QTest>

#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

#include "settings/draft_key.h"
#include "settings/settings_repository.h"
#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/message_repository.h"
#include "storage/search_index.h"
#include "storage/storage_worker.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;
using namespace std::chrono_literals;

namespace {

QStringList logged;
void keepLog(QtMsgType, const QMessageLogContext&, const QString& line) { logged << line; }

}  // namespace

class StorageWorkerTest : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString data_;

  // Opens and waits for it.
  std::optional<Result<StorageWorker::Opened>> open(StorageWorker& worker, bool recover = true) {
    std::optional<Result<StorageWorker::Opened>> opened;
    worker.open({data_, Store::Mode::readWrite, recover}, this,
                [&](auto result) { opened.emplace(std::move(result)); });
    (void)QTest::qWaitFor([&] { return opened.has_value(); }, 20'000);
    return opened;
  }

  // Files of the data directory that hold these bytes.
  [[nodiscard]] QStringList filesWith(const QByteArray& bytes) const {
    QStringList found;
    QDirIterator each(data_, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (each.hasNext()) {
      QFile file(each.next());
      if (file.open(QIODevice::ReadOnly) && file.readAll().contains(bytes)) found << file.fileName();
    }
    return found;
  }

 private slots:
  void init() {
    static int run = 0;
    data_ = dir_.filePath(QString::number(++run));
  }

  void runsJobsInOrderOnItsOwnThread() {
    StorageWorker worker;
    const auto opened = open(worker);
    QVERIFY(opened && opened->ok());
    QVERIFY((*opened)->report.created);

    const auto here = std::this_thread::get_id();
    std::vector<int> ran;
    std::vector<int> told;
    for (int i = 0; i < 200; ++i) {
      worker.post(
          [&ran, i, here](Store&) {
            if (std::this_thread::get_id() != here) ran.push_back(i);  // read again after flush()
            return i;
          },
          this,
          [&told, here](const Result<int>& result) {
            if (std::this_thread::get_id() == here) told.push_back(*result);
          });
    }
    QVERIFY(worker.flush(20s));
    QCOMPARE(ran.size(), size_t{200});
    QVERIFY(std::is_sorted(ran.begin(), ran.end()));
    QTRY_COMPARE(told.size(), size_t{200});
    QVERIFY(std::is_sorted(told.begin(), told.end()));
  }

  void returnsWhatOnlyMoves() {
    StorageWorker worker;
    (void)open(worker);
    std::unique_ptr<int> got;
    worker.post([in = std::make_unique<int>(7)](Store&) mutable { return std::move(in); }, this,
                [&](Result<std::unique_ptr<int>> result) { got = *std::move(result); });
    QTRY_VERIFY(got);
    QCOMPARE(*got, 7);
  }

  void turnsExceptionsIntoSentences() {
    StorageWorker worker;
    (void)open(worker);
    QStringList sentences;
    const auto note = [&](const Result<void>& result) {
      sentences << (result.ok() ? QString() : result.failure().sentence);
    };
    worker.post([](Store&) { throw std::runtime_error("internals"); }, this, note);
    worker.post([](Store&) { throw 3; }, this, note);
    worker.post([](Store& store) { store.conversations().rename({5}, QStringLiteral("x")); }, this, note);
    worker.post([](Store& store) { store.settings().set(QStringLiteral("k"), QStringLiteral("v")); }, this, note);
    QTRY_COMPARE(sentences.size(), 4);
    QVERIFY(!sentences[0].isEmpty() && !sentences[0].contains(QStringLiteral("internals")));
    QVERIFY(!sentences[1].isEmpty());
    QCOMPARE(sentences[2], QStringLiteral("This conversation is no longer there."));
    QVERIFY(sentences[3].isEmpty());  // and the thread goes on

    QStringList failed;
    connect(&worker, &StorageWorker::failed, this, [&](const QString& sentence) { failed << sentence; });
    worker.post([](Store& store) { store.conversations().rename({5}, QStringLiteral("x")); });
    QTRY_COMPARE(failed, QStringList{QStringLiteral("This conversation is no longer there.")});
  }

  void rollsAFailedTransactionBack() {
    StorageWorker worker;
    (void)open(worker);
    std::optional<Result<void>> result;
    worker.post(
        [](Store& store) {
          store.transaction(Durability::full, [&] {
            (void)store.conversations().create(QStringLiteral("half"), {}, at(1));
            throw std::runtime_error("stop");
          });
        },
        this, [&](Result<void> end) { result.emplace(std::move(end)); });
    QTRY_VERIFY(result);
    QVERIFY(!result->ok());
    // Nor can what failed inside be committed by what is outside.
    worker.post(
        [](Store& store) {
          store.transaction(Durability::full, [&] {
            (void)store.conversations().create(QStringLiteral("half"), {}, at(1));
            try {
              store.conversations().rename({99}, QStringLiteral("x"));
            } catch (const std::exception&) {
            }
          });
        },
        this, [&](Result<void> end) { result.emplace(std::move(end)); });
    std::optional<size_t> listed;
    worker.post([](Store& store) { return store.conversations().list().size(); }, this,
                [&](const Result<size_t>& size) { listed = *size; });
    QTRY_VERIFY(listed);
    QVERIFY(!result->ok());
    QCOMPARE(*listed, size_t{0});
  }

  void forgetsWhoHasGone() {
    StorageWorker worker;
    (void)open(worker);
    bool told = false;
    auto context = std::make_unique<QObject>();
    worker.post([](Store&) {}, context.get(), [&](const Result<void>&) { told = true; });
    context.reset();
    QVERIFY(worker.flush(20s));
    QCoreApplication::processEvents();
    QVERIFY(!told);
  }

  void flushGivesUpAfterItsTime() {
    StorageWorker worker;
    (void)open(worker);
    std::atomic<bool> go = false;
    worker.post([&go](Store&) { go.wait(false); });
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!worker.flush(50ms));
    QVERIFY(timer.elapsed() >= 50);
    go = true;
    go.notify_all();
    QVERIFY(worker.flush(20s));
  }

  // Another program writes, or hangs while it does: the window still closes, and SIGTERM ends Sotto within its second.
  void closesWhileAnotherProgramHoldsTheDatabase() {
    QElapsedTimer timer;
    {
      StorageWorker worker;
      QVERIFY(open(worker)->ok());
      SQLite::Database other(databasePath(data_).toStdString(), SQLite::OPEN_READWRITE, 5000);  // the worker tidies up
      other.exec("BEGIN IMMEDIATE");
      for (int i = 0; i < 20; ++i) {
        worker.post([i](Store& store) { (void)store.conversations().create(QString::number(i), {}, at(i)); });
      }
      timer.start();
      QVERIFY(!worker.flush(100ms));
      worker.close();
      QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
    }
    {
      StorageWorker worker;
      QVERIFY(open(worker)->ok());
      SQLite::Database other(databasePath(data_).toStdString(), SQLite::OPEN_READWRITE, 5000);  // the worker tidies up
      other.exec("BEGIN IMMEDIATE");
      worker.post([](Store& store) { (void)store.conversations().create(QStringLiteral("kept"), {}, at(1)); });
      std::thread soon([&other] {
        std::this_thread::sleep_for(150ms);
        other.exec("COMMIT");
      });
      QVERIFY(worker.flush(10s));  // waits for one that goes on
      soon.join();
    }
    QCOMPARE(openStore(data_)->conversations().list().size(), size_t{1});
  }

  void storesWhatWasPostedBeforeItCloses() {
    {
      StorageWorker worker;
      worker.open({data_, Store::Mode::readWrite, true}, this, [](const auto&) {});
      for (int i = 0; i < 50; ++i) {
        worker.post([i](Store& store) { (void)store.conversations().create(QString::number(i), {}, at(i)); });
      }
      worker.close();
      bool failed = false;
      worker.post([](Store&) {}, this, [&](const Result<void>& result) { failed = !result.ok(); });
      QVERIFY(failed);
      QVERIFY(worker.flush(0ms));
    }
    QCOMPARE(openStore(data_)->conversations().list().size(), size_t{50});
    QVERIFY(!QFile::exists(databasePath(data_) + QStringLiteral("-wal")));  // closed cleanly
  }

  void recoversAndEmptiesTheTrashOnOpening() {
    ConversationId kept;
    {
      const auto store = openStore(data_);
      const ConversationId old = store->conversations().create(QStringLiteral("old"), {}, at(1));
      store->conversations().moveToTrash(old, QDateTime::currentDateTimeUtc().addDays(-31));
      kept = store->conversations().create(QStringLiteral("kept"), {}, at(1));
      const MessageId question = store->messages().add(kept, userMessage(QStringLiteral("?")));
      (void)store->messages().add(kept, streamingReply(question));
    }
    {
      StorageWorker worker;
      const auto opened = open(worker);
      QVERIFY(opened && opened->ok());
      QCOMPARE((*opened)->interrupted, 1);
      QTRY_COMPARE(rows(databasePath(data_), QStringLiteral("SELECT title FROM conversations")), QStringList{"kept"});
    }
    QCOMPARE(rows(databasePath(data_), QStringLiteral("SELECT state FROM messages ORDER BY id")),
             (QStringList{"complete", "interrupted"}));
  }

  // What was deleted is in no file any more once the trash is emptied: not in the pages that became free, not in the
  // search index, which notes its words as deleted, not in copies from before a migration.
  void emptyingTheTrashLeavesNoWordBehind() {
    const QString secret = QStringLiteral("quetzalcoatlus");
    {
      const auto store = openStore(data_);
      for (int i = 0; i < 40; ++i) {
        const ConversationId id = store->conversations().create(QStringLiteral("other"), {}, at(1));
        (void)store->messages().add(id, userMessage(QStringLiteral("query quiet quartz %1").arg(i)));
        if (i != 20) continue;
        const ConversationId gone = store->conversations().create(secret, {}, at(1));
        const MessageId question = store->messages().add(gone, userMessage(secret + QStringLiteral(" flies")));
        (void)store->messages().add(gone, finishedReply(question, QString(20'000, u'x') + u' ' + secret));
        store->settings().set(draftKey(gone), secret);
        store->conversations().moveToTrash(gone, QDateTime::currentDateTimeUtc().addDays(-31));
      }
      (void)QDir(data_).mkpath(QStringLiteral("backups"));
      QFile copy(backupsPath(data_) + QStringLiteral("/sotto-version-1-20260101-000000.db"));
      QVERIFY(copy.open(QIODevice::WriteOnly) && copy.write(secret.toUtf8()) > 0 && copy.flush());
      QVERIFY(copy.setFileTime(QDateTime::currentDateTime().addDays(-31), QFileDevice::FileModificationTime));
    }
    QVERIFY(!filesWith("tzalcoatlus").isEmpty());
    {
      StorageWorker worker;
      QVERIFY(open(worker)->ok());
      QTRY_COMPARE(rows(databasePath(data_), QStringLiteral("SELECT count(*) FROM conversations")), QStringList{"40"});
      QTRY_COMPARE(rows(databasePath(data_), QStringLiteral("SELECT count(*) FROM settings WHERE key LIKE 'search/%'")),
                   QStringList{"0"});
    }
    QCOMPARE(filesWith("tzalcoatlus"), QStringList());
    const auto store = openStore(data_);
    QVERIFY(store->search().find(secret).empty());
    QCOMPARE(store->search().find(QStringLiteral("quartz"), 100).size(), size_t{40});
  }

  void logsNothingOfAConversation() {
    const auto store = openStore(data_);
    const QString secret = QStringLiteral("xyzzy");
    logged.clear();
    const QtMessageHandler before = qInstallMessageHandler(keepLog);
    const auto refused = [](const auto& result) {
      return !result.ok() && !result.failure().sentence.contains("xyzzy");
    };
    bool quiet = true;
    const ConversationId id = store->conversations().create(secret, {}, at(1));
    (void)store->messages().add(id, userMessage(secret));
    (void)store->search().find(secret + QStringLiteral("\" OR ("));
    execute(databasePath(data_), QStringLiteral("CREATE TRIGGER no BEFORE UPDATE ON conversations BEGIN "
                                                "SELECT RAISE(ABORT, 'xyzzy'); END"));
    quiet = quiet && refused(attempt([&] { store->conversations().rename(id, secret); }));
    quiet = quiet && refused(attempt([&] { (void)store->messages().add(id, userMessage(secret)); }));
    quiet = quiet && refused(attempt([&]() -> int { throw std::runtime_error(secret.toStdString()); }));
    qInstallMessageHandler(before);
    QVERIFY(quiet);
    QCOMPARE(logged.size(), 3);
    QVERIFY2(!logged.join(u'\n').contains(secret), qPrintable(logged.join(u'\n')));
  }

  void saysWhyItCannotOpen() {
    QFile file(data_);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    StorageWorker worker;
    const auto opened = open(worker);
    QVERIFY(opened && !opened->ok());
    QVERIFY(opened->failure().sentence.contains(data_));
    std::optional<Result<void>> later;
    worker.post([](Store& store) { (void)store.conversations().list(); }, this,
                [&](Result<void> result) { later.emplace(std::move(result)); });
    QTRY_VERIFY(later);
    QVERIFY(!later->ok());
  }
};

QTEST_GUILESS_MAIN(StorageWorkerTest)
#include "test_storage_worker.moc"
