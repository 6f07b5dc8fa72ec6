#include "output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include "errors.h"

namespace sotto::cli {
namespace {

// 0, or errno.
int write_all(int descriptor, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd wait{.fd = descriptor, .events = POLLOUT, .revents = 0};
      ::poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

}  // namespace

void prepare_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    // The lowest free number is taken, which is `descriptor`. Read-only: writing to a closed standard output stays an
    // error.
    [[maybe_unused]] const int opened = open("/dev/null", O_RDONLY);
  }
  signal(SIGPIPE, SIG_IGN);
}

bool Output::write(std::string_view bytes) noexcept {
  if (error_ == 0) error_ = write_all(STDOUT_FILENO, bytes);
  return error_ == 0;
}

void Output::check() const {
  if (error_ == EPIPE) throw OutputClosed{};
  if (error_ != 0) throw Failure(std::string("Standard output cannot be written: ") + std::strerror(error_) + ".");
}

void Output::print(std::string_view bytes) {
  write(bytes);
  check();
}

void say(std::string_view line) { say_raw(std::string(line) + "\n"); }

void say_raw(std::string_view bytes) noexcept { write_all(STDERR_FILENO, bytes); }

Status::Status() : terminal_(isatty(STDERR_FILENO) == 1) {}

void Status::show(const std::string& text) {
  if (!terminal_ || text == shown_) return;
  write_all(STDERR_FILENO, "\r" + text + "\x1b[K");
  shown_ = text;
}

void Status::clear() {
  if (shown_.empty()) return;
  write_all(STDERR_FILENO, "\r\x1b[K");
  shown_.clear();
}

std::string sentence(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text) + (text.ends_with('.') ? "" : ".");
}

std::string fixed(double value, int digits) {
  std::array<char, 400> text{};
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, digits);
  return error == std::errc() ? std::string(text.data(), end) : "?";
}

std::string readable_bytes(double bytes) {
  constexpr std::array units{"bytes", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < units.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fixed(bytes, unit == 0 || bytes >= 99.95 ? 0 : bytes >= 9.995 ? 1 : 2) + " " + units[unit];
}

}  // namespace sotto::cli
