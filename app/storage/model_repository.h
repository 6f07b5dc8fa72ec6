// What is known about model files: their hashes and when they were used. See store.h for threads and exceptions.
#pragma once

#include <QDateTime>
#include <QString>
#include <QStringList>
#include <optional>

namespace sotto::app {

class Database;

// A file as it was when its hash was computed.
struct FileStamp {
  QString path;
  qint64 size = 0;      // bytes
  qint64 modified = 0;  // nanoseconds since 1970
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

class ModelRepository {
 public:
  explicit ModelRepository(Database& database) : database_(database) {}

  // SHA-256 in hex; nullopt: not known for this path, size and time.
  [[nodiscard]] std::optional<QString> hash(const FileStamp& file) const;
  void setHash(const FileStamp& file, const QString& sha256);

  [[nodiscard]] QStringList recent(int limit = 10) const;  // paths, newest first
  void addRecent(const QString& path, const QDateTime& now);
  void removeRecent(const QString& path);

 private:
  Database& database_;
};

}  // namespace sotto::app
