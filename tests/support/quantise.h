// Simple quantisers for test files: plain rounding, none of the searches that real quantisers do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sotto::test {

// Tensor types that the writer can make from floats, by GGUF's numbers.
enum class WeightType : std::uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q4_1 = 3,
  q5_0 = 6,
  q5_1 = 7,
  q8_0 = 8,
  q4_k = 12,
  q5_k = 13,
  q6_k = 14,
  bf16 = 30
};

// Elements in a block of the type: rows must be a multiple of it (1, 32 or 256).
[[nodiscard]] std::size_t block_elements(WeightType type);

// The bytes of `values` as blocks of `type`. Throws std::invalid_argument when they do not fill whole blocks.
[[nodiscard]] std::string quantise(WeightType type, std::span<const float> values);

}  // namespace sotto::test
