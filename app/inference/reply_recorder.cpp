#include "inference/reply_recorder.h"

#include <QDateTime>
#include <algorithm>
#include <utility>

#include "storage/store.h"

namespace sotto::app {

ReplyRecorder::ReplyRecorder(Message reply, Link link)
    : link_(std::move(link)), id_(reply.id), reply_(std::move(reply)), text_(reply_.content.toStdString()) {
  reply_.content.clear();
}

void ReplyRecorder::rebase(const ReplyBase& base) {
  {
    const std::lock_guard lock(mutex_);
    reply_.tokens = base.tokens;
    text_ = base.text;
    rebased_ = true;
  }
  schedule(std::chrono::milliseconds(0));
}

void ReplyRecorder::append(const ReplyDelta& delta) {
  {
    const std::lock_guard lock(mutex_);
    reply_.tokens.insert(reply_.tokens.end(), delta.tokens.begin(), delta.tokens.end());
    held_.insert(held_.end(), delta.tokens.begin(), delta.tokens.end());
    for (const TimelineEntry& entry : delta.timeline) {
      if (!reply_.timeline.empty() && reply_.timeline.back().token == entry.token) reply_.timeline.pop_back();
      reply_.timeline.push_back(entry);
      timelineChanged_ = true;
    }
    if (!delta.text.empty()) {
      text_ += delta.text;
      pending_.text.append(delta.text.data(), static_cast<qsizetype>(delta.text.size()));
      pending_.tokens.insert(pending_.tokens.end(), held_.begin(), held_.end());
      held_.clear();
      pending_.decodeSeconds = delta.decodeSeconds;
    }
    if (scheduled_ || pending_.text.isEmpty()) return;
  }
  schedule(interval);
}

void ReplyRecorder::finish(const ReplyEnded& end, const std::vector<TimelineEntry>& timeline) {
  {
    const std::lock_guard lock(mutex_);
    reply_.state = end.state;
    reply_.stopReason = end.reason;
    if (interrupting_ && end.reason == StopReason::stopped) {
      reply_.state = MessageState::interrupted;
      reply_.stopReason = StopReason::interrupted;
    }
    reply_.stats = end.stats;
    reply_.error = end.error;
    reply_.timeline = timeline;
    ended_ = true;
  }
  schedule(std::chrono::milliseconds(0));
}

void ReplyRecorder::setModelHash(const QString& sha256) {
  const std::lock_guard lock(mutex_);
  reply_.modelHash = sha256;
}

void ReplyRecorder::countStopAsInterruption() {
  const std::lock_guard lock(mutex_);
  interrupting_ = true;
}

void ReplyRecorder::flush() { schedule(std::chrono::milliseconds(0)); }

bool ReplyRecorder::stored() const {
  const std::lock_guard lock(mutex_);
  return stored_;
}

void ReplyRecorder::schedule(std::chrono::milliseconds delay) {
  {
    const std::lock_guard lock(mutex_);
    if (stored_) return;
    scheduled_ = true;
  }
  link_.post(
      delay, [self = shared_from_this()](Store& store) { self->write(store); },
      [self = shared_from_this()](const Result<void>& result) { self->written(result); });
}

void ReplyRecorder::write(Store& store) {
  Message whole;
  Writing now;
  {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    if (stored_) return;
    now.step = ended_ ? Step::end : rebased_ ? Step::whole : pending_.text.isEmpty() ? Step::nothing : Step::chunk;
    if (now.step != Step::nothing) {
      now.chunk = std::exchange(pending_, {});
      if (std::exchange(timelineChanged_, false)) now.chunk.timeline = reply_.timeline;
    }
    if (now.step == Step::end || now.step == Step::whole) {
      rebased_ = false;
      held_.clear();  // all tokens are written
      whole = reply_;
      whole.content = QString::fromStdString(text_);
    }
    writing_ = now;
  }
  const QDateTime time = QDateTime::currentDateTimeUtc();
  switch (now.step) {
    case Step::nothing:
      break;
    case Step::chunk:
      store.messages().appendChunk(id_, now.chunk);
      break;
    case Step::end:
      store.messages().finish(whole, time);
      break;
    case Step::whole:
      whole.state = MessageState::interrupted;
      whole.stopReason = StopReason::interrupted;
      store.transaction(Durability::checkpoint, [&] {
        store.messages().finish(whole, time);
        store.messages().reopen(id_);
      });
      break;
  }
}

void ReplyRecorder::written(const Result<void>& result) {
  // A row that is gone was deleted for good with its conversation: there is nothing left to store.
  const bool ok = result.ok() || result.failure().kind == Failure::Kind::missing;
  bool telling = false;
  {
    const std::lock_guard lock(mutex_);
    scheduled_ = false;
    const Writing done = std::exchange(writing_, {});
    telling = !ok || failed_ || done.step == Step::end;
    failed_ = !ok;
    if (ok) {
      stored_ = stored_ || done.step == Step::end;
    } else if (done.step == Step::whole) {
      rebased_ = true;
    } else if (done.step == Step::chunk) {
      ReplyChunk again = done.chunk;
      again.text.append(pending_.text);
      again.tokens.insert(again.tokens.end(), pending_.tokens.begin(), pending_.tokens.end());
      again.decodeSeconds = std::max(again.decodeSeconds, pending_.decodeSeconds);
      timelineChanged_ = timelineChanged_ || !again.timeline.empty();
      again.timeline.clear();
      pending_ = std::move(again);
    }
  }
  if (telling) link_.report(ok ? std::nullopt : std::optional(result.failure()));
}

}  // namespace sotto::app
