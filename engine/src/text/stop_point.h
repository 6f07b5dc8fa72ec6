// Giving up in the middle of building a tokenizer, whose constructors have nothing to return.
#pragma once

#include <cstdint>
#include <stop_token>

namespace sotto::engine {

// Never leaves make_tokenizer.
struct BuildingStopped {};

// For loops of hundreds of thousands of cheap steps: looks at the token once in a thousand. Throws BuildingStopped.
class StopPoint {
 public:
  explicit StopPoint(const std::stop_token& stop) : stop_(stop) { look(); }
  void pass() {
    if ((++steps_ & 0x3FFU) == 0) look();
  }
  void look() const {
    if (stop_.stop_requested()) throw BuildingStopped{};
  }

 private:
  const std::stop_token& stop_;
  std::uint32_t steps_ = 0;
};

}  // namespace sotto::engine
