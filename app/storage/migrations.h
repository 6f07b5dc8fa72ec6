// The schema's steps: resources/sql/NNNN_name.sql, each of which takes the database from version NNNN-1 to NNNN
// (user_version). A step is never changed once it has been released.
#pragma once

#include <QByteArray>
#include <QString>
#include <vector>

namespace sotto::app {

class Database;

struct Migration {
  int version = 0;
  QString name;  // "0001_presets_and_settings"
  QByteArray sql;
};

// In the order of their versions, from 1 on without gaps.
[[nodiscard]] const std::vector<Migration>& migrations();
[[nodiscard]] int latestVersion();

[[nodiscard]] int schemaVersion(Database& database);

// Runs the steps above the database's version, up to `target`, each in a transaction of its own. Throws what SQLite
// says; the steps before the one that failed stay.
void migrate(Database& database, int target);

}  // namespace sotto::app
