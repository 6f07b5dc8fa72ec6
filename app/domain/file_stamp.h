// A file as it was at a moment: what tells that it is still the same without reading it.
#pragma once

#include <QString>
#include <optional>

namespace sotto::app {

struct FileStamp {
  QString path;         // without symbolic links
  qint64 size = 0;      // bytes
  qint64 modified = 0;  // nanoseconds since 1970
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// nullopt: no such file. Any thread.
[[nodiscard]] std::optional<FileStamp> stampOf(const QString& path);

}  // namespace sotto::app
