// What is known about model files: their hashes, their chat templates, and when they were used. See store.h for threads
// and exceptions.
#pragma once

#include <QDateTime>
#include <QHash>
#include <QString>
#include <QStringList>
#include <optional>

#include "domain/file_stamp.h"

namespace sotto::app {

class Database;

class ModelRepository {
 public:
  explicit ModelRepository(Database& database) : database_(database) {}

  // SHA-256 in hex; nullopt: not known for this path, size and time.
  [[nodiscard]] std::optional<QString> hash(const FileStamp& file) const;
  // Replies that were waiting for it (MessageRepository::awaitModelHash) get it too.
  void setHash(const FileStamp& file, const QString& sha256);

  // Chat templates that people wrote, by templateKey().
  [[nodiscard]] QHash<QString, QString> chatTemplates() const;
  void setChatTemplate(const QString& key, const QString& text);  // empty: forgotten

  [[nodiscard]] QStringList recent(int limit = 10) const;  // paths, newest first
  void addRecent(const QString& path, const QDateTime& now);
  void removeRecent(const QString& path);

 private:
  Database& database_;
};

}  // namespace sotto::app
