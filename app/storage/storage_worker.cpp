#include "storage/storage_worker.h"

#include <QCoreApplication>
#include <QDateTime>

#include "storage/conversation_repository.h"
#include "storage/search_index.h"

namespace sotto::app {

namespace {

constexpr std::chrono::milliseconds lastWait{500};  // for other programs' locks, when it closes

}  // namespace

// The first job: makes the store that the others get.
struct StorageWorker::OpenJob final : Job {
  OpenJob(StorageWorker& worker, Opening opening, QObject* context, std::function<void(Result<Opened>)> then)
      : worker_(&worker), opening_(std::move(opening)), context_(context), then_(std::move(then)) {}

  bool run(std::unique_ptr<Store>& store) noexcept override {
    result_.emplace(attempt([&] {
      store.reset();
      auto opened = Store::open(opening_.dataDir, opening_.mode);
      if (!opened.ok()) throw StorageError(opened.failure());
      Opened report{(*opened)->report(), 0};
      if (opening_.recover && opening_.mode == Store::Mode::readWrite) report.interrupted = (*opened)->recover();
      store = std::move(*opened);
      return report;
    }));
    return true;
  }

  void deliver() override {
    if (!result_) return;  // only what has run is delivered
    const bool empty = result_->ok() && opening_.recover && opening_.mode == Store::Mode::readWrite;
    if (context_) then_(std::move(*result_));
    if (empty && worker_) worker_->emptyTrash();  // after what `then` has asked for
  }

  QPointer<StorageWorker> worker_;
  Opening opening_;
  QPointer<QObject> context_;
  std::function<void(Result<Opened>)> then_;
  std::optional<Result<Opened>> result_;
};

// A job without a way back to the worker's own thread.
struct StorageWorker::DetachedJob final : Job {
  DetachedJob(std::function<void(Store&)> work, std::function<void(const Result<void>&)> done)
      : work_(std::move(work)), done_(std::move(done)) {}

  bool run(std::unique_ptr<Store>& store) noexcept override {
    const Result<void> result = store ? attempt(work_, *store) : Result<void>(notOpen());
    done_(result);
    return result.ok() || result.failure().kind != Failure::Kind::damaged;
  }
  void deliver() override {}

  std::function<void(Store&)> work_;
  std::function<void(const Result<void>&)> done_;
};

StorageWorker::StorageWorker(QObject* parent) : QObject(parent), thread_([this] { run(); }) {}

StorageWorker::~StorageWorker() { close(); }

void StorageWorker::open(const Opening& opening, QObject* context, std::function<void(Result<Opened>)> then) {
  enqueue(std::make_unique<OpenJob>(*this, opening, context, std::move(then)));
}

Failure StorageWorker::notOpen() {
  return {Failure::Kind::other,
          QCoreApplication::translate("Storage", "The conversations' database is not open, so nothing can be stored.")};
}

void StorageWorker::enqueue(std::unique_ptr<Job> job) {
  std::unique_lock lock(mutex_);
  if (ending_) {  // after close(): its thread is gone
    lock.unlock();
    std::unique_ptr<Store> none;
    (void)job->run(none);
    job->deliver();
    return;
  }
  queue_.push_back(std::move(job));
  ++posted_;
  lock.unlock();
  wake_.notify_one();
}

void StorageWorker::postLater(std::chrono::milliseconds delay, std::function<void(Store&)> work,
                              std::function<void(const Result<void>&)> done) {
  auto job = std::make_unique<DetachedJob>(std::move(work), std::move(done));
  if (delay.count() <= 0) {
    enqueue(std::move(job));
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (!ending_) {
      later_.emplace(std::chrono::steady_clock::now() + delay, std::move(job));
      ++posted_;
    }
  }
  if (job) enqueue(std::move(job));  // after close()
  wake_.notify_one();
}

void StorageWorker::queueLaterJobs(std::chrono::steady_clock::time_point due) {
  while (!later_.empty() && later_.begin()->first <= due) {
    queue_.push_back(std::move(later_.begin()->second));
    later_.erase(later_.begin());
  }
}

// One conversation at a time, so that a reply's text does not wait for all of them.
void StorageWorker::emptyTrash() {
  post([](Store& store) { return store.conversations().deleteOneExpired(QDateTime::currentDateTimeUtc()); }, this,
       [this](const Result<bool>& more) {
         if (!more.ok()) return;
         if (*more) {
           emptyTrash();
         } else {
           tidySearch();
         }
       });
}

void StorageWorker::tidySearch() {
  post([](Store& store) { return store.search().tidySome(); }, this,
       [this](const Result<bool>& more) {
         if (more.ok() && *more) tidySearch();
       });
}

void StorageWorker::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    queueLaterJobs(ending_ ? std::chrono::steady_clock::time_point::max() : std::chrono::steady_clock::now());
    if (queue_.empty() && ending_) break;
    if (queue_.empty()) {
      if (later_.empty()) {
        wake_.wait(lock);
      } else {
        const auto due = later_.begin()->first;  // a copy: flush() may take the job away during the wait
        wake_.wait_until(lock, due);
      }
      continue;
    }
    std::unique_ptr<Job> job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    if (!job->run(store_)) {
      store_->leaveAsItIs();
      store_.reset();
    }
    if (store_) store_->setDeadline(&deadline_);
    lock.lock();
    ++finished_;
    done_.push_back(std::move(job));
    if (done_.size() == 1) QMetaObject::invokeMethod(this, "deliver", Qt::QueuedConnection);
    progress_.notify_all();
  }
  store_.reset();
}

void StorageWorker::deliver() {
  std::vector<std::unique_ptr<Job>> done;
  {
    const std::lock_guard lock(mutex_);
    done.swap(done_);
  }
  for (const auto& job : done) job->deliver();
}

bool StorageWorker::flush(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  queueLaterJobs(std::chrono::steady_clock::time_point::max());
  wake_.notify_one();
  if (finished_ >= posted_) return flushed_ = true;
  setDeadline(timeout);
  flushed_ = progress_.wait_for(lock, timeout, [this, all = posted_] { return finished_ >= all; });
  // Jobs that gave up at the deadline may all have run by now, in vain.
  flushed_ = flushed_ && std::chrono::steady_clock::now().time_since_epoch().count() < deadline_;
  deadline_ = noDeadline;
  return flushed_;
}

void StorageWorker::setDeadline(std::chrono::milliseconds from) {
  deadline_ = (std::chrono::steady_clock::now() + from).time_since_epoch().count();
}

void StorageWorker::close() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    setDeadline(flushed_ ? lastWait : std::chrono::milliseconds(0));
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  done_.clear();
}

}  // namespace sotto::app

#include "moc_storage_worker.cpp"
