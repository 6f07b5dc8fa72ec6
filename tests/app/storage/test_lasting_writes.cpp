// States of which only the newest counts reach the disk, whatever stands in the way for a while.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <memory>

#include "settings/settings_repository.h"
#include "storage/lasting_writes.h"
#include "storage/storage_error.h"
#include "storage/storage_worker.h"

using namespace sotto::app;

class LastingWritesReachTheDisk : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    directory_ = std::make_unique<QTemporaryDir>();
    worker_ = std::make_unique<StorageWorker>();
    worker_->open({.dataDir = directory_->path()}, this, [](const auto& opened) { QVERIFY(opened.ok()); });
    full_ = true;
    order_.clear();
  }

  void triesAgainAndSaysItOnce() {
    LastingWrites writes(*worker_);
    QSignalSpy failed(&writes, &LastingWrites::failed);
    writes.put(QStringLiteral("a"), write(QStringLiteral("a1")));
    writes.put(QStringLiteral("b"), write(QStringLiteral("b1")));
    QTRY_COMPARE(failed.size(), 1);
    QTest::qWait(100);
    QVERIFY(writes.waits(QStringLiteral("a")) && writes.waits(QStringLiteral("b")));
    full_ = false;
    QTRY_VERIFY_WITH_TIMEOUT(!writes.waits(QStringLiteral("a")) && !writes.waits(QStringLiteral("b")), 10000);
    QCOMPARE(order_.size(), 2);
    QCOMPARE(failed.size(), 1);
    full_ = true;  // another time
    writes.put(QStringLiteral("a"), write(QStringLiteral("a2")));
    QTRY_COMPARE(failed.size(), 2);
  }

  void storesTheNewestOfAName() {
    LastingWrites writes(*worker_);
    QSignalSpy failed(&writes, &LastingWrites::failed);
    writes.put(QStringLiteral("a"), write(QStringLiteral("a1")));
    writes.put(QStringLiteral("other"), write(QStringLiteral("o1")));
    QVERIFY(failed.wait(10000));
    full_ = false;
    writes.put(QStringLiteral("a"), write(QStringLiteral("a2")));  // takes the other one with it
    QTRY_VERIFY(!writes.waits(QStringLiteral("a")) && !writes.waits(QStringLiteral("other")));
    QVERIFY(!order_.contains(QStringLiteral("a1")));
    QVERIFY(order_.contains(QStringLiteral("a2")) && order_.contains(QStringLiteral("o1")));
  }

  void givesUpOnWhatIsGone() {
    LastingWrites writes(*worker_);
    QSignalSpy failed(&writes, &LastingWrites::failed);
    writes.put(QStringLiteral("a"),
               [](Store&) { throw StorageError(Failure::Kind::missing, QStringLiteral("Gone.")); });
    QVERIFY(failed.wait(10000));
    QVERIFY(!writes.waits(QStringLiteral("a")));
  }

  void storesAtTheEnd() {
    {
      LastingWrites writes(*worker_);
      QSignalSpy failed(&writes, &LastingWrites::failed);
      writes.put(QStringLiteral("a"), write(QStringLiteral("a1")));
      QVERIFY(failed.wait(10000));
      full_ = false;
      writes.retry();
    }
    worker_->close();
    QCOMPARE(order_, QStringList{QStringLiteral("a1")});
  }

 private:
  // Notes that it could write; only then, as only the database thread touches `order_` until it is done.
  std::function<void(Store&)> write(const QString& value) {
    return [this, value](Store& store) {
      if (full_) throw StorageError(Failure::Kind::diskFull, QStringLiteral("Full."));
      store.settings().set(QStringLiteral("value"), value);
      order_ << value;
    };
  }

  std::unique_ptr<QTemporaryDir> directory_;
  std::unique_ptr<StorageWorker> worker_;
  std::atomic<bool> full_ = true;
  QStringList order_;
};

QTEST_GUILESS_MAIN(LastingWritesReachTheDisk)
#include "test_lasting_writes.moc"
