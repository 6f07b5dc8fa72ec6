#include "settings/settings_repository.h"

#include "storage/database.h"

namespace sotto::app {

QHash<QString, QString> SettingsRepository::all() const {
  auto rows = database_.query("SELECT key, value FROM settings");
  QHash<QString, QString> values;
  while (rows.step()) values.insert(rows.text(0), rows.text(1));
  return values;
}

std::optional<QString> SettingsRepository::value(const QString& key) const {
  auto row = database_.query("SELECT value FROM settings WHERE key = ?");
  return row.bind(1, key).step() ? std::optional(row.text(0)) : std::nullopt;
}

void SettingsRepository::set(const QString& key, const QString& value) {
  Database::Transaction transaction(database_, Durability::full);
  database_.query("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)").bind(1, key).bind(2, value).run();
  transaction.commit();
}

void SettingsRepository::remove(const QString& key) {
  Database::Transaction transaction(database_, Durability::full);
  database_.query("DELETE FROM settings WHERE key = ?").bind(1, key).run();
  transaction.commit();
}

}  // namespace sotto::app
