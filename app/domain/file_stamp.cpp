#include "domain/file_stamp.h"

#include <sys/stat.h>

#include <QFile>
#include <QFileInfo>

namespace sotto::app {

std::optional<FileStamp> stampOf(const QString& path) {
  const QString canonical = QFileInfo(path).canonicalFilePath();
  struct stat status {};
  if (canonical.isEmpty() || ::stat(QFile::encodeName(canonical).constData(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return FileStamp{.path = canonical,
                   .size = status.st_size,
                   .modified = qint64{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

}  // namespace sotto::app
