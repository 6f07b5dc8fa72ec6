// What may be wrong with a data directory: everything is told in a sentence with the path, and nothing is overwritten.
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QTest>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/message_repository.h"
#include "storage/migrations.h"
#include "storage/storage_worker.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;
using Kind = Failure::Kind;

namespace {

int modeOf(const QString& path) {
  struct stat info {};
  return ::stat(QFile::encodeName(path).constData(), &info) == 0 ? static_cast<int>(info.st_mode & 07777) : -1;
}

// Empty for a file that is not there.
QByteArray bytesOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the test's file");
  file.write(bytes);
}

// Rights are not checked for root: acts as somebody else for a while.
class AsNobody {
 public:
  AsNobody() : was_(::geteuid()) {
    if (was_ == 0) (void)!::seteuid(65534);
  }
  ~AsNobody() {
    if (was_ == 0) (void)!::seteuid(was_);
  }

 private:
  uid_t was_;
};

}  // namespace

class OpenDatabase : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString data_;
  QString path_;

  // A database with a conversation of some size, closed cleanly.
  void fill() {
    const auto store = openStore(data_);
    const ConversationId id = store->conversations().create(QStringLiteral("full"), {}, at(1));
    store->transaction(Durability::full, [&] {
      for (int i = 0; i < 300; ++i) {
        (void)store->messages().add(id, userMessage(QStringLiteral("message %1 ").arg(i) + QString(500, u'x')));
      }
    });
  }

  // Leaves the write-ahead log behind, as a killed process does: copies the files of an open database.
  void fillAndKill() {
    const QString live = data_ + QStringLiteral("-live");
    const auto store = openStore(live);
    const ConversationId id = store->conversations().create(QStringLiteral("full"), {}, at(1));
    const auto add = [&](int from, int to) {
      for (int i = from; i < to; ++i) {
        (void)store->messages().add(id, userMessage(QStringLiteral("message %1 ").arg(i) + QString(500, u'x')));
      }
    };
    add(0, 30);
    execute(databasePath(live), QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)"));
    add(30, 60);
    (void)QDir().mkpath(data_);
    for (const char* suffix : {"", "-wal"}) {
      const QString name = QLatin1StringView(suffix);
      QVERIFY(QFile::copy(databasePath(live) + name, path_ + name));
    }
  }

  Failure refusal(Store::Mode mode = Store::Mode::readWrite) {
    const auto opened = Store::open(data_, mode);
    return opened.ok() ? Failure{Kind::other, QStringLiteral("opened")} : opened.failure();
  }

  // Opening is refused with `kind`, a sentence that names the file, and the file stays as it is, however often it is
  // tried.
  void refusesAndKeeps(Kind kind) {
    const QByteArray before = bytesOf(path_);
    const QByteArray logBefore = bytesOf(path_ + QStringLiteral("-wal"));
    for (int i = 0; i < 2; ++i) {
      const Failure failure = refusal();
      QVERIFY2(failure.kind == kind, qPrintable(failure.sentence));
      QVERIFY2(failure.sentence.contains(path_), qPrintable(failure.sentence));
      QVERIFY(failure.sentence.endsWith(u'.'));
      QVERIFY(bytesOf(path_) == before);
      QVERIFY(bytesOf(path_ + QStringLiteral("-wal")) == logBefore);
    }
  }

 private slots:
  void initTestCase() { QVERIFY(::chmod(QFile::encodeName(dir_.path()).constData(), 0777) == 0); }
  void init() {
    static int run = 0;
    data_ = dir_.filePath(QString::number(++run));
    path_ = databasePath(data_);
  }

  void makesThePlaceItLivesInForItsOwnerOnly() {
    data_ += QStringLiteral("/deeper/still");
    path_ = databasePath(data_);
    const mode_t before = ::umask(0);  // the most generous one
    const auto store = openStore(data_);
    ::umask(before);
    QVERIFY(store->report().created);
    (void)store->conversations().create(QStringLiteral("x"), {}, at(1));
    QCOMPARE(modeOf(data_), 0700);
    QCOMPARE(modeOf(path_), 0600);
    QCOMPARE(modeOf(path_ + QStringLiteral("-wal")), 0600);
    QCOMPARE(modeOf(path_ + QStringLiteral("-shm")), 0600);
  }

  void tightensAWiderPlace() {
    fill();
    (void)QDir(data_).mkpath(QStringLiteral("backups"));
    write(data_ + QStringLiteral("/sotto.lock"), "");
    write(data_ + QStringLiteral("/sotto.log"), "");
    write(data_ + QStringLiteral("/holiday.jpg"), "");
    for (const char* name : {"/sotto.db", "/sotto.lock", "/sotto.log", "/holiday.jpg"}) {
      QVERIFY(::chmod(QFile::encodeName(data_ + QLatin1StringView(name)).constData(), 0644) == 0);
    }
    QVERIFY(::chmod(QFile::encodeName(data_).constData(), 0755) == 0);
    QVERIFY(::chmod(QFile::encodeName(data_ + QStringLiteral("/backups")).constData(), 0777) == 0);
    const auto store = openStore(data_);
    QCOMPARE(modeOf(data_), 0700);
    QCOMPARE(modeOf(data_ + QStringLiteral("/backups")), 0700);
    for (const char* name : {"/sotto.db", "/sotto.lock", "/sotto.log"}) {
      QCOMPARE(modeOf(data_ + QLatin1StringView(name)), 0600);
    }
    QCOMPARE(modeOf(data_ + QStringLiteral("/holiday.jpg")), 0644);  // not ours
  }

  void knowsTheDefaultPlace() {
    qputenv("XDG_DATA_HOME", dir_.path().toUtf8());
    QCOMPARE(defaultDataDirectory(), dir_.path() + QStringLiteral("/sotto"));
    qunsetenv("XDG_DATA_HOME");
    QVERIFY(defaultDataDirectory().endsWith(QStringLiteral("/.local/share/sotto")));
  }

  void refusesRandomBytes() {
    (void)QDir().mkpath(data_);
    QByteArray bytes(20'000, Qt::Uninitialized);
    QRandomGenerator random(7);
    for (char& byte : bytes) byte = static_cast<char>(random.generate());
    write(path_, bytes);
    refusesAndKeeps(Kind::damaged);
    write(path_, "short");
    refusesAndKeeps(Kind::damaged);
  }

  void refusesATruncatedFile_data() {
    QTest::addColumn<double>("part");
    QTest::newRow("half") << 0.5;
    QTest::newRow("one page and a half") << -6000.0;
    QTest::newRow("within the header") << -50.0;
    QTest::newRow("nearly all") << 0.97;
  }
  void refusesATruncatedFile() {
    QFETCH(double, part);
    fill();
    const double size = part > 0 ? part * static_cast<double>(QFileInfo(path_).size()) : -part;
    QVERIFY(QFile::resize(path_, static_cast<qint64>(size)));
    refusesAndKeeps(Kind::damaged);
  }

  void refusesPagesThatWereOverwritten() {
    fill();
    QByteArray bytes = bytesOf(path_);
    for (qsizetype i = 8192; i + 4096 < bytes.size(); i += 3 * 4096) bytes.replace(i, 4096, QByteArray(4096, '\x5a'));
    write(path_, bytes);
    refusesAndKeeps(Kind::damaged);
  }

  void refusesDamageAfterAnUncleanStop() {
    fillAndKill();
    QVERIFY(QFileInfo(path_ + QStringLiteral("-wal")).size() > 0);
    QByteArray bytes = bytesOf(path_);
    write(path_, bytes.left(4096) + QByteArray(bytes.size() - 4096, '\x5a'));
    refusesAndKeeps(Kind::damaged);
  }

  void opensAfterAnUncleanStop() {
    fillAndKill();
    const auto store = openStore(data_);
    QVERIFY(store->report().uncleanStop);
    QCOMPARE(store->conversations().list().front().messages, 60);
  }

  void keepsALogWithoutItsDatabase() {
    fillAndKill();
    QVERIFY(QFile::remove(path_));
    const QByteArray log = bytesOf(path_ + QStringLiteral("-wal"));
    QVERIFY(refusal().kind == Kind::damaged);
    QVERIFY(!QFile::exists(path_));
    write(path_, {});
    refusesAndKeeps(Kind::damaged);
    QVERIFY(bytesOf(path_ + QStringLiteral("-wal")) == log);
  }

  void refusesOtherPeoplesDatabases() {
    (void)QDir().mkpath(data_);
    execute(path_, QStringLiteral("CREATE TABLE bookmarks (url TEXT)"));
    refusesAndKeeps(Kind::damaged);
    execute(path_, QStringLiteral("PRAGMA user_version = 3"));
    refusesAndKeeps(Kind::damaged);
  }

  void refusesAFolderInItsPlace() {
    (void)QDir().mkpath(path_);
    const Failure failure = refusal();
    QVERIFY(failure.kind == Kind::damaged);
    QVERIFY(failure.sentence.contains(path_));
    QVERIFY(QFileInfo(path_).isDir());
  }

  void refusesAPipeInItsPlace() {
    (void)QDir().mkpath(data_);
    QVERIFY(::mkfifo(QFile::encodeName(path_).constData(), 0600) == 0);
    QVERIFY(refusal().kind == Kind::damaged);  // and does not wait for it
  }

  void refusesAFileInTheDirectorysPlace() {
    write(data_, "mine");
    const Failure failure = refusal();
    QVERIFY(failure.kind == Kind::invalid);
    QVERIFY(failure.sentence.contains(data_));
    QCOMPARE(bytesOf(data_), QByteArray("mine"));
  }

  void refusesANewerDatabase() {
    fill();
    execute(path_, QStringLiteral("PRAGMA user_version = 999"));
    const Failure failure = refusal();
    refusesAndKeeps(Kind::newer);
    QVERIFY(failure.sentence.contains(QStringLiteral("999")));
    QVERIFY(failure.sentence.contains(QString::number(latestVersion())));
    QVERIFY(refusal(Store::Mode::readOnly).kind == Kind::newer);
  }

  void refusesWhatItMayNotWrite() {
    const AsNobody nobody;
    fill();
    QVERIFY(::chmod(QFile::encodeName(path_).constData(), 0400) == 0);
    refusesAndKeeps(Kind::readOnly);
    QVERIFY(::chmod(QFile::encodeName(path_).constData(), 0600) == 0);
    QVERIFY(::chmod(QFile::encodeName(data_).constData(), 0500) == 0);
    refusesAndKeeps(Kind::readOnly);
    QVERIFY(::chmod(QFile::encodeName(data_).constData(), 0700) == 0);
    QVERIFY(::chmod(QFile::encodeName(path_).constData(), 0) == 0);
    const Failure failure = refusal();
    QVERIFY(failure.kind == Kind::readOnly);
    QVERIFY(failure.sentence.contains(path_));
  }

  void refusesAPlaceThatCannotBeMade() {
    const AsNobody nobody;
    const Failure failure = [] {
      const auto opened = Store::open(QStringLiteral("/proc/sotto"), Store::Mode::readWrite);
      return opened.ok() ? Failure{} : opened.failure();
    }();
    QVERIFY(failure.kind == Kind::readOnly);
    QVERIFY(failure.sentence.contains(QStringLiteral("/proc/sotto")));
  }

  void readsBesideARunningSotto() {
    QVERIFY(refusal(Store::Mode::readOnly).kind == Kind::missing);
    QVERIFY(!QFileInfo::exists(data_));
    const auto writer = openStore(data_);
    const ConversationId id = writer->conversations().create(QStringLiteral("live"), {}, at(1));
    const MessageId question = writer->messages().add(id, userMessage(QStringLiteral("?")));
    const MessageId reply = writer->messages().add(id, streamingReply(question));
    writer->messages().appendChunk(reply, {{1}, "so far", {}});

    const auto reader = openStore(data_, Store::Mode::readOnly);
    QCOMPARE(reader->conversations().list().front().messages, 2);
    QCOMPARE(reader->conversations().load(id)->messages().back().content, QStringLiteral("so far"));
    bool refused = false;
    try {
      reader->conversations().rename(id, QStringLiteral("x"));
    } catch (const std::exception&) {
      refused = true;
    }
    QVERIFY(refused);
    writer->messages().appendChunk(reply, {{2}, ", more", {}});
    QCOMPARE(reader->conversations().load(id)->messages().back().content, QStringLiteral("so far, more"));
  }

  void setsADamagedDatabaseAside() {
    fillAndKill();
    QByteArray bytes = bytesOf(path_);
    bytes = bytes.left(4096) + QByteArray(bytes.size() - 4096, '\x5a');
    write(path_, bytes);
    const QByteArray log = bytesOf(path_ + QStringLiteral("-wal"));
    QVERIFY(refusal().kind == Kind::damaged);
    const auto kept = Store::setAside(data_);
    QVERIFY(kept.ok());
    QCOMPARE(modeOf(*kept), 0700);
    QVERIFY(bytesOf(*kept + QStringLiteral("/sotto.db")) == bytes);
    QVERIFY(bytesOf(*kept + QStringLiteral("/sotto.db-wal")) == log);
    const auto store = openStore(data_);
    QVERIFY(store->report().created);
    QVERIFY(store->conversations().list().empty());
  }

  void stopsWritingToADatabaseThatTurnsOutDamaged() {
    StorageWorker worker;
    bool opened = false;
    worker.open({data_, Store::Mode::readWrite, true}, this, [&](const auto& result) { opened = result.ok(); });
    QTRY_VERIFY(opened);
    std::optional<Failure> failure;
    worker.post([](Store& store) { (void)store.conversations().create(QStringLiteral("x"), {}, at(1)); });
    worker.post([](Store&) { throw StorageError(Kind::damaged, QStringLiteral("Damaged.")); }, this,
                [&](const Result<void>& result) { failure = result.failure(); });
    QTRY_VERIFY(failure);
    QCOMPARE(failure->sentence, QStringLiteral("Damaged."));
    const QByteArray log = bytesOf(path_ + QStringLiteral("-wal"));
    const QByteArray file = bytesOf(path_);
    QVERIFY(!log.isEmpty());
    std::optional<bool> later;
    worker.post([](Store& store) { (void)store.conversations().create(QStringLiteral("y"), {}, at(1)); }, this,
                [&](const Result<void>& result) { later = result.ok(); });
    QTRY_VERIFY(later);
    QVERIFY(!*later);
    worker.close();
    QVERIFY(bytesOf(path_) == file);
    QVERIFY(bytesOf(path_ + QStringLiteral("-wal")) == log);
  }
};

QTEST_GUILESS_MAIN(OpenDatabase)
#include "test_open_database.moc"
