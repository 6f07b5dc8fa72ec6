// Loops that do nothing but what the packed kernels do most, for the instruction set of the including file: the limits
// that they are measured by.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/kernels.h"
#include "ops/packed_simd.h"

namespace sotto::engine {
namespace {

constexpr int kChains = 12;  // enough that none waits for the one before

[[gnu::always_inline]] inline std::uint32_t any_bits(Floats a) {
  float lanes[16];
  store(lanes, a);
  float total = 0;
  for (const float lane : lanes) total += lane;
  return total > 1 ? 1 : 0;
}

std::uint32_t int8_rounds(std::size_t rounds) {
  const std::int8_t x[4] = {1, 2, 3, 4};
  Ints sums[kChains];
  for (Ints& sum : sums) sum = ints(0);
  Bytes weights = bytes_of(7);
  for (std::size_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (Ints& sum : sums) sum = dot(sum, weights, x);
    asm volatile("" : "+m"(weights));  // not computed beforehand
  }
  Floats total = no_floats();
  for (const Ints& sum : sums) total = fma(to_floats(sum), floats(1), total);
  return any_bits(total);
}

std::uint32_t f32_rounds(std::size_t rounds) {
  Floats sums[kChains];
  for (Floats& sum : sums) sum = floats(1);
  Floats factor = floats(0.5F);
  for (std::size_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (Floats& sum : sums) sum = fma(sum, factor, factor);
    asm volatile("" : "+m"(factor));
  }
  Floats total = no_floats();
  for (const Floats& sum : sums) total = fma(sum, floats(1), total);
  return any_bits(total);
}

std::uint32_t read_bytes(const std::uint8_t* p, std::size_t bytes) {
  Bytes all[4] = {bytes_of(0), bytes_of(0), bytes_of(0), bytes_of(0)};
  for (std::size_t i = 0; i + 256 <= bytes; i += 256) {
    for (std::size_t j = 0; j < 4; ++j) all[j] = all[j] | bytes_at(p + i + 64 * j);
  }
  const std::int8_t x[4] = {1, 1, 1, 1};
  return any_bits(to_floats(dot(ints(0), (all[0] | all[1]) | (all[2] | all[3]), x)));
}

}  // namespace
}  // namespace sotto::engine
