// The database thread: opens the store and runs jobs on it, one after the other, in the order in which they were
// posted.
//
//     worker.post([id](Store& store) { return store.conversations().load(id); }, this,
//                 [this](Result<std::optional<ConversationTree>> loaded) { ... });
//
// Thread guarantee: StorageWorker lives on the thread that made it (the GUI's) and is used there only, but for
// postLater; jobs run on the database thread, `then` on the worker's own thread, from the event loop, in order, and not
// at all once `context` is gone. A job gets what it needs by value. Whatever a job throws becomes a Failure; nothing is
// thrown across threads. After a Failure `damaged` the database is closed as it is, and nothing more is written to it.
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "domain/result.h"
#include "storage/storage_error.h"
#include "storage/store.h"

namespace sotto::app {

class StorageWorker : public QObject {
  Q_OBJECT

 public:
  explicit StorageWorker(QObject* parent = nullptr);
  // As close().
  ~StorageWorker() override;

  // Opens the data directory; call it first. Under the data directory's lock, for Mode::readWrite. With `recover`
  // replies that a killed process left behind become interrupted, and the trash is emptied of what is old.
  struct Opening {
    QString dataDir;
    Store::Mode mode = Store::Mode::readWrite;
    bool recover = true;
  };
  struct Opened {
    OpenReport report;
    int interrupted = 0;  // replies recovered
  };
  void open(const Opening& opening, QObject* context, std::function<void(Result<Opened>)> then);

  // `Result<T> job's value` goes to `then`. Before open() has succeeded and after close() it is a Failure.
  template <class Job, class Then>
  void post(Job job, QObject* context, Then then) {
    enqueue(std::make_unique<JobWithResult<Job, Then>>(std::move(job), context, std::move(then)));
  }
  // For writes whose failure is told by the signal `failed`.
  template <class Job>
  void post(Job job) {
    post(std::move(job), this, [this](const Result<std::invoke_result_t<Job&, Store&>>& result) {
      if (!result.ok()) emit failed(result.failure().sentence);
    });
  }

  // From any thread: runs `work` on the database thread after `delay`, and then `done` there, with how it went. flush()
  // and close() do not wait for the delay. Both may be called on the calling thread once the worker is closed.
  void postLater(std::chrono::milliseconds delay, std::function<void(Store&)> work,
                 std::function<void(const Result<void>&)> done);

  // Waits until every job posted so far has run; false when that takes longer than `timeout`. Jobs do not wait longer
  // than that for other programs' locks. Callbacks still come from the event loop.
  [[nodiscard]] bool flush(std::chrono::milliseconds timeout);

  // Runs what has been posted, closes the database and ends the thread. Callbacks not yet delivered are dropped. Waits
  // for other programs' locks for half a second in all, or not at all where flush() waited for them in vain.
  void close();

 signals:
  void failed(const QString& sentence);

 private:
  struct Job {
    Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() = default;
    // On the database thread. False: the database turned out to be damaged.
    virtual bool run(std::unique_ptr<Store>& store) noexcept = 0;
    virtual void deliver() = 0;  // on the worker's own thread
  };

  // Made and destroyed on the worker's own thread.
  template <class Work, class Then>
  struct JobWithResult final : Job {
    using T = std::invoke_result_t<Work&, Store&>;
    JobWithResult(Work work, QObject* context, Then then)
        : work_(std::move(work)), context_(context), then_(std::move(then)) {}
    bool run(std::unique_ptr<Store>& store) noexcept override {
      if (store) {
        result_.emplace(attempt(work_, *store));
      } else {
        result_.emplace(notOpen());
      }
      return result_->ok() || result_->failure().kind != Failure::Kind::damaged;
    }
    void deliver() override {
      if (context_ && result_) then_(std::move(*result_));
    }
    Work work_;
    QPointer<QObject> context_;
    Then then_;
    std::optional<Result<T>> result_;
  };
  struct OpenJob;
  struct DetachedJob;

  [[nodiscard]] static Failure notOpen();
  void enqueue(std::unique_ptr<Job> job);
  void emptyTrash();
  void tidySearch();
  void run();                                                      // the database thread
  void queueLaterJobs(std::chrono::steady_clock::time_point due);  // locked
  Q_INVOKABLE void deliver();

  std::mutex mutex_;
  std::condition_variable wake_;      // the database thread: a job, or the end
  std::condition_variable progress_;  // flush: a job has run
  std::deque<std::unique_ptr<Job>> queue_;
  std::multimap<std::chrono::steady_clock::time_point, std::unique_ptr<Job>> later_;  // by the time when they are due
  std::vector<std::unique_ptr<Job>> done_;
  std::uint64_t posted_ = 0;
  std::uint64_t finished_ = 0;
  bool flushed_ = true;  // the last flush() came to its end
  bool ending_ = false;
  std::unique_ptr<Store> store_;  // of the database thread
  static constexpr auto noDeadline = std::numeric_limits<std::chrono::steady_clock::rep>::max();
  void setDeadline(std::chrono::milliseconds from);
  std::atomic<std::chrono::steady_clock::rep> deadline_{noDeadline};
  std::thread thread_;
};

}  // namespace sotto::app
