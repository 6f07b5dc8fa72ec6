#include "input.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "errors.h"

namespace sotto::cli {

bool Input::is_terminal() { return isatty(STDIN_FILENO) == 1; }

bool Input::fill() {
  if (ended_) return false;
  for (;;) {
    std::array<pollfd, 2> wait{pollfd{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                               pollfd{.fd = interrupt_.descriptor(), .events = POLLIN, .revents = 0}};
    if (::poll(wait.data(), wait.size(), -1) < 0) {
      if (errno == EINTR) continue;
      throw Failure(std::string("Standard input cannot be waited for: ") + std::strerror(errno) + ".");
    }
    interrupt_.check();
    if (wait[0].revents == 0) continue;
    std::array<char, 65536> chunk;
    const ssize_t count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (count > 0) {
      buffer_.append(chunk.data(), static_cast<std::size_t>(count));
      return true;
    }
    if (count == 0) {
      ended_ = true;
      return false;
    }
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
      throw Failure(std::string("Standard input cannot be read: ") + std::strerror(errno) + ".");
    }
  }
}

std::optional<std::string> Input::line() {
  std::size_t searched = 0;
  std::size_t end = 0;
  while ((end = buffer_.find('\n', searched)) == std::string::npos) {
    searched = buffer_.size();
    if (fill()) continue;
    if (buffer_.empty()) return std::nullopt;
    end = buffer_.size();
    break;
  }
  std::string result = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  if (!result.empty() && result.back() == '\r') result.pop_back();
  return result;
}

std::string Input::rest() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

std::string read_file(const std::filesystem::path& path) {
  const auto fail = [&path] {
    return Failure("The file " + path.string() + " cannot be read: " + std::strerror(errno) + ".");
  };
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw fail();
  std::string bytes;
  std::array<char, 65536> chunk;
  for (;;) {
    const ssize_t count = ::read(descriptor, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      close(descriptor);
      errno = reason;
      throw fail();
    }
    if (count == 0) break;
    bytes.append(chunk.data(), static_cast<std::size_t>(count));
  }
  close(descriptor);
  return bytes;
}

}  // namespace sotto::cli
