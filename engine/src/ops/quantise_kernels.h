// Activations to eight bits, for the instruction set of the including file.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/quantised_rows.h"
#include "ops/simd.h"

namespace sotto::engine {
namespace {

// 32 floats to integers of at most 127; returns their scale, NaN where one is not finite.
[[gnu::always_inline]] inline float quantise_block(const float* x, std::int8_t* values) {
  Vec largest = zero(), nothing = zero();
  for (int i = 0; i < 32; i += 8) {
    const Vec v = load(x + i);
    largest = max(largest, max(v, sub(zero(), v)));
    nothing = fma(v, zero(), nothing);
  }
  float lanes[8];
  store(lanes, largest);
  float most = 0;
  for (const float lane : lanes) most = lane > most ? lane : most;
  const Vec factor = splat(most > 0 ? 127 / most : 0);
  for (int i = 0; i < 32; i += 8) {
    float rounded[8];
    store(rounded, round(mul(load(x + i), factor)));
    for (int j = 0; j < 8; ++j) {
      const float v = rounded[j];
      values[i + j] = static_cast<std::int8_t>(!(v > -127) ? -127 : v > 127 ? 127 : v);
    }
  }
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
