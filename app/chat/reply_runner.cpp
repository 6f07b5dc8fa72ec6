#include "chat/reply_runner.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "inference/inference_worker.h"
#include "storage/message_repository.h"
#include "storage/storage_worker.h"

namespace sotto::app {

namespace {

constexpr std::chrono::seconds retryInterval{2};

ReplyEnded stoppedEnd(const Message& reply) {
  return {.state = MessageState::complete, .reason = StopReason::stopped, .stats = reply.stats, .error = {}};
}

}  // namespace

ReplyRunner::ReplyRunner(StorageWorker& storage, InferenceWorker& worker, QObject* parent)
    : QObject(parent), storage_(storage), worker_(worker) {
  retry_.setSingleShot(true);
  retry_.setInterval(retryInterval);
  connect(&retry_, &QTimer::timeout, this, [this] {
    for (const auto& recorder : std::as_const(recorders_)) recorder->flush();
  });
  reports_ = std::make_shared<Mailbox<Report>>(
      [this] { QMetaObject::invokeMethod(this, "readReports", Qt::QueuedConnection); });
}

ReplyRunner::~ReplyRunner() { reports_->close(); }

void ReplyRunner::enqueue(OpenConversationPtr conversation, MessageId reply, bool stopped) {
  Entry entry{.job = ++lastJob_, .conversation = std::move(conversation), .reply = reply};
  entry.status = {.phase = ReplyPhase::queued, .conversation = entry.id(), .message = reply};
  if (stopped) {
    const ReplyEnded end = stoppedEnd(entry.message());
    finishWaiting(entry, end);
    return;
  }
  const ConversationId id = entry.id();
  waiting_.push_back(std::move(entry));
  emit statusChanged(id);
  startNext();
}

void ReplyRunner::stop(ConversationId id) {
  if (running_ && running_->id() == id) running_->stop.request_stop();
  std::vector<Entry> stopped;
  for (auto each = waiting_.begin(); each != waiting_.end();) {
    if (each->id() == id) {
      stopped.push_back(std::move(*each));
      each = waiting_.erase(each);
    } else {
      ++each;
    }
  }
  for (const Entry& each : stopped) {
    const ReplyEnded end = stoppedEnd(each.message());
    finishWaiting(each, end);
  }
}

void ReplyRunner::stopRunning() {
  if (running_) running_->stop.request_stop();
}

void ReplyRunner::interruptAll() {
  ending_ = true;
  if (running_) {
    if (const auto recorder = recorders_.value(running_->job)) recorder->countStopAsInterruption();
    running_->stop.request_stop();
  }
  for (const Entry& each : std::exchange(waiting_, {})) {
    ReplyEnded end = stoppedEnd(each.message());
    end.state = MessageState::interrupted;
    end.reason = StopReason::interrupted;
    finishWaiting(each, end);
  }
}

void ReplyRunner::setModel(const ModelIdentity& model) {
  model_ = model;
  startNext();
}

void ReplyRunner::withoutModel() { model_.reset(); }

void ReplyRunner::setChatTemplate(const QString& text) {
  if (model_) model_->chatTemplate = text;
}

void ReplyRunner::endWaiting(const QString& sentence) {
  for (const Entry& each : std::exchange(waiting_, {})) {
    ReplyEnded end = stoppedEnd(each.message());
    if (!sentence.isEmpty()) {
      end.state = MessageState::failed;
      end.reason = StopReason::error;
      end.error = sentence;
    }
    finishWaiting(each, end);
  }
}

void ReplyRunner::setModelHash(const QString& sha256) {
  if (!model_) return;
  model_->hash = sha256;
  if (running_) {
    running_->message().modelHash = sha256;
    if (const auto recorder = recorders_.value(running_->job)) recorder->setModelHash(sha256);
  }
}

void ReplyRunner::setParams(ConversationId id, const engine::SamplingParams& params) {
  if (running_ && running_->id() == id) running_->sampling->set(params);
}

ReplyStatus ReplyRunner::status(ConversationId id) const {
  if (running_ && running_->id() == id) return running_->status;
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [id](const Entry& each) { return each.id() == id; });
  return found == waiting_.end() ? ReplyStatus{.conversation = id} : found->status;
}

std::optional<int> ReplyRunner::contextUsed(ConversationId id) const {
  if (!running_ || running_->id() != id || running_->status.promptTotal == 0) return std::nullopt;
  return running_->status.promptTotal + running_->status.generated - running_->earlierTokens;
}

void ReplyRunner::startNext() {
  if (running_ || waiting_.empty() || !model_ || ending_) return;
  running_ = std::move(waiting_.front());
  waiting_.pop_front();
  Entry& entry = *running_;
  const ConversationTree& tree = entry.conversation->tree;
  Message& reply = entry.message();
  GenerationJob job{.id = entry.job, .stop = entry.stop, .earlier = reply.stats};
  job.request = requestFor(tree, entry.reply, *model_);
  const Message stored = reply;
  reply.model = model_->name;
  reply.modelHash = model_->hash;
  const bool anew = reply.tokens.empty() && reply.content.isEmpty();
  if (anew) {
    job.earlier = {};
    reply.timeline.clear();
  }
  if (reply.timeline.empty()) reply.timeline.push_back({.token = 0, .params = tree.settings.params, .textOffset = 0});
  job.timeline = reply.timeline;
  // It may have waited for another model, or under other parameters. What has text already is stored whole, with its
  // writer, if its ids change.
  if (anew && reply != stored) {
    storage_.post([reply](Store& store) { store.messages().setWriter(reply); });
  }
  if (model_->hash.isEmpty() && model_->file) {
    storage_.post([id = reply.id, file = *model_->file](Store& store) { store.messages().awaitModelHash(id, file); });
    emit hashAwaited();
  }
  entry.sampling = std::make_shared<engine::LiveSampling>(tree.settings.params);
  job.sampling = entry.sampling;
  job.recorder = record(entry.job, reply);
  entry.earlierTokens = static_cast<int>(reply.tokens.size());
  entry.status.phase = ReplyPhase::prefill;
  entry.status.generated = entry.earlierTokens;
  worker_.generate(std::move(job));
  emit writingChanged(true);
  emit statusChanged(entry.id());
  emit begun(entry.id(), entry.reply);
}

void ReplyRunner::handle(const PrefillProgress& event) {
  if (!running_ || running_->job != event.job || running_->status.phase != ReplyPhase::prefill) return;
  running_->status.promptDone = event.done;
  running_->status.promptTotal = event.total;
  emit statusChanged(running_->id());
}

void ReplyRunner::handle(ReplyDelta& event) {
  if (!running_ || running_->job != event.job) return;
  Entry& entry = *running_;
  Message& reply = entry.message();
  if (event.base) {
    reply.content = QString::fromStdString(event.base->text);
    reply.tokens = std::move(event.base->tokens);
    entry.earlierTokens = static_cast<int>(reply.tokens.size());
  }
  reply.content += QString::fromStdString(event.text);
  reply.tokens.insert(reply.tokens.end(), event.tokens.begin(), event.tokens.end());
  for (const TimelineEntry& each : event.timeline) {
    if (!reply.timeline.empty() && reply.timeline.back().token == each.token) reply.timeline.pop_back();
    reply.timeline.push_back(each);
  }
  entry.status.generated = static_cast<int>(reply.tokens.size());
  if (entry.status.generated > entry.earlierTokens) entry.status.phase = ReplyPhase::decode;
  const int written = entry.status.generated - entry.earlierTokens;
  entry.status.tokensPerSecond = event.decodeSeconds > 0 ? written / event.decodeSeconds : 0;
  const ConversationId id = entry.id();
  emit messageChanged(id, entry.reply);
  emit statusChanged(id);
}

void ReplyRunner::handle(const ReplyEnded& event) {
  if (!running_ || running_->job != event.job) return;
  const Entry entry = std::move(*running_);
  running_.reset();
  if (event.modelLost) withoutModel();
  applyEnd(entry, event);
  emit writingChanged(false);
  if (event.modelLost) emit modelLost(event.error);
  startNext();
}

void ReplyRunner::finishWaiting(const Entry& entry, const ReplyEnded& end) {
  const Message& reply = entry.message();
  record(entry.job, reply)->finish(end, reply.timeline);
  applyEnd(entry, end);
}

void ReplyRunner::applyEnd(const Entry& entry, const ReplyEnded& end) {
  Message& reply = entry.message();
  reply.state = end.state;
  reply.stopReason = end.reason;
  reply.stats = end.stats;
  reply.error = end.error;
  const ConversationId id = entry.id();
  emit messageChanged(id, entry.reply);
  emit statusChanged(id);
  emit ended(id, entry.reply);
}

std::shared_ptr<ReplyRecorder> ReplyRunner::record(JobId job, const Message& reply) {
  ReplyRecorder::Link link;
  link.post = [this](std::chrono::milliseconds delay, auto work, auto done) {
    storage_.postLater(delay, std::move(work), std::move(done));
  };
  link.report = [reports = reports_, job](const std::optional<Failure>& failure) { reports->post({job, failure}); };
  auto recorder = std::make_shared<ReplyRecorder>(reply, std::move(link));
  recorders_.insert(job, recorder);
  return recorder;
}

void ReplyRunner::readReports() {
  for (const Report& report : reports_->drain()) onReport(report);
}

void ReplyRunner::onReport(const Report& report) {
  if (report.failure) {
    if (!std::exchange(storageFailing_, true)) emit storageFailed(report.failure->sentence);
    if (!retry_.isActive()) retry_.start();
    return;
  }
  if (std::exchange(storageFailing_, false)) emit storageRecovered();
  const auto recorder = recorders_.value(report.job);
  if (recorder && recorder->stored()) recorders_.remove(report.job);
}

void ReplyRunner::flush() {
  for (const auto& recorder : std::as_const(recorders_)) recorder->flush();
}

}  // namespace sotto::app
