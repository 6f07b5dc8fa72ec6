// Events from one thread to another, as values. The reader is woken only when the box was empty, so a fast writer costs
// the reader one wake for as many events as have gathered.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace sotto::app {

// Thread guarantee: all members may be called from any thread. `wake` and `merge` are called with the box locked, on
// the posting thread: they must be short and must not call the box.
template <class Event>
class Mailbox {
 public:
  using Wake = std::function<void()>;
  // Takes `next` into `last` and returns true, or leaves both alone and returns false.
  using Merge = std::function<bool(Event& last, Event& next)>;

  explicit Mailbox(Wake wake, Merge merge = {}) : wake_(std::move(wake)), merge_(std::move(merge)) {}

  void post(Event event) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    if (!events_.empty() && merge_ && merge_(events_.back(), event)) return;
    events_.push_back(std::move(event));
    if (events_.size() > 1 || !wake_) return;
    try {
      wake_();
    } catch (...) {
      events_.clear();  // an event that nobody is woken for would keep all later ones from being read
      throw;
    }
  }

  // Everything posted so far, in order; the box is empty then.
  [[nodiscard]] std::vector<Event> drain() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

  // The reader goes away: no wake after this returns, and what is posted later is dropped.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    events_.clear();
  }

 private:
  std::mutex mutex_;
  std::vector<Event> events_;
  bool closed_ = false;
  Wake wake_;
  Merge merge_;
};

}  // namespace sotto::app
