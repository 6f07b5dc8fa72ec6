#include "storage/storage_error.h"

#include <SQLiteCpp/Exception.h>
#include <sqlite3.h>

#include <QCoreApplication>
#include <QLoggingCategory>
#include <new>
#include <typeinfo>

namespace sotto::app {
namespace {

Q_LOGGING_CATEGORY(log, "sotto.storage")

QString say(const char* sentence) { return QCoreApplication::translate("Storage", sentence); }

Failure ofSqlite(int code, int extendedCode) {
  switch (code) {
    case SQLITE_FULL:
      return {Failure::Kind::diskFull, say("The disk is full, so nothing more can be stored; free some space on it.")};
    case SQLITE_IOERR:
      if (extendedCode == SQLITE_IOERR_WRITE || extendedCode == SQLITE_IOERR_FSYNC ||
          extendedCode == SQLITE_IOERR_TRUNCATE || extendedCode == SQLITE_IOERR_SHMSIZE) {
        return {Failure::Kind::diskFull,
                say("The conversations could not be written to the disk; it may be full or failing.")};
      }
      return {Failure::Kind::other, say("The disk that holds the conversations could not be read or written.")};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Failure::Kind::busy,
              say("Another program is using the conversations' database; close it and try again.")};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Failure::Kind::readOnly, say("The conversations' database may not be written; check its permissions.")};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Failure::Kind::damaged, say("The conversations' database is damaged; nothing more is written to it. "
                                          "Start Sotto again to see what can be done.")};
    case SQLITE_CANTOPEN:
      return {Failure::Kind::other,
              say("The conversations' database cannot be opened; check that its folder is there and may be written.")};
    case SQLITE_TOOBIG:
      return {Failure::Kind::invalid, say("This text is too long to be stored.")};
    case SQLITE_NOMEM:
      return {Failure::Kind::other, say("There is not enough memory to read or store the conversations.")};
    default:
      return {Failure::Kind::other, say("The conversations' database refused a change; nothing was changed.")};
  }
}

}  // namespace

StorageError::StorageError(Failure failure)
    : std::runtime_error(failure.sentence.toStdString()), failure_(std::move(failure)) {}

Failure currentFailure() noexcept {
  try {
    throw;
  } catch (const StorageError& error) {
    return error.failure();
  } catch (const SQLite::Exception& error) {
    qCWarning(log, "SQLite: %s (%d)", error.getErrorStr(), error.getExtendedErrorCode());
    return ofSqlite(error.getErrorCode() & 0xFF, error.getExtendedErrorCode());
  } catch (const std::bad_alloc&) {
    return ofSqlite(SQLITE_NOMEM, 0);
  } catch (const std::exception& error) {
    qCWarning(log, "unexpected %s", typeid(error).name());
  } catch (...) {
    qCWarning(log, "unknown exception");
  }
  return {Failure::Kind::other,
          say("Something unexpected happened in the conversations' storage; nothing was changed.")};
}

}  // namespace sotto::app
