#include "storage/migrations.h"

#include <QDir>
#include <QFile>

#include "storage/database.h"

namespace sotto::app {
namespace {

std::vector<Migration> readMigrations() {
  std::vector<Migration> steps;
  const QDir folder(QStringLiteral(":/sql"));
  for (const QString& name : folder.entryList({QStringLiteral("*.sql")}, QDir::Files, QDir::Name)) {
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::ReadOnly)) continue;
    steps.push_back({name.left(4).toInt(), name.chopped(4), file.readAll()});
  }
  return steps;
}

}  // namespace

const std::vector<Migration>& migrations() {
  static const std::vector<Migration> steps = readMigrations();
  return steps;
}

int latestVersion() { return migrations().empty() ? 0 : migrations().back().version; }

int schemaVersion(Database& database) { return database.handle().execAndGet("PRAGMA user_version").getInt(); }

void migrate(Database& database, int target) {
  const int from = schemaVersion(database);
  for (const Migration& step : migrations()) {
    if (step.version <= from || step.version > target) continue;
    Database::Transaction transaction(database, Durability::full);
    database.handle().exec(step.sql.toStdString());
    database.handle().exec("PRAGMA user_version = " + std::to_string(step.version));
    transaction.commit();
  }
}

}  // namespace sotto::app
