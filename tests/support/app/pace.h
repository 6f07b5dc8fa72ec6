// Lets a test stop time in the engine: the real model, which waits where it is told to until the test lets it go on (or
// the job is stopped).
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <stop_token>

#include "inference/loaded_model.h"

namespace sotto::test {

// Thread guarantee: all members may be called from any thread.
class Pace {
 public:
  enum class Stage {
    load,
    prefill
  };

  // A reply goes on after this many new tokens only when the test says so: the parameters set meanwhile are the next
  // token's.
  void holdAfter(int tokens);
  void hold(Stage stage);
  void release();
  // Every token takes at least this long.
  void slow(std::chrono::microseconds perToken);
  // Throws this from within the engine's work, instead of the token with this number.
  void failAt(int token, std::function<void()> thrower);
  // Whether something waits now.
  [[nodiscard]] bool waiting() const;

  // For the paced model.
  void atStage(Stage stage, std::stop_token stop);
  void afterToken(int written, std::stop_token stop);
  void beforeToken(int number);

 private:
  void waitWhile(const std::function<bool()>& held, std::stop_token stop, std::unique_lock<std::mutex>& lock);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  int heldAfter_ = std::numeric_limits<int>::max();
  bool loadHeld_ = false;
  bool prefillHeld_ = false;
  int waiting_ = 0;
  std::chrono::microseconds perToken_{0};
  int failing_ = -1;
  std::function<void()> thrower_;
};

// `loader` at the pace of `pace`; null: the engine's.
[[nodiscard]] app::ModelLoader pacedLoader(std::shared_ptr<Pace> pace, app::ModelLoader loader = {});

}  // namespace sotto::test
