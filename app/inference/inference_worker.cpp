#include "inference/inference_worker.h"

#include <QFile>
#include <algorithm>
#include <utility>

#include "inference/engine_failure.h"
#include "inference/generation_run.h"
#include "sotto/engine/machine.h"

namespace sotto::app {

namespace {

bool fitsInPlaceOf(const QString& path, const LoadedModelInfo& gone) {
  const engine::ModelInfo info = engine::inspect(QFile::encodeName(path).toStdString());
  const std::uint64_t available = engine::available_memory();
  return info.memory_bytes <= available || info.memory_bytes - available <= gone.fileBytes;
}

}  // namespace

InferenceWorker::InferenceWorker(ModelLoader loader, std::shared_ptr<EngineMailbox> mailbox)
    : loader_(std::move(loader)), mailbox_(std::move(mailbox)), thread_([this] { run(); }) {}

InferenceWorker::~InferenceWorker() { shutdown(); }

void InferenceWorker::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  stopAll();
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void InferenceWorker::load(LoadJob job) { post(std::move(job)); }
void InferenceWorker::generate(GenerationJob job) { post(std::move(job)); }
void InferenceWorker::count(CountJob job) { post(std::move(job)); }
void InferenceWorker::readAhead(ReadAheadJob job) { post(std::move(job)); }

void InferenceWorker::stopAll() {
  const std::lock_guard lock(mutex_);
  running_.request_stop();
  for (Job& job : jobs_) std::visit([](auto& each) { each.stop.request_stop(); }, job);
}

bool InferenceWorker::waitIdle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return jobs_.empty() && !busy_; });
}

void InferenceWorker::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    std::erase_if(jobs_, [](const Job& each) { return std::holds_alternative<ReadAheadJob>(each); });
    if (readingAhead_ && !std::holds_alternative<ReadAheadJob>(job)) running_.request_stop();
    jobs_.push_back(std::move(job));
  }
  changed_.notify_all();
}

void InferenceWorker::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    // Jobs that wait at the end are still performed: they are stopped, and say so.
    if (jobs_.empty()) break;
    {
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      busy_ = true;
      running_ = std::visit([](const auto& each) { return each.stop; }, job);
      readingAhead_ = std::holds_alternative<ReadAheadJob>(job);
      if (ending_) running_.request_stop();
      lock.unlock();
      std::visit([this](auto& each) { perform(each); }, job);
    }
    lock.lock();
    busy_ = readingAhead_ = false;
    running_ = std::stop_source(std::nostopstate);
    changed_.notify_all();
  }
  lock.unlock();
  model_.reset();
}

// The model from before stays until the new one is there, unless only its going makes room.
void InferenceWorker::perform(LoadJob& job) {
  LoadFailed failed{.job = job.id};
  try {
    const auto file = stampOf(job.path);
    if (auto model = loadModel(job)) {
      model_ = std::move(model);
      mailbox_->post(LoadSucceeded{job.id, model_->info(), file});
      return;
    }
    failed.cancelled = true;
  } catch (...) {
    failed.cancelled = job.stop.stop_requested();  // nobody waits to hear why
    if (!failed.cancelled) failed.sentence = describeFailure(std::current_exception()).sentence;
  }
  failed.kept = model_ != nullptr;
  mailbox_->post(std::move(failed));
}

// Beside the model from before, if there is room; otherwise that goes.
std::unique_ptr<LoadedModel> InferenceWorker::loadInItsPlace(const QString& path, const engine::LoadOptions& options) {
  try {
    return loader_(path, options);
  } catch (const engine::Error& error) {
    if (error.code() != engine::ErrorCode::memory || !fitsInPlaceOf(path, model_->info())) throw;
  }
  model_.reset();
  return loader_(path, options);
}

// Null when stopped.
std::unique_ptr<LoadedModel> InferenceWorker::loadModel(LoadJob& job) {
  if (job.stop.stop_requested()) return nullptr;
  engine::LoadOptions options;
  options.stop = job.stop.get_token();
  options.progress = [this, &job](double fraction) { mailbox_->post(LoadProgress{job.id, fraction}); };
  std::unique_ptr<LoadedModel> model;
  try {
    model = loader_(job.path, options);
  } catch (const engine::Error& error) {
    if (error.code() != engine::ErrorCode::memory || !model_) throw;
    model_->reset();
    model = loadInItsPlace(job.path, options);
  }
  return job.stop.stop_requested() ? nullptr : std::move(model);
}

void InferenceWorker::perform(GenerationJob& job) {
  const RunOutcome outcome = GenerationRun(job, *mailbox_).perform(model_.get());
  if (outcome == RunOutcome::modelLost) model_.reset();
}

void InferenceWorker::perform(CountJob& job) {
  PromptCounted counted{.job = job.id};
  try {
    if (model_ && !job.stop.stop_requested()) counted.tokens = model_->countTokens(job.request);
  } catch (...) {
    counted.tokens = -1;  // a prompt that cannot be rendered has no length; sending it says why
  }
  mailbox_->post(counted);
}

// What stands in its way is said when the reply itself is asked for.
void InferenceWorker::perform(ReadAheadJob& job) {
  if (!model_ || job.stop.stop_requested()) return;
  try {
    model_->readAhead(job.request, job.stop.get_token());
  } catch (const engine::Error&) {
  } catch (...) {
    model_->reset();  // what the engine did not foresee may leave half a state behind
  }
}

}  // namespace sotto::app
