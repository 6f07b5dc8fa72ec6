// What this machine can do at the most, measured: the yardstick for the engine's speed.
#pragma once

#include <cstdint>

namespace sotto::engine {

struct MachineLimits {
  double read_bytes_per_s = 0;  // from memory, all threads together
  double int8_ops_per_s = 0;    // products and sums of eight-bit integers, by the instructions that the engine uses
  double f32_ops_per_s = 0;
};

// Takes about half a second and 256 MB; throws Error memory. `threads` as in SessionOptions. Thread guarantee: may be
// called from any thread.
[[nodiscard]] MachineLimits measure_machine(int threads);

// Bytes of memory available without swapping: the system's own estimate, or what the control group leaves where that is
// less. The largest number where the system does not say.
[[nodiscard]] std::uint64_t available_memory();

// The instruction set of the kernels in use: "portable", "avx2", "avx512-vnni".
[[nodiscard]] const char* kernel_name() noexcept;

}  // namespace sotto::engine
