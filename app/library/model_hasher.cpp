#include "library/model_hasher.h"

#include <sys/stat.h>
#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

#include <condition_variable>
#include <mutex>

namespace sotto::app {

namespace {

constexpr qint64 chunkBytes = 1 << 20;

}  // namespace

struct ModelHasher::Control {
  std::mutex mutex;
  std::condition_variable changed;
  bool paused = false;
  bool cancelled = false;

  // False when the work is not wanted any more.
  bool mayGoOn() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return cancelled || !paused; });
    return !cancelled;
  }
  void set(bool Control::*flag, bool value) {
    {
      const std::lock_guard lock(mutex);
      this->*flag = value;
    }
    changed.notify_all();
  }
};

std::optional<FileStamp> stampOf(const QString& path) {
  const QString canonical = QFileInfo(path).canonicalFilePath();
  struct stat status {};
  if (canonical.isEmpty() || ::stat(QFile::encodeName(canonical).constData(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return FileStamp{.path = canonical,
                   .size = status.st_size,
                   .modified = qint64{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

ModelHasher::ModelHasher(QObject* parent) : QObject(parent) {
  pool_.setMaxThreadCount(1);
  pool_.setThreadPriority(QThread::IdlePriority);
}

ModelHasher::~ModelHasher() {
  cancel();
  pool_.waitForDone();
}

void ModelHasher::compute(const FileStamp& stamp) {
  cancel();
  control_ = std::make_shared<Control>();
  control_->paused = paused_;
  pool_.start([this, stamp, control = control_] {
    QFile file(stamp.path);
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) return;
    QCryptographicHash hash(QCryptographicHash::Sha256);
    QByteArray chunk(chunkBytes, Qt::Uninitialized);
    for (;;) {
      if (!control->mayGoOn()) return;
      const qint64 got = file.read(chunk.data(), chunkBytes);
      if (got < 0) return;
      if (got == 0) break;
      hash.addData(QByteArrayView(chunk.constData(), got));
    }
    if (stampOf(stamp.path) != stamp) return;
    const QString hex = QString::fromLatin1(hash.result().toHex());
    // Queued to our thread; a cancelled control tells a late result from a wanted one.
    QMetaObject::invokeMethod(
        this,
        [this, stamp, hex, control] {
          if (control == control_) emit hashed(stamp, hex);
        },
        Qt::QueuedConnection);
  });
}

void ModelHasher::cancel() {
  if (control_) control_->set(&Control::cancelled, true);
  control_.reset();
}

void ModelHasher::setPaused(bool paused) {
  paused_ = paused;
  if (control_) control_->set(&Control::paused, paused);
}

}  // namespace sotto::app
