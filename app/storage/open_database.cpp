#include "storage/open_database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/database.h"
#include "storage/migrations.h"
#include "storage/storage_error.h"

namespace sotto::app {
namespace {

// Below this size the whole file is checked at every start, which takes a few hundredths of a second.
constexpr qint64 alwaysCheckedBytes = 16 << 20;

QString say(const char* sentence) { return QCoreApplication::translate("Storage", sentence); }

[[noreturn]] void fail(Failure::Kind kind, const char* sentence, const QString& path) {
  throw StorageError(kind, say(sentence).arg(QDir::toNativeSeparators(path)));
}

[[noreturn]] void failDamaged(const QString& path) { throw StorageError(damagedDatabase(path)); }

[[noreturn]] void failForeign(const QString& path) {
  fail(
      Failure::Kind::damaged,
      "%1 is not a database of Sotto's, and was left as it is; put back a copy of yours, or move it away to begin with "
      "an empty one.",
      path);
}

// Asks for the effective user, as opening a file does.
bool may(const QString& path, int what) {
  return ::faccessat(AT_FDCWD, QFile::encodeName(path).constData(), what, AT_EACCESS) == 0;
}

// What can be told from the outside, before SQLite touches anything.
void checkFile(const QString& path) {
  const QFileInfo info(path);
  const qint64 logBytes = QFileInfo(path + QStringLiteral("-wal")).size();
  if (!info.exists() && !info.isSymLink()) {
    // SQLite would throw the log away together with what it holds.
    if (logBytes > 0) failDamaged(path);
    return;
  }
  if (info.isDir()) {
    fail(Failure::Kind::damaged,
         "%1 is a folder, but Sotto keeps its conversations in a file of that name; move it away.", path);
  }
  if (!info.isFile()) failForeign(path);
  if (!may(path, R_OK)) {
    fail(Failure::Kind::readOnly, "The conversations in %1 may not be read; check the file's permissions.", path);
  }
  if (info.size() == 0) {
    if (logBytes > 0) failDamaged(path);
    return;
  }
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) {
    fail(Failure::Kind::other, "The conversations in %1 cannot be read; check the disk.", path);
  }
  if (file.read(16) != QByteArray("SQLite format 3\0", 16)) failForeign(path);
}

void checkWritable(const QString& path) {
  if (!may(path, W_OK) || !may(QFileInfo(path).absolutePath(), W_OK | X_OK)) {
    fail(Failure::Kind::readOnly,
         "The conversations in %1 may not be written, so nothing new could be stored; check the permissions of the "
         "file and "
         "its folder.",
         path);
  }
}

void checkIsOurs(Database& database, const QString& path) {
  const int version = schemaVersion(database);
  const int application = database.handle().execAndGet("PRAGMA application_id").getInt();
  const bool empty = database.handle().execAndGet("SELECT count(*) FROM sqlite_schema").getInt() == 0;
  if (empty && version == 0 && application == 0) return;
  if (application != applicationId || version <= 0) failForeign(path);
  if (version > latestVersion()) {
    throw StorageError(
        Failure::Kind::newer,
        say("The conversations in %1 were written by a newer Sotto (their version is %2, this Sotto knows %3); "
            "install the newer Sotto. Nothing was changed.")
            .arg(QDir::toNativeSeparators(path))
            .arg(version)
            .arg(latestVersion()));
  }
}

void quickCheck(Database& database, const QString& path) {
  SQLite::Statement check(database.handle(), "PRAGMA quick_check(1)");
  if (!check.executeStep() || check.getColumn(0).getString() != "ok") failDamaged(path);
}

QString backUp(Database& database, const QString& dataDir, int version) {
  const QString folder = backupsPath(dataDir);
  if (!QFileInfo(folder).isDir() && !makePrivateFolder(folder)) {
    fail(Failure::Kind::diskFull,
         "The folder %1 for a copy of the conversations cannot be made; free some space on the disk.", folder);
  }
  const QString stamp = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
  QString copy;
  for (int attempt = 1;; ++attempt) {
    copy = QStringLiteral("%1/sotto-version-%2-%3%4.db")
               .arg(folder)
               .arg(version)
               .arg(stamp, attempt == 1 ? QString() : QStringLiteral("-%1").arg(attempt));
    if (makePrivateFile(copy)) break;
    if (!QFileInfo::exists(copy)) {
      fail(Failure::Kind::diskFull,
           "Before Sotto's data is brought up to date a copy of it is made, but %1 cannot be written; free some space "
           "on the "
           "disk. Nothing was changed.",
           copy);
    }
  }
  try {
    database.query("VACUUM INTO ?").bind(1, copy).run();
  } catch (const SQLite::Exception&) {
    QFile::remove(copy);
    fail(Failure::Kind::diskFull,
         "Before Sotto's data is brought up to date a copy of it is made, but %1 could not be written; free some space "
         "on the "
         "disk. Nothing was changed.",
         copy);
  }
  return copy;
}

// What was deleted since is still in them. The step that they were made for has proved itself by then.
void removeOldBackups(const QString& dataDir) {
  const QDateTime oldest = QDateTime::currentDateTimeUtc().addDays(-ConversationRepository::trashDays);
  const QDir folder(backupsPath(dataDir));
  for (const QFileInfo& each :
       folder.entryInfoList({QStringLiteral("sotto-version-*.db")}, QDir::Files | QDir::NoSymLinks)) {
    if (each.lastModified() < oldest) QFile::remove(each.absoluteFilePath());
  }
}

void bringUpToDate(Database& database, const QString& dataDir, OpenReport& report) {
  const int version = schemaVersion(database);
  if (version == latestVersion()) return;
  if (version == 0) {
    report.created = true;
    Database::Transaction transaction(database, Durability::full);
    database.handle().exec("PRAGMA application_id = " + std::to_string(applicationId));
    migrate(database, latestVersion());
    transaction.commit();
    return;
  }
  report.migratedFrom = version;
  report.backup = backUp(database, dataDir, version);
  try {
    migrate(database, latestVersion());
  } catch (const SQLite::Exception& error) {
    const bool full = (error.getErrorCode() & 0xFF) == SQLITE_FULL;
    fail(full ? Failure::Kind::diskFull : Failure::Kind::other,
         "Sotto's data could not be brought up to date; free some space on the disk and start again. A copy from "
         "before is %1.",
         report.backup);
  }
}

OpenedDatabase openForWriting(const QString& dataDir, const QString& path) {
  OpenedDatabase opened;
  checkFile(path);
  if (!QFileInfo::exists(path) && !makePrivateFile(path)) {
    fail(Failure::Kind::readOnly,
         "The database %1 cannot be made; check the permissions of its folder and the disk's space.", path);
  }
  checkWritable(path);
  opened.report.uncleanStop = QFileInfo(path + QStringLiteral("-wal")).size() > 0;
  const bool small = QFileInfo(path).size() <= alwaysCheckedBytes;

  opened.database = std::make_unique<Database>(path, SQLite::OPEN_READWRITE);
  Database& database = *opened.database;
  keepFilesAsTheyAre(database, true);
  checkIsOurs(database, path);
  database.handle().exec("PRAGMA secure_delete = ON");  // deleted words are overwritten
  if (opened.report.uncleanStop || small) quickCheck(database, path);
  database.handle().exec("PRAGMA journal_mode = WAL");
  database.handle().exec("PRAGMA journal_size_limit = 8388608");
  bringUpToDate(database, dataDir, opened.report);
  removeOldBackups(dataDir);
  keepFilesAsTheyAre(database, false);
  return opened;
}

// Where nothing can be written (a backup on a disk mounted for reading) SQLite cannot make the log's index; where there
// is no log either it needs none.
std::unique_ptr<Database> connectForReading(const QString& path) {
  const bool frozen =
      !may(QFileInfo(path).absolutePath(), W_OK) && QFileInfo(path + QStringLiteral("-wal")).size() == 0;
  if (!frozen) return std::make_unique<Database>(path, SQLite::OPEN_READONLY);
  const QByteArray uri = QUrl::fromLocalFile(QFileInfo(path).absoluteFilePath()).toEncoded() + "?immutable=1";
  return std::make_unique<Database>(QString::fromLatin1(uri), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

OpenedDatabase openForReading(const QString& path) {
  if (!QFileInfo::exists(path) || QFileInfo(path).size() == 0) {
    fail(Failure::Kind::missing, "There are no conversations in %1 yet.", path);
  }
  checkFile(path);
  OpenedDatabase opened{connectForReading(path), {}};
  checkIsOurs(*opened.database, path);
  if (schemaVersion(*opened.database) < latestVersion()) {
    fail(Failure::Kind::other,
         "The conversations in %1 are of an older Sotto; start this one once to bring them up to date.", path);
  }
  return opened;
}

}  // namespace

Failure damagedDatabase(const QString& path) {
  return {
      Failure::Kind::damaged,
      say("The conversations in %1 are damaged, and Sotto has left the file as it is; put back a copy of it, or move "
          "it away to begin with an empty one.")
          .arg(QDir::toNativeSeparators(path))};
}

void keepFilesAsTheyAre(Database& database, bool keep) {
  sqlite3_db_config(database.handle().getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep ? 1 : 0, nullptr);
}

OpenedDatabase openDatabase(const QString& dataDir, Store::Mode mode) {
  const QString path = databasePath(dataDir);
  try {
    return mode == Store::Mode::readOnly ? openForReading(path) : openForWriting(dataDir, path);
  } catch (const SQLite::Exception& error) {
    const int code = error.getErrorCode() & 0xFF;
    if (code == SQLITE_CORRUPT) failDamaged(path);
    if (code == SQLITE_NOTADB) failForeign(path);
    throw;
  }
}

}  // namespace sotto::app
