// A counter-based generator: no state, the number depends on (seed, position) only, so that token n of a reply is drawn
// with the same number whether or not the reply was stopped and continued before it. Source: the output function of
// SplitMix64 (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators", with Stafford's variant 13
// of the mixing constants). The seed is mixed once on its own, so that neighbouring seeds give unrelated sequences.
#pragma once

#include <cstdint>

namespace sotto::engine {

[[nodiscard]] constexpr std::uint64_t mix64(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

// Uniform in [0, 1), a multiple of 2^-53.
[[nodiscard]] constexpr double uniform(std::uint64_t seed, std::uint64_t position) noexcept {
  constexpr std::uint64_t step = 0x9E3779B97F4A7C15ULL;  // 2^64 / the golden ratio, odd
  const std::uint64_t bits = mix64(mix64(seed + step) + (position + 1) * step);
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

}  // namespace sotto::engine
