// The time that a test's thread has worked. What other processes do on the machine is not in it.
#pragma once

#include <ctime>

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
