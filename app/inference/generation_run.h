// One reply being written on the engine thread: turns the session's callbacks into deltas for the screen (mailbox) and
// for the disk (recorder), keeps the sampling timeline, and ends with exactly one ReplyEnded whatever happens.
#pragma once

#include <chrono>
#include <exception>
#include <string_view>

#include "inference/engine_event.h"
#include "inference/jobs.h"
#include "inference/loaded_model.h"

namespace sotto::app {

enum class RunOutcome {
  kept,
  modelLost  // the model cannot be used any more
};

// Engine thread only. `job` and `mailbox` outlive the run.
class GenerationRun {
 public:
  GenerationRun(GenerationJob& job, EngineMailbox& mailbox);
  // `model` may be null. Never throws.
  RunOutcome perform(LoadedModel* model) noexcept;

 private:
  void generate(LoadedModel& model);
  void takeEarlierTokens(LoadedModel& model);
  void onPrefill(int done, int total);
  void onToken(const engine::GeneratedToken& token);
  void onText(std::string_view text);
  // The session's callbacks must not throw: a failure in one stops the reply and is reported after it.
  template <class Step>
  void guarded(const Step& step) noexcept {
    try {
      if (!thrown_) step();
    } catch (...) {
      thrown_ = std::current_exception();
      job_.stop.request_stop();
    }
  }
  [[nodiscard]] double decodeSeconds() const;
  void fail(LoadedModel* model) noexcept;
  void finish() noexcept;

  GenerationJob& job_;
  EngineMailbox& mailbox_;
  ReplyEnded end_;
  std::uint64_t revision_ = 0;
  bool sawToken_ = false;
  int textLength_ = 0;  // of the reply so far, in UTF-16 units
  std::exception_ptr thrown_;
  std::chrono::steady_clock::time_point decodeStart_;
};

}  // namespace sotto::app
