// Random weights and activations, and the kernels that this machine has, for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "ops/kernels.h"

namespace sotto::test {

using namespace sotto::engine;

inline std::vector<const Kernels*> tables() {
  std::vector<const Kernels*> all{portable_kernels()};
  for (const Kernels* table : {avx2_kernels(), avx512_kernels()}) {
    if (table != nullptr) all.push_back(table);
  }
  return all;
}

inline std::vector<float> random_floats(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

// Where a block keeps its f16 scales: random bits there would be NaN now and then.
inline std::vector<std::size_t> scale_offsets(TensorType type) {
  switch (type) {
    case TensorType::q4_1:
    case TensorType::q5_1:
    case TensorType::q4_k:
    case TensorType::q5_k:
      return {0, 2};
    case TensorType::q6_k:
      return {208};
    default:
      return {0};
  }
}

inline std::vector<std::byte> random_rows(TensorType type, std::size_t rows, std::size_t columns) {
  std::mt19937 random(7);
  const TensorTypeTraits& t = traits(type);
  const std::size_t blocks = rows * columns / t.block_size;
  std::vector<std::byte> bytes(blocks * t.block_bytes);
  if (t.block_size == 1) {
    const std::vector<float> values = random_floats(blocks, 3);
    for (std::size_t i = 0; i < blocks; ++i) {
      std::byte* target = bytes.data() + i * t.block_bytes;
      std::uint32_t bits = 0;
      std::memcpy(&bits, &values[i], 4);
      const auto top = static_cast<std::uint16_t>(bits >> 16);
      std::uint16_t half = 0;
      portable_kernels()->to_half(&values[i], &half, 1);
      if (type == TensorType::f32) std::memcpy(target, &bits, 4);
      if (type == TensorType::f16) std::memcpy(target, &half, 2);
      if (type == TensorType::bf16) std::memcpy(target, &top, 2);
    }
    return bytes;
  }
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() & 255U);
  for (std::size_t b = 0; b < blocks; ++b) {
    for (const std::size_t offset : scale_offsets(type)) {
      const float scale = 0.001F + static_cast<float>(random() % 100U) / 1000.0F;
      std::uint16_t half = 0;
      portable_kernels()->to_half(&scale, &half, 1);
      std::memcpy(bytes.data() + b * t.block_bytes + offset, &half, 2);
    }
  }
  return bytes;
}

}  // namespace sotto::test
