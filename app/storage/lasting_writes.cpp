#include "storage/lasting_writes.h"

#include <chrono>
#include <utility>

#include "storage/storage_worker.h"

namespace sotto::app {

namespace {

constexpr std::chrono::seconds retryInterval{2};

}  // namespace

LastingWrites::LastingWrites(StorageWorker& storage, QObject* parent) : QObject(parent), storage_(storage) {
  again_.setSingleShot(true);
  again_.setInterval(retryInterval);
  connect(&again_, &QTimer::timeout, this, &LastingWrites::retry);
}

void LastingWrites::put(const QString& name, std::function<void(Store&)> work) {
  writes_[name] = {.work = std::move(work), .number = ++number_};
  retry();
  post(name);
}

void LastingWrites::retry() {
  for (auto each = writes_.begin(); each != writes_.end(); ++each) {
    if (std::exchange(each->failed, false)) post(each.key());
  }
}

void LastingWrites::post(const QString& name) {
  const Write& write = writes_[name];
  storage_.post(write.work, this, [this, name, number = write.number](const Result<void>& result) {
    // What is gone for good needs no state any more.
    const bool over = result.ok() || result.failure().kind == Failure::Kind::missing;
    if (result.ok()) {
      failing_ = false;
    } else if (over || !std::exchange(failing_, true)) {
      emit failed(result.failure().sentence);
    }
    const auto found = writes_.find(name);
    if (found == writes_.end() || found->number != number) return;  // a newer one is on its way
    if (over) {
      writes_.erase(found);
      return;
    }
    found->failed = true;
    if (!again_.isActive()) again_.start();
  });
}

}  // namespace sotto::app
