#include "support/quantise.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "ops/half.h"
#include "ops/quant_blocks.h"
#include "ops/tensor_type.h"

namespace sotto::test {
namespace {

using engine::HalfBytes;

HalfBytes half(float value) {
  const std::uint16_t bits = engine::float_to_half(value);
  return {{static_cast<std::uint8_t>(bits & 255U), static_cast<std::uint8_t>(bits >> 8U)}};
}

std::uint16_t bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16U & 1U)) >> 16U);
}

// round(value / step) within [low, high]; 0 for a step of 0.
int level(float value, float step, int low, int high) {
  if (step == 0) return std::clamp(0, low, high);
  return static_cast<int>(std::clamp(std::round(value / step), static_cast<float>(low), static_cast<float>(high)));
}

float largest_by_magnitude(std::span<const float> values) {
  return *std::ranges::max_element(values, {}, [](float value) { return std::abs(value); });
}

std::uint8_t pair(int low, int high) { return static_cast<std::uint8_t>(low | high << 4); }

void quantise(std::span<const float> values, engine::BlockQ8_0& block) {
  block.scale = half(std::abs(largest_by_magnitude(values)) / 127);
  for (std::size_t i = 0; i < 32; ++i) {
    block.values[i] = static_cast<std::int8_t>(level(values[i], block.scale.value(), -127, 127));
  }
}

// The 4 or 5 bits of 32 elements, split into nibbles and high bits.
void store(const std::array<int, 32>& levels, std::array<std::uint8_t, 16>& nibbles,
           std::array<std::uint8_t, 4>* high) {
  for (std::size_t j = 0; j < 16; ++j) nibbles[j] = pair(levels[j] & 15, levels[j + 16] & 15);
  if (high == nullptr) return;
  high->fill(0);
  for (std::size_t j = 0; j < 32; ++j) {
    (*high)[j / 8] = static_cast<std::uint8_t>((*high)[j / 8] | (levels[j] >> 4 & 1) << (j % 8));
  }
}

// scale * (q - half_range)
template <typename Block>
void quantise_symmetric(std::span<const float> values, Block& block, int half_range,
                        std::array<std::uint8_t, 4>* high) {
  block.scale = half(largest_by_magnitude(values) / static_cast<float>(-half_range));
  std::array<int, 32> levels{};
  for (std::size_t i = 0; i < 32; ++i) {
    levels[i] = level(values[i], block.scale.value(), -half_range, half_range - 1) + half_range;
  }
  store(levels, block.nibbles, high);
}

// scale * q + minimum
template <typename Block>
void quantise_with_minimum(std::span<const float> values, Block& block, int range, std::array<std::uint8_t, 4>* high) {
  const auto [low, top] = std::ranges::minmax(values);
  block.minimum = half(low);
  block.scale = half((top - low) / static_cast<float>(range));
  std::array<int, 32> levels{};
  for (std::size_t i = 0; i < 32; ++i) {
    levels[i] = level(values[i] - block.minimum.value(), block.scale.value(), 0, range);
  }
  store(levels, block.nibbles, high);
}

void quantise(std::span<const float> values, engine::BlockQ4_0& block) {
  quantise_symmetric(values, block, 8, nullptr);
}
void quantise(std::span<const float> values, engine::BlockQ5_0& block) {
  quantise_symmetric(values, block, 16, &block.high);
}
void quantise(std::span<const float> values, engine::BlockQ4_1& block) {
  quantise_with_minimum(values, block, 15, nullptr);
}
void quantise(std::span<const float> values, engine::BlockQ5_1& block) {
  quantise_with_minimum(values, block, 31, &block.high);
}

// The inverse of engine::group_scale.
void pack_groups(const std::array<int, 8>& scales, const std::array<int, 8>& minima,
                 std::array<std::uint8_t, 12>& packed) {
  for (std::size_t g = 0; g < 4; ++g) {
    packed[g] = static_cast<std::uint8_t>(scales[g] | (scales[g + 4] >> 4) << 6);
    packed[g + 4] = static_cast<std::uint8_t>(minima[g] | (minima[g + 4] >> 4) << 6);
    packed[g + 8] = static_cast<std::uint8_t>((scales[g + 4] & 15) | (minima[g + 4] & 15) << 4);
  }
}

// The levels of 256 elements in groups of 32 with a scale and a minimum each; fills the block's scales.
template <typename Block>
std::array<int, 256> quantise_groups(std::span<const float> values, Block& block, int range) {
  std::array<float, 8> scales{};
  std::array<float, 8> minima{};
  for (std::size_t g = 0; g < 8; ++g) {
    const auto [low, top] = std::ranges::minmax(values.subspan(32 * g, 32));
    minima[g] = -std::min(low, 0.0F);
    scales[g] = (std::max(top, 0.0F) + minima[g]) / static_cast<float>(range);
  }
  block.scale = half(std::ranges::max(scales) / 63);
  block.minimum = half(std::ranges::max(minima) / 63);
  std::array<int, 8> group_scales{};
  std::array<int, 8> group_minima{};
  std::array<int, 256> levels{};
  for (std::size_t g = 0; g < 8; ++g) {
    group_scales[g] = level(scales[g], block.scale.value(), 0, 63);
    group_minima[g] = level(minima[g], block.minimum.value(), 0, 63);
    const float step = block.scale.value() * static_cast<float>(group_scales[g]);
    const float minimum = block.minimum.value() * static_cast<float>(group_minima[g]);
    for (std::size_t i = 32 * g; i < 32 * g + 32; ++i) levels[i] = level(values[i] + minimum, step, 0, range);
  }
  pack_groups(group_scales, group_minima, block.groups);
  for (std::size_t p = 0; p < 4; ++p) {
    for (std::size_t j = 0; j < 32; ++j) {
      block.nibbles[32 * p + j] = pair(levels[64 * p + j] & 15, levels[64 * p + 32 + j] & 15);
    }
  }
  return levels;
}

void quantise(std::span<const float> values, engine::BlockQ4_K& block) { quantise_groups(values, block, 15); }

void quantise(std::span<const float> values, engine::BlockQ5_K& block) {
  const std::array<int, 256> levels = quantise_groups(values, block, 31);
  for (std::size_t j = 0; j < 32; ++j) {
    int bits = 0;
    for (std::size_t g = 0; g < 8; ++g) bits |= (levels[32 * g + j] >> 4) << g;
    block.high[j] = static_cast<std::uint8_t>(bits);
  }
}

void quantise(std::span<const float> values, engine::BlockQ6_K& block) {
  std::array<float, 16> scales{};
  for (std::size_t g = 0; g < 16; ++g) scales[g] = largest_by_magnitude(values.subspan(16 * g, 16)) / -32;
  block.scale = half(std::abs(largest_by_magnitude(scales)) / 127);
  std::array<int, 256> levels{};
  for (std::size_t g = 0; g < 16; ++g) {
    block.groups[g] = static_cast<std::int8_t>(level(scales[g], block.scale.value(), -127, 127));
    const float step = block.scale.value() * static_cast<float>(block.groups[g]);
    for (std::size_t i = 16 * g; i < 16 * g + 16; ++i) levels[i] = level(values[i], step, -32, 31) + 32;
  }
  for (std::size_t h = 0; h < 2; ++h) {
    const auto at = [&](std::size_t i) { return levels[128 * h + i]; };
    for (std::size_t j = 0; j < 64; ++j) block.low[64 * h + j] = pair(at(j) & 15, at(j + 64) & 15);
    for (std::size_t j = 0; j < 32; ++j) {
      block.high[32 * h + j] = static_cast<std::uint8_t>(at(j) >> 4 | (at(j + 32) >> 4) << 2 | (at(j + 64) >> 4) << 4 |
                                                         (at(j + 96) >> 4) << 6);
    }
  }
}

template <typename Block>
std::string blocks(std::span<const float> values, std::size_t elements) {
  std::string bytes(values.size() / elements * sizeof(Block), '\0');
  for (std::size_t i = 0; i * elements < values.size(); ++i) {
    Block block;
    quantise(values.subspan(i * elements, elements), block);
    std::memcpy(bytes.data() + i * sizeof(Block), &block, sizeof(Block));
  }
  return bytes;
}

template <typename Convert>
std::string sixteen_bits(std::span<const float> values, Convert convert) {
  std::string bytes(2 * values.size(), '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t bits = convert(values[i]);
    std::memcpy(bytes.data() + 2 * i, &bits, sizeof(bits));
  }
  return bytes;
}

}  // namespace

std::size_t block_elements(WeightType type) { return engine::traits(static_cast<engine::TensorType>(type)).block_size; }

std::string quantise(WeightType type, std::span<const float> values) {
  if (values.size() % block_elements(type) != 0) {
    throw std::invalid_argument(std::to_string(values.size()) + " values do not fill whole blocks");
  }
  switch (type) {
    case WeightType::f32:
      return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
    case WeightType::f16:
      return sixteen_bits(values, engine::float_to_half);
    case WeightType::bf16:
      return sixteen_bits(values, bfloat);
    case WeightType::q4_0:
      return blocks<engine::BlockQ4_0>(values, 32);
    case WeightType::q4_1:
      return blocks<engine::BlockQ4_1>(values, 32);
    case WeightType::q5_0:
      return blocks<engine::BlockQ5_0>(values, 32);
    case WeightType::q5_1:
      return blocks<engine::BlockQ5_1>(values, 32);
    case WeightType::q8_0:
      return blocks<engine::BlockQ8_0>(values, 32);
    case WeightType::q4_k:
      return blocks<engine::BlockQ4_K>(values, 256);
    case WeightType::q5_k:
      return blocks<engine::BlockQ5_K>(values, 256);
    case WeightType::q6_k:
      return blocks<engine::BlockQ6_K>(values, 256);
  }
  throw std::invalid_argument("unknown tensor type");
}

}  // namespace sotto::test
