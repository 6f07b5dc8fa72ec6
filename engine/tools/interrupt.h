// Ctrl+C as a stop token and as a file descriptor. The signal is blocked in every thread and taken by one of its own,
// so that no code ever runs inside a signal handler.
#pragma once

#include <atomic>
#include <mutex>
#include <stop_token>
#include <thread>

namespace sotto::cli {

// Thread guarantee: every member may be called from any thread. To be constructed before other threads are started,
// which inherit the blocked signal.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // Stops at the next Ctrl+C. A second one before `rearm` ends the process at once, with exit code 130.
  [[nodiscard]] std::stop_token token() const;
  [[nodiscard]] bool requested() const;
  [[nodiscard]] int descriptor() const noexcept { return pipe_[0]; }  // readable while requested
  void check() const;                                                 // throws Interrupted when requested

  // Begins anew: what was stopped has been dealt with.
  void rearm();

 private:
  void wait();

  mutable std::mutex mutex_;
  std::stop_source source_;
  int pipe_[2] = {-1, -1};
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace sotto::cli
