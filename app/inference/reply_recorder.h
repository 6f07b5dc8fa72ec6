// Brings a reply to the disk while it is written: the engine thread appends, the database thread takes what has
// gathered at short intervals. The GUI thread has no part in it, so that a busy window loses nothing.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/message.h"
#include "domain/result.h"
#include "inference/engine_event.h"
#include "storage/message_repository.h"

namespace sotto::app {

class Store;

// Thread guarantee: all members may be called from any thread. What a failed write held is kept and written with the
// next; the text is never given up while the process lives.
class ReplyRecorder : public std::enable_shared_from_this<ReplyRecorder> {
 public:
  // New text waits at most this long before it is written.
  static constexpr std::chrono::milliseconds interval{150};

  struct Link {
    // As StorageWorker::postLater.
    std::function<void(std::chrono::milliseconds delay, std::function<void(Store&)> work,
                       std::function<void(const Result<void>&)> done)>
        post;
    // On the database thread: a write failed; or, with nullopt, one succeeded after a failure, or the end is stored.
    std::function<void(const std::optional<Failure>& failure)> report;
  };

  // `reply` as it is stored, in state streaming.
  ReplyRecorder(Message reply, Link link);

  // What came before a continuation is now exactly this.
  void rebase(const ReplyBase& base);
  void append(const ReplyDelta& delta);
  void finish(const ReplyEnded& end, const std::vector<TimelineEntry>& timeline);
  void setModelHash(const QString& sha256);
  // The process is about to end: a reply that ends as stopped from now on was interrupted.
  void countStopAsInterruption();

  // Has what is there written now. Also the way to try again after a failure.
  void flush();
  [[nodiscard]] bool stored() const;  // the end of the reply

 private:
  void schedule(std::chrono::milliseconds delay);
  void write(Store& store);  // throws; what it has taken is in writing_ until written() says how it went
  void written(const Result<void>& result);

  const Link link_;
  const MessageId id_;
  mutable std::mutex mutex_;
  Message reply_;     // all of it but the content
  std::string text_;  // its content, UTF-8
  enum class Step {
    nothing,
    chunk,
    whole,
    end
  };
  struct Writing {
    Step step = Step::nothing;
    ReplyChunk chunk;
  };

  ReplyChunk pending_;
  bool timelineChanged_ = false;  // since it was last written; of pending_ it is no part
  Writing writing_;
  std::vector<std::int32_t> held_;  // tokens whose text is not there yet
  bool rebased_ = false;
  bool scheduled_ = false;
  bool ended_ = false;
  bool interrupting_ = false;
  bool stored_ = false;
  bool failed_ = false;  // the last write
};

}  // namespace sotto::app
