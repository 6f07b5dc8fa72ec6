// Why a command ends early. Engine errors pass through as they are.
#pragma once

#include <stdexcept>
#include <string>

namespace sotto::cli {

// Wrong arguments, or files that cannot be read or written: one sentence for the user, exit code 1.
class Failure : public std::runtime_error {
 public:
  explicit Failure(const std::string& sentence) : std::runtime_error(sentence) {}
};

// Ctrl+C: exit code 130.
struct Interrupted {};

// Nobody reads standard output any more: exit code 1, quietly.
struct OutputClosed {};

}  // namespace sotto::cli
