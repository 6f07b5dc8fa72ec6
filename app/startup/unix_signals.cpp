#include "startup/unix_signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace sotto::app {

namespace {

constexpr std::array handled{SIGTERM, SIGINT, SIGHUP};

// Read by the handler, so plain; -1: no UnixSignals exists.
volatile int pipeEnds[2] = {-1, -1};
std::array<struct sigaction, handled.size()> formerActions;

void forward(int number) {
  const int kept = errno;
  const auto byte = static_cast<char>(number);
  [[maybe_unused]] const auto written = ::write(pipeEnds[1], &byte, 1);
  errno = kept;
}

}  // namespace

UnixSignals::UnixSignals(QObject* parent) : QObject(parent) {
  int ends[2];
  if (pipeEnds[0] >= 0 || ::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
  pipeEnds[0] = ends[0];
  pipeEnds[1] = ends[1];
  notifier_ = std::make_unique<QSocketNotifier>(ends[0], QSocketNotifier::Read);
  connect(notifier_.get(), &QSocketNotifier::activated, this, &UnixSignals::read);
  for (size_t i = 0; i < handled.size(); ++i) {
    struct sigaction action {};
    action.sa_handler = forward;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    ::sigaction(handled[i], &action, &formerActions[i]);
  }
}

UnixSignals::~UnixSignals() {
  if (!notifier_) return;
  for (size_t i = 0; i < handled.size(); ++i) {
    struct sigaction ignored {};
    ignored.sa_handler = SIG_IGN;
    ::sigaction(handled[i], ending_ ? &ignored : &formerActions[i], nullptr);
  }
  notifier_.reset();
  for (volatile int& end : pipeEnds) {
    const int descriptor = end;
    end = -1;
    ::close(descriptor);
  }
}

void UnixSignals::read() {
  char byte = 0;
  if (::read(pipeEnds[0], &byte, 1) != 1) return;
  ending_ = true;
  emit received(byte);
}

}  // namespace sotto::app
