#include "startup/single_instance.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocalSocket>
#include <QStandardPaths>
#include <QStorageInfo>
#include <QSysInfo>
#include <QThread>
#include <QTimer>
#include <algorithm>
#include <ctime>

#include "storage/data_directory.h"

namespace sotto::app {

namespace {

constexpr int longestSocketPath = 100;  // sun_path holds 108 bytes, and Qt adds a suffix while it binds
constexpr time_t secondsToMakeALock = 10;
constexpr qint64 kLockBytes = 4096;  // what a file takes on most file systems
constexpr qsizetype largestMessage = 64 * 1024;
const QByteArray answer = QByteArrayLiteral("ok\n");

bool onNetwork(const QString& path) {
  static const QList<QByteArray> kinds{"nfs",  "cifs",    "smb",    "fuse", "9p",   "afs",
                                       "ceph", "gluster", "lustre", "ncp",  "ocfs", "gfs"};
  const QByteArray kind = QStorageInfo(path).fileSystemType();
  return std::any_of(kinds.begin(), kinds.end(), [&](const QByteArray& each) { return kind.startsWith(each); });
}

}  // namespace

SingleInstance::SingleInstance(QString dataDir, QObject* parent) : QObject(parent), dataDir_(std::move(dataDir)) {
  connect(&server_, &QLocalServer::newConnection, this, &SingleInstance::serve);
}

SingleInstance::~SingleInstance() {
  server_.close();  // before the lock goes: nobody is answered by a process that is on its way out
  if (lock_) lock_->unlock();
}

SingleInstance::Outcome SingleInstance::claim(const QStringList& arguments, int patienceMs) {
  if (const Result<void> prepared = prepareDataDirectory(dataDir_); !prepared.ok()) {
    error_ = prepared.failure().sentence;
    return Outcome::failed;
  }
  // QLockFile would take the owner of a lock that it cannot remove for a running one.
  if (::faccessat(AT_FDCWD, QFile::encodeName(dataDir_).constData(), W_OK | X_OK, AT_EACCESS) != 0) {
    error_ = tr("Sotto cannot write to its data directory %1; check its permissions.").arg(dataDir_);
    return Outcome::failed;
  }
  lock_ = std::make_unique<QLockFile>(lockPath(dataDir_));
  lock_->setStaleLockTime(0);  // a lock is stale when its process is gone, however old it is
  const QDeadlineTimer deadline(patienceMs);
  for (;;) {
    if (lock_->tryLock(0)) {
      listen();
      return Outcome::first;
    }
    if (lock_->error() == QLockFile::PermissionError || lock_->error() == QLockFile::UnknownError) {
      const bool full = QStorageInfo(dataDir_).bytesAvailable() < kLockBytes;
      error_ = full ? tr("The disk with Sotto's data directory %1 is full; free some space on it and start again.")
                          .arg(dataDir_)
                    : tr("Sotto cannot write to its data directory %1; check its permissions.").arg(dataDir_);
      return Outcome::failed;
    }
    if (handOver(arguments, static_cast<int>(qMax<qint64>(1, deadline.remainingTime())))) return Outcome::handedOver;
    if (dropOrphanedLock()) continue;
    if (deadline.hasExpired()) break;
    QThread::msleep(50);
  }
  qint64 pid = 0;
  QString host;
  QString name;
  const bool named = lock_->getLockInfo(&pid, &host, &name) && pid > 0;
  if (named && host != QSysInfo::machineHostName()) {
    error_ = tr("The data directory %1 is in use by Sotto on the computer %2; end it there, or, if it no longer runs, "
                "delete %3 and start again.")
                 .arg(dataDir_, host, lockPath(dataDir_));
  } else if (named) {
    error_ =
        tr("Sotto is already running (process %1) but does not answer; end that process and start again.").arg(pid);
  } else {
    error_ = tr("Sotto is already running with the data directory %1 but does not answer; end it and start again.")
                 .arg(dataDir_);
  }
  return Outcome::failed;
}

// QLockFile asks whether there is a process of the owner's number and name. In a container, where every start gets the
// same number, that is we ourselves; so this asks the kernel, which has dropped a dead process's lock on the file
// (QLockFile takes one too, before it writes down its owner). A lock that names nobody, as a power cut leaves it,
// counts as a dead process's once it is too old to be one that is just being made.
bool SingleInstance::dropOrphanedLock() {
  qint64 pid = 0;
  QString host;
  QString name;
  const bool named = lock_->getLockInfo(&pid, &host, &name);
  // Elsewhere's locks are not seen here on every network file system. On a disk of ours they are: a container's, or a
  // machine's that was called otherwise when the power went.
  if (named && host != QSysInfo::machineHostName() && onNetwork(dataDir_)) return false;
  const QByteArray path = QFile::encodeName(lockPath(dataDir_));
  const int file = ::open(path.constData(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  struct stat ours {};
  struct stat there {};
  // The same file still: others may do this at the same moment.
  const bool orphaned =
      ::flock(file, LOCK_EX | LOCK_NB) == 0 && ::fstat(file, &ours) == 0 && ::stat(path.constData(), &there) == 0 &&
      ours.st_ino == there.st_ino && ours.st_dev == there.st_dev &&
      (named || ::time(nullptr) - ours.st_mtime > secondsToMakeALock) && ::unlink(path.constData()) == 0;
  ::close(file);
  return orphaned;
}

// A file system without sockets costs no more than being raised by the next start.
void SingleInstance::listen() {
  server_.setSocketOptions(QLocalServer::UserAccessOption);
  for (const QString& name : socketNames()) {
    QLocalServer::removeServer(name);  // the lock is ours, so it was left behind by a process that died
    if (server_.listen(name)) return;
  }
}

void SingleInstance::serve() {
  while (QLocalSocket* peer = server_.nextPendingConnection()) {
    connect(peer, &QLocalSocket::disconnected, peer, &QObject::deleteLater);
    connect(peer, &QLocalSocket::readyRead, this, [this, peer] {
      if (!peer->canReadLine()) {
        if (peer->bytesAvailable() > largestMessage) peer->abort();
        return;
      }
      QStringList arguments;
      const QJsonArray line = QJsonDocument::fromJson(peer->readLine(largestMessage)).array();
      for (const QJsonValue& each : line) arguments << each.toString();
      peer->write(answer);
      peer->flush();
      peer->disconnectFromServer();
      emit raiseRequested(arguments);
    });
    QTimer::singleShot(5000, peer, &QLocalSocket::abort);
  }
}

bool SingleInstance::handOver(const QStringList& arguments, int waitMs) {
  const QDeadlineTimer deadline(waitMs);
  const auto left = [&deadline] { return static_cast<int>(qMax<qint64>(1, deadline.remainingTime())); };
  QLocalSocket socket;
  for (const QString& name : socketNames()) {
    socket.connectToServer(name);
    if (socket.waitForConnected(qMin(left(), 500))) break;
    socket.abort();
  }
  if (socket.state() != QLocalSocket::ConnectedState) return false;
  socket.write(QJsonDocument(QJsonArray::fromStringList(arguments)).toJson(QJsonDocument::Compact) + '\n');
  while (!socket.canReadLine()) {
    if (!socket.waitForReadyRead(left())) return false;
  }
  return socket.readLine() == answer;
}

// In the data directory, where its path is short enough and its file system has sockets; else in the runtime directory.
QStringList SingleInstance::socketNames() const {
  const QString directory = QDir(dataDir_).canonicalPath();
  QStringList names;
  const QString inside = directory + QStringLiteral("/sotto.socket");
  if (QFile::encodeName(inside).size() <= longestSocketPath) names << inside;
  const QByteArray digest = QCryptographicHash::hash(QFile::encodeName(directory), QCryptographicHash::Sha256);
  QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
  if (runtime.isEmpty()) runtime = QDir::tempPath();
  names << runtime + QStringLiteral("/sotto-") + QString::fromLatin1(digest.toHex().left(24));
  return names;
}

}  // namespace sotto::app
