// Activations to eight bits, for the instruction set of the including file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/quantised_rows.h"
#include "ops/simd.h"

namespace sotto::engine {
namespace {

// 32 floats times `factor`, rounded to integers of -127 to 127; what is no number becomes any of them.
#if defined(__AVX2__)
[[gnu::always_inline]] inline void round_block(const float* x, float factor, std::int8_t* values) {
  __m256i whole[4];
  for (int i = 0; i < 4; ++i) whole[i] = _mm256_cvtps_epi32(mul(load(x + 8 * i), splat(factor)).v);
  const __m256i low = _mm256_packs_epi32(whole[0], whole[1]), high = _mm256_packs_epi32(whole[2], whole[3]);
  // Packing works in halves of a register: the eights of four bytes come out as 0, 2, 4, 6, 1, 3, 5, 7.
  const __m256i mixed = _mm256_max_epi8(_mm256_packs_epi16(low, high), _mm256_set1_epi8(-127));
  const __m256i ordered = _mm256_permutevar8x32_epi32(mixed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(values), ordered);
}
#else
inline void round_block(const float* x, float factor, std::int8_t* values) {
  for (int i = 0; i < 32; ++i) {
    const float v = std::nearbyintf(x[i] * factor);
    values[i] = static_cast<std::int8_t>(!(v > -127) ? -127.0F : v > 127 ? 127.0F : v);
  }
}
#endif

// 32 floats to integers; returns their scale, NaN where one is not finite.
[[gnu::always_inline]] inline float quantise_block(const float* x, std::int8_t* values) {
  Vec magnitude = zero(), nothing = zero();
  for (int i = 0; i < 32; i += 8) {
    const Vec v = load(x + i);
    magnitude = max(magnitude, max(v, sub(zero(), v)));
    nothing = fma(v, zero(), nothing);
  }
  const float most = largest(magnitude);
  round_block(x, most > 0 ? 127 / most : 0, values);
  return most / 127 + sum(nothing);
}

void quantise_row(const float* x, std::size_t columns, std::int8_t* values, float* scales, float* sums,
                  std::int32_t* minus_sums, std::int32_t* minus_halves) {
  for (std::size_t b = 0; b < columns / 32; ++b) {
    const float scale = quantise_block(x + 32 * b, values + 32 * b);
    std::int32_t halves[2] = {0, 0};
    for (std::size_t i = 0; i < 16; ++i) {
      halves[0] -= values[32 * b + i];
      halves[1] -= values[32 * b + 16 + i];
    }
    scales[b] = scale;
    sums[b] = -scale * static_cast<float>(halves[0] + halves[1]);
    minus_sums[b] = halves[0] + halves[1];
    minus_halves[2 * b] = halves[0];
    minus_halves[2 * b + 1] = halves[1];
  }
}

}  // namespace
}  // namespace sotto::engine
