// Opening a database file with everything that may be wrong with it. Whatever is refused is left as it was.
#pragma once

#include <QString>
#include <memory>

#include "storage/store.h"

namespace sotto::app {

class Database;

// "Soto": what SQLite's application_id says of our files.
inline constexpr int applicationId = 0x536F746F;

struct OpenedDatabase {
  std::unique_ptr<Database> database;
  OpenReport report;
};

// Creates, checks and migrates (Mode::readWrite), or just checks (readOnly). Throws StorageError with the path in its
// sentence. The directory must be there.
[[nodiscard]] OpenedDatabase openDatabase(const QString& dataDir, Store::Mode mode);

// What opening says of a damaged one.
[[nodiscard]] Failure damagedDatabase(const QString& path);

// From now on closing leaves the files as they are, write-ahead log included.
void keepFilesAsTheyAre(Database& database, bool keep);

}  // namespace sotto::app
