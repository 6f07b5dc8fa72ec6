#include "transfer/save_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <cerrno>

namespace sotto::app {
namespace {

Failure failure(Failure::Kind kind, const char* sentence, const QString& path) {
  return {kind, QCoreApplication::translate("Transfer", sentence).arg(path)};
}

Failure alreadyThere(const QString& path) {
  return failure(Failure::Kind::exists, "%1 is there already, and was not changed; choose another name.", path);
}

// Takes the name when nobody has it, so that the rename after it replaces nothing but this.
bool reserve(const QString& path) {
  const int file = ::open(QFile::encodeName(path).constData(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
  if (file < 0) return false;
  ::close(file);
  return true;
}

}  // namespace

Result<void> saveFile(const QString& path, const QByteArray& bytes, Overwrite overwrite) {
  const QFileInfo info(path);
  if (info.isDir()) return failure(Failure::Kind::invalid, "%1 is a folder; choose a name for a file in it.", path);
  if (!QFileInfo(info.absolutePath()).isDir()) {
    return failure(Failure::Kind::missing, "The folder %1 is not there; choose another one.", info.absolutePath());
  }
  if (overwrite == Overwrite::no && (info.exists() || info.isSymLink())) return alreadyThere(path);
  if (info.exists() && !info.isFile()) {
    return failure(Failure::Kind::invalid, "%1 is not an ordinary file; choose another name.", path);
  }

  QSaveFile file(path);
  if (!file.open(QIODevice::WriteOnly)) {
    if (errno == ENOSPC || errno == EDQUOT) {
      return failure(Failure::Kind::diskFull, "%1 could not be written because the disk is full.", path);
    }
    return failure(Failure::Kind::readOnly, "%1 may not be written; choose another folder.", path);
  }
  const Failure unwritten =
      failure(Failure::Kind::diskFull,
              "%1 could not be written, perhaps because the disk is full; nothing that was there has changed.", path);
  if (file.write(bytes) != bytes.size() || !file.flush()) {
    file.cancelWriting();
    return unwritten;
  }
  if (overwrite == Overwrite::no && !reserve(path)) {
    const bool taken = errno == EEXIST;
    file.cancelWriting();
    return taken ? alreadyThere(path) : unwritten;
  }
  if (!file.commit()) {
    if (overwrite == Overwrite::no) QFile::remove(path);  // the reserved name
    return unwritten;
  }
  return {};
}

}  // namespace sotto::app
