// Each step of the schema, compared with exactly what it is to make; and what happens to a database of an older
// version.
#include <SQLiteCpp/SQLiteCpp.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/database.h"
#include "storage/migrations.h"
#include "storage/open_database.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

namespace {

QString readFile(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

// Every object of the schema, sorted, without SQLite's own and the index's shadow tables.
QString schemaOf(const QString& path) {
  return rows(path,
              QStringLiteral("SELECT type || ' ' || name || char(10) || sql || ';' FROM sqlite_schema "
                             "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'message_search_%' "
                             "ORDER BY type, name"))
             .join(u'\n') +
         u'\n';
}

// A database of version `version`, as the Sotto of that time left it.
void makeDatabase(const QString& dataDir, int version) {
  (void)QDir().mkpath(dataDir);
  Database database(databasePath(dataDir), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  database.handle().exec("PRAGMA application_id = " + std::to_string(applicationId));
  database.handle().exec("PRAGMA journal_mode = WAL");
  migrate(database, version);
}

}  // namespace

class Migrations : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString data_;

 private slots:
  void init() {
    static int run = 0;
    data_ = dir_.filePath(QString::number(++run));
  }

  void areNumberedWithoutGaps() {
    QVERIFY(!migrations().empty());
    for (size_t i = 0; i < migrations().size(); ++i) {
      QCOMPARE(migrations()[i].version, static_cast<int>(i) + 1);
      QVERIFY(migrations()[i].name.startsWith(QStringLiteral("%1_").arg(i + 1, 4, 10, QChar(u'0'))));
      QVERIFY(!migrations()[i].sql.isEmpty());
    }
  }

  // tests/app/storage/schemas/NNNN.sql is the schema after step NNNN.
  void makeExactlyThisSchema_data() {
    QTest::addColumn<int>("version");
    for (const Migration& step : migrations()) QTest::newRow(qPrintable(step.name)) << step.version;
  }
  void makeExactlyThisSchema() {
    QFETCH(int, version);
    makeDatabase(data_, version);
    const QString path =
        QStringLiteral(SOTTO_SOURCE_DIR "/tests/app/storage/schemas/%1.sql").arg(version, 4, 10, QChar(u'0'));
    const QString schema = schemaOf(databasePath(data_));
    if (qEnvironmentVariableIsSet(
            "SOTTO_WRITE_SCHEMAS")) {  // for a new step: look at what it made before committing it
      QFile file(path);
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(schema.toUtf8());
    }
    QCOMPARE(schema, readFile(path));
    QCOMPARE(rows(databasePath(data_), QStringLiteral("PRAGMA user_version")), QStringList{QString::number(version)});
    QVERIFY(rows(databasePath(data_), QStringLiteral("PRAGMA foreign_key_check")).isEmpty());
  }

  void bringEveryVersionUpToDateAfterACopy_data() {
    QTest::addColumn<int>("version");
    for (int version = 1; version < latestVersion(); ++version) QTest::addRow("from %d", version) << version;
  }
  void bringEveryVersionUpToDateAfterACopy() {
    QFETCH(int, version);
    makeDatabase(data_, version);
    execute(databasePath(data_), QStringLiteral("INSERT INTO settings (key, value) VALUES ('ui/kept', 'yes')"));
    if (version >= 3) {
      execute(
          databasePath(data_),
          QStringLiteral("INSERT INTO conversations (created_at, updated_at, title, params) VALUES (1, 2, 'old', '{}');"
                         "INSERT INTO messages (conversation_id, created_at, role, state, content) "
                         "VALUES (1, 1, 'user', 'complete', 'needle in here')"));
    }
    const QString before = schemaOf(databasePath(data_));

    const auto store = openStore(data_);
    QCOMPARE(store->report().migratedFrom, version);
    QVERIFY(!store->report().created);
    makeDatabase(data_ + QStringLiteral("-new"), latestVersion());
    QCOMPARE(schemaOf(databasePath(data_)), schemaOf(databasePath(data_ + QStringLiteral("-new"))));
    QCOMPARE(rows(databasePath(data_), QStringLiteral("SELECT value FROM settings WHERE key = 'ui/kept'")),
             QStringList{"yes"});
    if (version >= 3) {
      QCOMPARE(store->conversations().list().front().messages, 1);
      QCOMPARE(rows(databasePath(data_),
                    QStringLiteral("SELECT rowid FROM message_search WHERE message_search MATCH 'needle'")),
               QStringList{"1"});
    }
    // The copy is the database as it was, for its owner only.
    const QString copy = store->report().backup;
    QCOMPARE(schemaOf(copy), before);
    QCOMPARE(rows(copy, QStringLiteral("PRAGMA user_version")), QStringList{QString::number(version)});
    QCOMPARE(rows(copy, QStringLiteral("SELECT value FROM settings")), QStringList{"yes"});
    QCOMPARE(QFileInfo(copy).permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    QCOMPARE(QFileInfo(backupsPath(data_)).permissions() & (QFile::ExeGroup | QFile::ExeOther), QFile::Permissions());
  }

  void doNothingToACurrentDatabase() {
    openStore(data_).reset();
    const auto store = openStore(data_);
    QVERIFY(!store->report().created);
    QCOMPARE(store->report().migratedFrom, 0);
    QVERIFY(store->report().backup.isEmpty());
    QVERIFY(!QFileInfo::exists(backupsPath(data_)));
  }

  void stopAtAStepThatFails() {
    makeDatabase(data_, 2);
    // In the way of step 3, which makes other tables before this one.
    execute(databasePath(data_), QStringLiteral("CREATE TABLE reply_chunks (x)"));
    const auto refused = Store::open(data_, Store::Mode::readWrite);
    QVERIFY(!refused.ok());
    QVERIFY(refused.failure().sentence.contains(backupsPath(data_)));
    QCOMPARE(rows(databasePath(data_), QStringLiteral("PRAGMA user_version")), QStringList{"2"});
    QVERIFY(rows(databasePath(data_), QStringLiteral("SELECT name FROM sqlite_schema WHERE name = 'conversations'"))
                .isEmpty());

    execute(databasePath(data_), QStringLiteral("DROP TABLE reply_chunks"));
    QCOMPARE(openStore(data_)->report().migratedFrom, 2);
    QCOMPARE(QDir(backupsPath(data_)).entryList(QDir::Files).size(), 2);
  }
};

QTEST_GUILESS_MAIN(Migrations)
#include "test_migrations.moc"
