#include "interrupt.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "errors.h"

namespace sotto::cli {
namespace {

sigset_t interrupt_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  // Shells start background jobs with the signal ignored, but a signal that is sent to us is meant.
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigaction(SIGINT, &action, nullptr);
  const sigset_t set = interrupt_signal();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  thread_ = std::thread([this] { wait(); });
}

Interrupt::~Interrupt() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), SIGINT);
  thread_.join();
  close(pipe_[0]);
  close(pipe_[1]);
}

void Interrupt::wait() {
  const sigset_t set = interrupt_signal();
  for (;;) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0 || ending_) return;
    std::stop_source source;
    {
      const std::lock_guard lock(mutex_);
      source = source_;
      if (source.stop_requested()) _exit(130);  // nothing is buffered on our side
      [[maybe_unused]] const auto written = write(pipe_[1], "x", 1);
    }
    source.request_stop();
  }
}

std::stop_token Interrupt::token() const {
  const std::lock_guard lock(mutex_);
  return source_.get_token();
}

bool Interrupt::requested() const { return token().stop_requested(); }

void Interrupt::check() const {
  if (requested()) throw Interrupted{};
}

void Interrupt::rearm() {
  const std::lock_guard lock(mutex_);
  if (!source_.stop_requested()) return;
  source_ = std::stop_source();
  char byte = 0;
  while (read(pipe_[0], &byte, 1) > 0) {
  }
}

}  // namespace sotto::cli
