// 16-bit floats as bits: IEEE 754 binary16 and bfloat16. Without branches, so that loops over them vectorise.
#pragma once

#include <bit>
#include <cstdint>

namespace sotto::engine {

[[nodiscard]] inline float half_to_float(std::uint16_t half) noexcept {
  const std::uint32_t magnitude = half & 0x7FFFU;
  const std::uint32_t sign = (half & 0x8000U) << 16U;
  // The exponent's bias differs by 112; a product mends subnormal numbers too.
  const auto finite = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude << 13U) * 0x1p112F);
  const std::uint32_t special = magnitude >= 0x7C00U ? 0x7F800000U : 0U;  // infinity and NaN
  return std::bit_cast<float>(sign | finite | special);
}

// Rounds to nearest, ties to even; what is too large becomes infinity.
[[nodiscard]] inline std::uint16_t float_to_half(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16U) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  // Normal numbers: the bias moves by 112 and 13 bits are rounded away.
  const std::uint32_t normal = (magnitude - 0x38000000U + 0xFFFU + ((magnitude >> 13U) & 1U)) >> 13U;
  // Subnormal ones: adding 0.5 puts the bits in place, rounded by the addition itself.
  const std::uint32_t subnormal =
      std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) - std::bit_cast<std::uint32_t>(0.5F);
  std::uint32_t result = magnitude < 0x38800000U ? subnormal : normal;
  result = magnitude >= 0x477FF000U ? 0x7C00U : result;
  result = magnitude > 0x7F800000U ? 0x7E00U : result;
  return static_cast<std::uint16_t>(sign | result);
}

[[nodiscard]] inline float bfloat_to_float(std::uint16_t bits) noexcept {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16U);
}

}  // namespace sotto::engine
