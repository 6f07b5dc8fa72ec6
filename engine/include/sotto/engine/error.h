// The engine's only exception. Rare failures throw; expected ends of a reply (stopped, length, stop string) are
// values, see session.h.
#pragma once

#include <stdexcept>
#include <string>

namespace sotto::engine {

enum class ErrorCode {
  io,               // a file cannot be opened or read, or changed while it was in use
  format,           // a file is not what its format says
  unsupported,      // well-formed, but this engine cannot run it
  memory,           // does not fit in memory
  context_full,     // the prompt does not fit in the context
  invalid_argument  // the caller's mistake
};

// Thread guarantee: immutable after construction. what() is one sentence for the user: what happened, naming the
// file, key or tensor, and what to do where that is known.
class Error : public std::runtime_error {
 public:
  // where: the key, tensor or argument concerned, empty when the message has none.
  Error(ErrorCode code, const std::string& message, std::string where = {})
      : std::runtime_error(message), code_(code), where_(std::move(where)) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& where() const noexcept { return where_; }

 private:
  ErrorCode code_;
  std::string where_;
};

}  // namespace sotto::engine
