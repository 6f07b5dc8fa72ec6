#include "library/model_hasher.h"

#include <pthread.h>
#include <sched.h>

#include <QCryptographicHash>
#include <QFile>
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <new>
#include <utility>

namespace sotto::app {

namespace {

constexpr qint64 chunkBytes = 1 << 20;

}  // namespace

struct ModelHasher::Control {
  std::mutex mutex;
  std::condition_variable changed;
  FileStamp stamp;
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

ModelHasher::ModelHasher(QObject* parent) : QObject(parent) {}

ModelHasher::~ModelHasher() {
  if (!thread_.joinable()) return;
  reading_->set(&Control::cancelled, true);
  thread_.join();
}

void ModelHasher::compute(const FileStamp& stamp) {
  if (std::any_of(wanted_.begin(), wanted_.end(), [&](const auto& each) { return each->stamp == stamp; })) return;
  auto control = std::make_shared<Control>();
  control->stamp = stamp;
  control->paused = paused_;
  wanted_.push_back(std::move(control));
  if (!reading_) readNext();
}

void ModelHasher::readNext() {
  if (wanted_.empty()) return;
  reading_ = wanted_.front();
  thread_ = std::thread([this, control = reading_] {
    const sched_param none{};
    pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);  // refused: then at the usual priority
    try {
      hex_ = sha256Of(*control);
    } catch (const std::bad_alloc&) {  // the model goes without a hash until it is loaded again
    }
    QMetaObject::invokeMethod(this, "read", Qt::QueuedConnection);
  });
}

void ModelHasher::read() {
  thread_.join();
  const std::shared_ptr<Control> control = std::exchange(reading_, nullptr);
  const QString hex = std::exchange(hex_, {});
  const bool wanted = std::erase(wanted_, control) > 0;
  readNext();
  if (wanted && !hex.isEmpty()) emit hashed(control->stamp, hex);
}

// Empty: given up, or the file cannot be read, or is another one now.
QString ModelHasher::sha256Of(Control& control) {
  QFile file(control.stamp.path);
  if (!control.mayGoOn() || !file.open(QIODevice::ReadOnly | QIODevice::Unbuffered)) return {};
  QCryptographicHash hash(QCryptographicHash::Sha256);
  QByteArray chunk(chunkBytes, Qt::Uninitialized);
  for (;;) {
    if (!control.mayGoOn()) return {};
    const qint64 got = file.read(chunk.data(), chunkBytes);
    if (got < 0) return {};
    if (got == 0) break;
    hash.addData(QByteArrayView(chunk.constData(), got));
  }
  if (stampOf(control.stamp.path) != control.stamp) return {};
  return QString::fromLatin1(hash.result().toHex());
}

void ModelHasher::giveUp(const FileStamp& stamp) {
  std::erase_if(wanted_, [&](const auto& each) {
    if (each->stamp == stamp) each->set(&Control::cancelled, true);
    return each->stamp == stamp;
  });
}

void ModelHasher::setPaused(bool paused) {
  paused_ = paused;
  for (const auto& each : wanted_) each->set(&Control::paused, paused);
}

}  // namespace sotto::app
