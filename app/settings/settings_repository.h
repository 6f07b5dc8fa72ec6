// Small named values: "ui/window/size", "model/last". See storage/store.h for the thread guarantee and exceptions.
#pragma once

#include <QHash>
#include <QString>
#include <optional>

namespace sotto::app {

class Database;

class SettingsRepository {
 public:
  explicit SettingsRepository(Database& database) : database_(database) {}

  [[nodiscard]] QHash<QString, QString> all() const;
  [[nodiscard]] std::optional<QString> value(const QString& key) const;
  void set(const QString& key, const QString& value);
  void remove(const QString& key);

 private:
  Database& database_;
};

}  // namespace sotto::app
