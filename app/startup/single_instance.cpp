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
#include <QSysInfo>
#include <QThread>
#include <QTimer>
#include <ctime>

#include "storage/data_directory.h"

namespace sotto::app {

namespace {

constexpr int longestSocketPath = 100;  // sun_path holds 108 bytes, and Qt adds a suffix while it binds
constexpr time_t secondsToMakeALock = 10;
constexpr qsizetype largestMessage = 64 * 1024;
const QByteArray answer = QByteArrayLiteral("ok\n");

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
      if (listen()) return Outcome::first;
      lock_->unlock();
      return Outcome::failed;
    }
    if (lock_->error() == QLockFile::PermissionError || lock_->error() == QLockFile::UnknownError) {
      error_ = tr("Sotto cannot write to its data directory %1; check its permissions.").arg(dataDir_);
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
  if (lock_->getLockInfo(&pid, &host, &name) && pid > 0) {
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
  if (named && host != QSysInfo::machineHostName()) return false;
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

bool SingleInstance::listen() {
  server_.setSocketOptions(QLocalServer::UserAccessOption);
  // The lock is ours, so a socket that is there was left behind by a process that died.
  QLocalServer::removeServer(socketName());
  if (server_.listen(socketName())) return true;
  error_ = tr("Sotto cannot open its socket %1: %2.").arg(socketName(), server_.errorString());
  return false;
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
  socket.connectToServer(socketName());
  if (!socket.waitForConnected(qMin(left(), 500))) return false;
  socket.write(QJsonDocument(QJsonArray::fromStringList(arguments)).toJson(QJsonDocument::Compact) + '\n');
  while (!socket.canReadLine()) {
    if (!socket.waitForReadyRead(left())) return false;
  }
  return socket.readLine() == answer;
}

// In the data directory; a path that is too long for a socket becomes a name in the runtime directory.
QString SingleInstance::socketName() const {
  const QString directory = QDir(dataDir_).canonicalPath();
  QString inside = directory + QStringLiteral("/sotto.socket");
  if (QFile::encodeName(inside).size() <= longestSocketPath) return inside;
  const QByteArray digest = QCryptographicHash::hash(QFile::encodeName(directory), QCryptographicHash::Sha256);
  QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
  if (runtime.isEmpty()) runtime = QDir::tempPath();
  return runtime + QStringLiteral("/sotto-") + QString::fromLatin1(digest.toHex().left(24));
}

}  // namespace sotto::app
