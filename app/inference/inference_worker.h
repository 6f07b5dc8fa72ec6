// The engine thread: owns the loaded model and runs jobs one after another, oldest first. Only this thread loads,
// evaluates and opens parallel regions. It sleeps while there is nothing to do.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>

#include "inference/engine_event.h"
#include "inference/jobs.h"
#include "inference/loaded_model.h"

namespace sotto::app {

// Thread guarantee: all members may be called from any thread but the engine's own. What happens to a job is told
// through the mailbox: a load ends with exactly one LoadSucceeded or LoadFailed, a generation with exactly one
// ReplyEnded; of reading ahead nothing is told. No exception leaves the engine thread: it becomes a failed event with
// one sentence.
class InferenceWorker {
 public:
  InferenceWorker(ModelLoader loader, std::shared_ptr<EngineMailbox> mailbox);
  // As shutdown().
  ~InferenceWorker();
  InferenceWorker(const InferenceWorker&) = delete;
  InferenceWorker& operator=(const InferenceWorker&) = delete;

  void load(LoadJob job);
  void generate(GenerationJob job);
  void count(CountJob job);
  void readAhead(ReadAheadJob job);

  // Requests a stop of every job that waits or runs.
  void stopAll();
  // Stops every job, each of which still tells how it ended, and joins; later jobs are dropped.
  void shutdown();
  // True when nothing waits or runs, false when that did not come about in time.
  [[nodiscard]] bool waitIdle(std::chrono::milliseconds timeout);

 private:
  using Job = std::variant<LoadJob, GenerationJob, CountJob, ReadAheadJob>;

  void post(Job job);
  void run();
  void perform(LoadJob& job);
  void perform(GenerationJob& job);
  void perform(CountJob& job);
  void perform(ReadAheadJob& job);
  [[nodiscard]] std::unique_ptr<LoadedModel> loadModel(LoadJob& job);
  [[nodiscard]] std::unique_ptr<LoadedModel> loadInItsPlace(const QString& path, const engine::LoadOptions& options);

  ModelLoader loader_;
  std::shared_ptr<EngineMailbox> mailbox_;
  std::unique_ptr<LoadedModel> model_;  // engine thread only

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::stop_source running_{std::nostopstate};
  bool busy_ = false;
  bool readingAhead_ = false;
  bool ending_ = false;
  std::thread thread_;  // last: everything above is there when it starts
};

}  // namespace sotto::app
