// The time that a test's thread has worked. What other processes do on the machine is not in it.
#pragma once

#include <ctime>

// What an instrumented build takes longer; the limits of time are those of the release.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr double instrumented = 10;
#else
inline constexpr double instrumented = 1;
#endif

class ThreadTimer {
 public:
  ThreadTimer() { start(); }
  void start() { begin_ = now(); }
  [[nodiscard]] double ms() const { return now() - begin_; }

 private:
  [[nodiscard]] static double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
  }
  double begin_ = 0;
};
