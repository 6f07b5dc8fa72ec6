#include "storage/data_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <cerrno>

namespace sotto::app {
namespace {

QString say(const char* sentence) { return QCoreApplication::translate("Storage", sentence); }

Failure cannotMake(const QString& dataDir, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return {Failure::Kind::diskFull,
            say("The folder %1 cannot be made because the disk is full; free some space on it.").arg(dataDir)};
  }
  return {Failure::Kind::readOnly,
          say("The folder %1 for Sotto's data cannot be made; check its permissions or choose another with --data-dir.")
              .arg(dataDir)};
}

}  // namespace

QString defaultDataDirectory() {
  return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/sotto");
}

QString databasePath(const QString& dataDir) { return QDir(dataDir).filePath(QStringLiteral("sotto.db")); }
QString lockPath(const QString& dataDir) { return QDir(dataDir).filePath(QStringLiteral("sotto.lock")); }
QString backupsPath(const QString& dataDir) { return QDir(dataDir).filePath(QStringLiteral("backups")); }

Result<void> prepareDataDirectory(const QString& dataDir) {
  const QFileInfo info(dataDir);
  if (!info.exists()) {
    if (!QDir().mkpath(info.absolutePath())) return cannotMake(dataDir, errno);
    if (!makePrivateFolder(info.absoluteFilePath()) && !QFileInfo(dataDir).isDir()) return cannotMake(dataDir, errno);
  } else if (!info.isDir()) {
    return Failure{Failure::Kind::invalid,
                   say("%1 is a file, but Sotto's data needs a folder; move it away or choose another with --data-dir.")
                       .arg(dataDir)};
  }
  restrictToOwner(QFileInfo(dataDir).canonicalFilePath());
  const QStringList ours{QStringLiteral("sotto.db*"), QStringLiteral("sotto.lock"), QStringLiteral("*.log"),
                         QStringLiteral("backups"), QStringLiteral("damaged-*")};
  const auto kinds = QDir::Files | QDir::Dirs | QDir::Hidden | QDir::NoSymLinks | QDir::NoDotAndDotDot;
  for (const QFileInfo& entry : QDir(dataDir).entryInfoList(ours, kinds)) restrictToOwner(entry.absoluteFilePath());
  return {};
}

void restrictToOwner(const QString& path) {
  // The file itself, even if its name leads elsewhere a moment later; what a link leads to is not ours.
  const int file = ::open(QFile::encodeName(path).constData(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return;
  struct stat info {};
  if (::fstat(file, &info) == 0 && (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))) {
    const mode_t mode = info.st_mode & 07777;
    const mode_t wanted = mode & (S_ISDIR(info.st_mode) ? 0700 : 0600);     // what the owner may not do stays forbidden
    const QByteArray itself = "/proc/self/fd/" + QByteArray::number(file);  // fchmod() refuses O_PATH
    if (mode != wanted) (void)::chmod(itself.constData(), wanted);
  }
  ::close(file);
}

bool makePrivateFolder(const QString& path) { return ::mkdir(QFile::encodeName(path).constData(), 0700) == 0; }

bool makePrivateFile(const QString& path) {
  const int file = ::open(QFile::encodeName(path).constData(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return false;
  ::close(file);
  return true;
}

}  // namespace sotto::app
