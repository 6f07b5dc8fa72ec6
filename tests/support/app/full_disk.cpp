#include "support/app/full_disk.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>

namespace sotto::test {

FileSizeLimit::FileSizeLimit(rlim_t bytes) {
  ::signal(SIGXFSZ, SIG_IGN);
  ::getrlimit(RLIMIT_FSIZE, &before_);
  rlimit limit = before_;
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

FileSizeLimit::~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

ReadOnlyFolder::ReadOnlyFolder(const QString& folder) : folder_(folder) {
  const QByteArray path = QFile::encodeName(folder);
  ::chmod(path.constData(), 0500);
  if (::geteuid() == 0) {
    mounted_ = ::mount(path.constData(), path.constData(), nullptr, MS_BIND, nullptr) == 0;
    if (mounted_) ::mount(nullptr, path.constData(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr);
  }
  works_ = ::faccessat(AT_FDCWD, path.constData(), W_OK, AT_EACCESS) != 0;
}

ReadOnlyFolder::~ReadOnlyFolder() {
  const QByteArray path = QFile::encodeName(folder_);
  if (mounted_) ::umount2(path.constData(), MNT_DETACH);
  ::chmod(path.constData(), 0700);
}

SmallDisk::SmallDisk(const QString& folder, int kibibytes) : folder_(folder) {
  QDir().mkpath(folder);
  const QByteArray options = "size=" + QByteArray::number(kibibytes) + "k,mode=0777";
  mounted_ = ::mount("tmpfs", QFile::encodeName(folder).constData(), "tmpfs", 0, options.constData()) == 0;
}

SmallDisk::~SmallDisk() {
  if (mounted_) ::umount2(QFile::encodeName(folder_).constData(), MNT_DETACH);
}

void SmallDisk::fillUp() {
  QFile file(folder_ + QStringLiteral("/filler"));
  if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered)) return;
  const QByteArray block(4096, 'x');
  while (file.write(block) == block.size()) {
  }
}

void SmallDisk::free() { QFile::remove(folder_ + QStringLiteral("/filler")); }

}  // namespace sotto::test
