// Standard output and standard error, unbuffered: what was written is out, whatever happens next.
#pragma once

#include <string>
#include <string_view>

namespace sotto::cli {

// Opens /dev/null in the place of closed standard descriptors, so that no file opened later is taken for one of them,
// and makes a closed pipe an error to be handled instead of a signal.
void prepare_standard_streams();

// Standard output. Thread guarantee: one thread at a time.
class Output {
 public:
  // False once something could not be written; never throws, for use in callbacks.
  bool write(std::string_view bytes) noexcept;
  // Throws OutputClosed when the reader is gone, Failure for every other failed write.
  void check() const;
  // Both.
  void print(std::string_view bytes);

 private:
  int error_ = 0;  // errno of the first failed write
};

// On standard error: one line, or bytes as they are.
void say(std::string_view line);
void say_raw(std::string_view bytes) noexcept;

// A passing line such as "Loading 40 %" on standard error, only where that is a terminal.
class Status {
 public:
  Status();
  ~Status() { clear(); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;

  void show(const std::string& text);
  void clear();

 private:
  bool terminal_;
  std::string shown_;
};

// `text` ended by a full stop.
[[nodiscard]] std::string sentence(std::string_view text);
// "1.24 GB"; SI units.
[[nodiscard]] std::string readable_bytes(double bytes);
// With `digits` decimals, a point whatever the locale.
[[nodiscard]] std::string fixed(double value, int digits);

}  // namespace sotto::cli
