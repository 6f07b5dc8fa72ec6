// Standard input or a file, read to its end or line by line; Ctrl+C interrupts the waiting.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "interrupt.h"

namespace sotto::cli {

// Thread guarantee: one thread at a time. All members throw Interrupted after Ctrl+C and Failure when reading fails.
class Input {
 public:
  explicit Input(const Interrupt& interrupt) : interrupt_(interrupt) {}

  [[nodiscard]] static bool is_terminal();
  // The next line without its line feed (nor a carriage return before it); nullopt at the end.
  [[nodiscard]] std::optional<std::string> line();
  // Everything that is left, byte for byte.
  [[nodiscard]] std::string rest();

 private:
  bool fill();  // false at the end of input

  const Interrupt& interrupt_;
  std::string buffer_;
  bool ended_ = false;
};

// The bytes of a file. Throws Failure.
[[nodiscard]] std::string read_file(const std::filesystem::path& path);

}  // namespace sotto::cli
