#include "ops/tensor_type.h"

#include <array>
#include <cassert>

#include "ops/dequantise.h"

namespace sotto::engine {
namespace {

using enum TensorType;

// Sorted by GGUF's number.
constexpr std::array<TensorTypeTraits, 34> kTable = {{
    {f32, "F32", 1, 4, dequantise_f32},
    {f16, "F16", 1, 2, dequantise_f16},
    {q4_0, "Q4_0", 32, 18, dequantise_q4_0},
    {q4_1, "Q4_1", 32, 20, dequantise_q4_1},
    {q5_0, "Q5_0", 32, 22, dequantise_q5_0},
    {q5_1, "Q5_1", 32, 24, dequantise_q5_1},
    {q8_0, "Q8_0", 32, 34, dequantise_q8_0},
    {q8_1, "Q8_1", 32, 36, nullptr},
    {q2_k, "Q2_K", 256, 84, dequantise_q2_k},
    {q3_k, "Q3_K", 256, 110, dequantise_q3_k},
    {q4_k, "Q4_K", 256, 144, dequantise_q4_k},
    {q5_k, "Q5_K", 256, 176, dequantise_q5_k},
    {q6_k, "Q6_K", 256, 210, dequantise_q6_k},
    {q8_k, "Q8_K", 256, 292, nullptr},
    {iq2_xxs, "IQ2_XXS", 256, 66, dequantise_iq2_xxs},
    {iq2_xs, "IQ2_XS", 256, 74, dequantise_iq2_xs},
    {iq3_xxs, "IQ3_XXS", 256, 98, dequantise_iq3_xxs},
    {iq1_s, "IQ1_S", 256, 50, dequantise_iq1_s},
    {iq4_nl, "IQ4_NL", 32, 18, dequantise_iq4_nl},
    {iq3_s, "IQ3_S", 256, 110, dequantise_iq3_s},
    {iq2_s, "IQ2_S", 256, 82, dequantise_iq2_s},
    {iq4_xs, "IQ4_XS", 256, 136, dequantise_iq4_xs},
    {i8, "I8", 1, 1, dequantise_i8},
    {i16, "I16", 1, 2, dequantise_i16},
    {i32, "I32", 1, 4, dequantise_i32},
    {i64, "I64", 1, 8, dequantise_i64},
    {f64, "F64", 1, 8, dequantise_f64},
    {iq1_m, "IQ1_M", 256, 56, dequantise_iq1_m},
    {bf16, "BF16", 1, 2, dequantise_bf16},
    {tq1_0, "TQ1_0", 256, 54, dequantise_tq1_0},
    {tq2_0, "TQ2_0", 256, 66, dequantise_tq2_0},
    {mxfp4, "MXFP4", 32, 17, dequantise_mxfp4},
    {nvfp4, "NVFP4", 64, 36, dequantise_nvfp4},
    {q1_0, "Q1_0", 128, 18, dequantise_q1_0},
}};

constexpr std::size_t kNumbers = 42;

// From GGUF's number to the row of the table, -1: no such type.
constexpr std::array<int, kNumbers> kRows = [] {
  std::array<int, kNumbers> rows{};
  rows.fill(-1);
  for (std::size_t row = 0; row < kTable.size(); ++row) {
    rows.at(static_cast<std::size_t>(kTable[row].type)) = static_cast<int>(row);
  }
  return rows;
}();

}  // namespace

const TensorTypeTraits* tensor_type_traits(std::uint32_t gguf_number) noexcept {
  if (gguf_number >= kNumbers || kRows[gguf_number] < 0) return nullptr;
  return &kTable[static_cast<std::size_t>(kRows[gguf_number])];
}

const TensorTypeTraits& traits(TensorType type) noexcept {
  const TensorTypeTraits* found = tensor_type_traits(static_cast<std::uint32_t>(type));
  assert(found != nullptr);  // every enumerator has a row
  return *found;
}

}  // namespace sotto::engine
