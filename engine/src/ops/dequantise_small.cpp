#include <cmath>
#include <cstdint>

#include "ops/dequantise.h"
#include "ops/quant_blocks.h"

namespace sotto::engine {
namespace {

// E2M1: sign, two bits of exponent, one of mantissa.
constexpr std::array<float, 16> kFloats4 = {0,     0.5F,  1.0F,  1.5F,  2.0F,  3.0F,  4.0F,  6.0F,
                                            -0.0F, -0.5F, -1.0F, -1.5F, -2.0F, -3.0F, -4.0F, -6.0F};
constexpr std::array<std::uint8_t, 5> kPowersOf3 = {1, 3, 9, 27, 81};

float ternary_digit(std::uint8_t byte, std::size_t n) noexcept {
  const auto fraction = static_cast<std::uint8_t>(byte * kPowersOf3[n]);
  return static_cast<float>((fraction * 3 >> 8) - 1);
}

// Unsigned E4M3; 0x7F is no number, which stands for 0.
float e4m3(std::uint8_t byte) noexcept {
  if (byte == 0x7F) return 0;
  const int bits = byte & 127;
  const int exponent = bits >> 3;
  const auto mantissa = static_cast<float>(bits & 7);
  return exponent == 0 ? std::ldexp(mantissa, -9) : std::ldexp(1 + mantissa / 8, exponent - 7);
}

}  // namespace

void dequantise_tq1_0(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockTQ1_0>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    const float scale = block->scale.value();
    // 32 bytes, then 16: their first digits, their second ones, and so on.
    for (const auto [first, count] : {std::array<std::size_t, 2>{0, 32}, {32, 16}}) {
      for (std::size_t n = 0; n < 5; ++n) {
        for (std::size_t j = 0; j < count; ++j) *target++ = scale * ternary_digit(block->fives[first + j], n);
      }
    }
    for (std::size_t n = 0; n < 4; ++n) {
      for (const std::uint8_t byte : block->fours) *target++ = scale * ternary_digit(byte, n);
    }
  }
}

void dequantise_tq2_0(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockTQ2_0>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    const float scale = block->scale.value();
    for (std::size_t half = 0; half < 2; ++half) {
      for (int quarter = 0; quarter < 4; ++quarter) {
        for (std::size_t j = 0; j < 32; ++j) {
          const int q = block->quarters[32 * half + j] >> (2 * quarter) & 3;
          *target++ = scale * static_cast<float>(q - 1);
        }
      }
    }
  }
}

void dequantise_mxfp4(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockMXFP4>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block, target += 32) {
    const float scale = std::ldexp(1.0F, block->exponent - 127);
    for (std::size_t j = 0; j < 16; ++j) {
      target[j] = scale * kFloats4[block->nibbles[j] & 15];
      target[j + 16] = scale * kFloats4[block->nibbles[j] >> 4];
    }
  }
}

void dequantise_nvfp4(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockNVFP4>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    for (std::size_t group = 0; group < 4; ++group, target += 16) {
      const float scale = e4m3(block->groups[group]);
      for (std::size_t j = 0; j < 8; ++j) {
        const std::uint8_t byte = block->nibbles[8 * group + j];
        target[j] = scale * kFloats4[byte & 15];
        target[j + 8] = scale * kFloats4[byte >> 4];
      }
    }
  }
}

void dequantise_q1_0(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ1_0>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block, target += 128) {
    const float scale = block->scale.value();
    for (std::size_t j = 0; j < 128; ++j) target[j] = (block->bits[j / 8] >> (j % 8) & 1) != 0 ? scale : -scale;
  }
}

}  // namespace sotto::engine
