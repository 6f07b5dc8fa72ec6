// The one table of tensor types: what a block holds, how large it is, how it becomes f32. Types that GGUF defines but
// this engine cannot compute with yet have a name and sizes, no dequantise function. Source: ggml's ggml-common.h
// (block layouts) and docs/gguf.md (type numbers).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sotto::engine {

// GGUF's numbers.
enum class TensorType : std::uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q4_1 = 3,
  q5_0 = 6,
  q5_1 = 7,
  q8_0 = 8,
  q8_1 = 9,
  q2_k = 10,
  q3_k = 11,
  q4_k = 12,
  q5_k = 13,
  q6_k = 14,
  q8_k = 15,
  iq2_xxs = 16,
  iq2_xs = 17,
  iq3_xxs = 18,
  iq1_s = 19,
  iq4_nl = 20,
  iq3_s = 21,
  iq2_s = 22,
  iq4_xs = 23,
  i8 = 24,
  i16 = 25,
  i32 = 26,
  i64 = 27,
  f64 = 28,
  iq1_m = 29,
  bf16 = 30,
  tq1_0 = 34,
  tq2_0 = 35,
  mxfp4 = 39,
  nvfp4 = 40,
  q1_0 = 41
};

struct TensorTypeTraits {
  TensorType type;
  std::string_view name;     // "Q4_K"
  std::uint32_t block_size;  // elements in a block
  std::uint32_t block_bytes;
  // `blocks` blocks at `source` to blocks * block_size floats; null: not supported yet.
  void (*dequantise)(const std::byte* source, float* target, std::size_t blocks);
};

// Null for a number that GGUF does not define.
[[nodiscard]] const TensorTypeTraits* tensor_type_traits(std::uint32_t gguf_number) noexcept;
[[nodiscard]] const TensorTypeTraits& traits(TensorType type) noexcept;

}  // namespace sotto::engine
