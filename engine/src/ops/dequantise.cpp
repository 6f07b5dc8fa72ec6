#include "ops/dequantise.h"

#include <cstdint>
#include <cstring>

#include "ops/half.h"
#include "ops/quant_blocks.h"

namespace sotto::engine {
namespace {

template <typename Number>
void convert(const std::byte* source, float* target, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    Number number;
    std::memcpy(&number, source + i * sizeof(Number), sizeof(Number));
    target[i] = static_cast<float>(number);
  }
}

// 0 or 16 for each of 32 bits.
void spread_high_bits(const std::array<std::uint8_t, 4>& bytes, std::array<std::uint8_t, 32>& spread) noexcept {
  static constexpr std::array<std::uint8_t, 8> bit = {1, 2, 4, 8, 16, 32, 64, 128};
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 8; ++j) spread[8 * i + j] = (bytes[i] & bit[j]) != 0 ? 16 : 0;
  }
}

}  // namespace

void dequantise_f32(const std::byte* source, float* target, std::size_t blocks) {
  std::memcpy(target, source, blocks * sizeof(float));
}

void dequantise_f16(const std::byte* source, float* target, std::size_t blocks) {
  for (std::size_t i = 0; i < blocks; ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, source + 2 * i, sizeof(bits));
    target[i] = half_to_float(bits);
  }
}

void dequantise_bf16(const std::byte* source, float* target, std::size_t blocks) {
  for (std::size_t i = 0; i < blocks; ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, source + 2 * i, sizeof(bits));
    target[i] = bfloat_to_float(bits);
  }
}

void dequantise_f64(const std::byte* source, float* target, std::size_t blocks) {
  convert<double>(source, target, blocks);
}
void dequantise_i8(const std::byte* source, float* target, std::size_t blocks) {
  convert<std::int8_t>(source, target, blocks);
}
void dequantise_i16(const std::byte* source, float* target, std::size_t blocks) {
  convert<std::int16_t>(source, target, blocks);
}
void dequantise_i32(const std::byte* source, float* target, std::size_t blocks) {
  convert<std::int32_t>(source, target, blocks);
}
void dequantise_i64(const std::byte* source, float* target, std::size_t blocks) {
  convert<std::int64_t>(source, target, blocks);
}

void dequantise_q4_0(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ4_0>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block, target += 32) {
    const float scale = block->scale.value();
    for (std::size_t j = 0; j < 16; ++j) {
      target[j] = static_cast<float>((block->nibbles[j] & 15) - 8) * scale;
      target[j + 16] = static_cast<float>((block->nibbles[j] >> 4) - 8) * scale;
    }
  }
}

void dequantise_q4_1(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ4_1>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block, target += 32) {
    const float scale = block->scale.value();
    const float minimum = block->minimum.value();
    for (std::size_t j = 0; j < 16; ++j) {
      target[j] = static_cast<float>(block->nibbles[j] & 15) * scale + minimum;
      target[j + 16] = static_cast<float>(block->nibbles[j] >> 4) * scale + minimum;
    }
  }
}

void dequantise_q5_0(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ5_0>(source);
  std::array<std::uint8_t, 32> high;
  for (std::size_t i = 0; i < blocks; ++i, ++block, target += 32) {
    const float scale = block->scale.value();
    spread_high_bits(block->high, high);
    for (std::size_t j = 0; j < 16; ++j) {
      target[j] = static_cast<float>(((block->nibbles[j] & 15) | high[j]) - 16) * scale;
      target[j + 16] = static_cast<float>(((block->nibbles[j] >> 4) | high[j + 16]) - 16) * scale;
    }
  }
}

void dequantise_q5_1(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ5_1>(source);
  std::array<std::uint8_t, 32> high;
  for (std::size_t i = 0; i < blocks; ++i, ++block, target += 32) {
    const float scale = block->scale.value();
    const float minimum = block->minimum.value();
    spread_high_bits(block->high, high);
    for (std::size_t j = 0; j < 16; ++j) {
      target[j] = static_cast<float>((block->nibbles[j] & 15) | high[j]) * scale + minimum;
      target[j + 16] = static_cast<float>((block->nibbles[j] >> 4) | high[j + 16]) * scale + minimum;
    }
  }
}

void dequantise_q8_0(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ8_0>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block, target += 32) {
    const float scale = block->scale.value();
    for (std::size_t j = 0; j < 32; ++j) target[j] = static_cast<float>(block->values[j]) * scale;
  }
}

void dequantise_q2_k(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ2_K>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    const float scale = block->scale.value();
    const float minimum = block->minimum.value();
    for (std::size_t group = 0; group < 16; ++group, target += 16) {
      const float group_scale = scale * static_cast<float>(block->groups[group] & 15);
      const float group_minimum = minimum * static_cast<float>(block->groups[group] >> 4);
      const std::uint8_t* const quarters = block->quarters.data() + 32 * (group / 8) + 16 * (group % 2);
      const auto low_bit = static_cast<int>(2 * (group % 8 / 2));
      for (std::size_t j = 0; j < 16; ++j) {
        target[j] = group_scale * static_cast<float>((quarters[j] >> low_bit) & 3) - group_minimum;
      }
    }
  }
}

void dequantise_q3_k(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ3_K>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    const float scale = block->scale.value();
    for (std::size_t group = 0; group < 16; ++group, target += 16) {
      const int low = (block->groups[group % 8] >> (group < 8 ? 0 : 4)) & 15;
      const int high = (block->groups[8 + group % 4] >> (2 * (group / 4))) & 3;
      const float group_scale = scale * static_cast<float>((low | high << 4) - 32);
      const std::uint8_t* const quarters = block->quarters.data() + 32 * (group / 8) + 16 * (group % 2);
      const std::uint8_t* const third = block->high.data() + 16 * (group % 2);
      const auto low_bit = static_cast<int>(2 * (group % 8 / 2));
      const auto third_bit = static_cast<int>(group / 2);
      for (std::size_t j = 0; j < 16; ++j) {
        const int q = ((quarters[j] >> low_bit) & 3) | (((third[j] >> third_bit) & 1) << 2);
        target[j] = group_scale * static_cast<float>(q - 4);
      }
    }
  }
}

void dequantise_q4_k(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ4_K>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    const float scale = block->scale.value();
    const float minimum = block->minimum.value();
    for (std::size_t pair = 0; pair < 4; ++pair, target += 64) {
      const GroupScale low = group_scale(block->groups, 2 * pair);
      const GroupScale high = group_scale(block->groups, 2 * pair + 1);
      const float low_scale = scale * static_cast<float>(low.scale);
      const float low_minimum = minimum * static_cast<float>(low.minimum);
      const float high_scale = scale * static_cast<float>(high.scale);
      const float high_minimum = minimum * static_cast<float>(high.minimum);
      const std::uint8_t* const nibbles = block->nibbles.data() + 32 * pair;
      for (std::size_t j = 0; j < 32; ++j) {
        target[j] = low_scale * static_cast<float>(nibbles[j] & 15) - low_minimum;
        target[j + 32] = high_scale * static_cast<float>(nibbles[j] >> 4) - high_minimum;
      }
    }
  }
}

void dequantise_q5_k(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ5_K>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    const float scale = block->scale.value();
    const float minimum = block->minimum.value();
    for (std::size_t pair = 0; pair < 4; ++pair, target += 64) {
      const GroupScale low = group_scale(block->groups, 2 * pair);
      const GroupScale high = group_scale(block->groups, 2 * pair + 1);
      const float low_scale = scale * static_cast<float>(low.scale);
      const float low_minimum = minimum * static_cast<float>(low.minimum);
      const float high_scale = scale * static_cast<float>(high.scale);
      const float high_minimum = minimum * static_cast<float>(high.minimum);
      const std::uint8_t* const nibbles = block->nibbles.data() + 32 * pair;
      const auto low_bit = static_cast<int>(2 * pair);
      for (std::size_t j = 0; j < 32; ++j) {
        const int fifth = block->high[j] >> low_bit;
        target[j] = low_scale * static_cast<float>((nibbles[j] & 15) + ((fifth & 1) << 4)) - low_minimum;
        target[j + 32] = high_scale * static_cast<float>((nibbles[j] >> 4) + ((fifth & 2) << 3)) - high_minimum;
      }
    }
  }
}

void dequantise_q6_k(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockQ6_K>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    const float scale = block->scale.value();
    for (std::size_t half = 0; half < 2; ++half, target += 128) {
      for (std::size_t part = 0; part < 2; ++part) {  // groups are 16 elements wide, the bytes' order 32
        const std::int8_t* const groups = block->groups.data() + 8 * half + part;
        const float scale0 = scale * static_cast<float>(groups[0]);
        const float scale1 = scale * static_cast<float>(groups[2]);
        const float scale2 = scale * static_cast<float>(groups[4]);
        const float scale3 = scale * static_cast<float>(groups[6]);
        const std::uint8_t* const low = block->low.data() + 64 * half + 16 * part;
        const std::uint8_t* const high = block->high.data() + 32 * half + 16 * part;
        float* const out = target + 16 * part;
        for (std::size_t j = 0; j < 16; ++j) {
          const int top = high[j];
          out[j] = scale0 * static_cast<float>(((low[j] & 15) | ((top & 3) << 4)) - 32);
          out[j + 32] = scale1 * static_cast<float>(((low[j + 32] & 15) | ((top & 12) << 2)) - 32);
          out[j + 64] = scale2 * static_cast<float>(((low[j] >> 4) | (top & 48)) - 32);
          out[j + 96] = scale3 * static_cast<float>(((low[j + 32] >> 4) | ((top & 192) >> 2)) - 32);
        }
      }
    }
  }
}

}  // namespace sotto::engine
