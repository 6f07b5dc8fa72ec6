// sotto-cli: the engine in a terminal.
#pragma once

namespace sotto::cli {

// Results alone go to standard output, everything else to standard error. Returns the exit code: 0; 1 with one sentence
// on standard error for any error, misuse included; 130 after Ctrl+C.
[[nodiscard]] int run(int argc, const char* const* argv);

}  // namespace sotto::cli
