#include <bit>
#include <cstdint>

#include "ops/dequantise.h"
#include "ops/iq_code_books.h"
#include "ops/quant_blocks.h"

namespace sotto::engine {
namespace {

// A code book with its levels in place of their numbers.
template <std::size_t Width, std::size_t Count, std::size_t Levels>
constexpr auto expanded(const std::array<std::uint16_t, Count>& codes, const std::array<std::int8_t, Levels>& levels) {
  constexpr unsigned bits = 16 / Width > 3 ? 3 : 2;
  std::array<std::array<std::int8_t, Width>, Count> book{};
  for (std::size_t i = 0; i < Count; ++i) {
    for (std::size_t j = 0; j < Width; ++j) book[i][j] = levels[(codes[i] >> (bits * j)) & ((1U << bits) - 1)];
  }
  return book;
}

constexpr auto kBook1 = expanded<8>(kGrid1, std::array<std::int8_t, 3>{-1, 0, 1});
constexpr std::array<std::int8_t, 3> kLevels2 = {8, 25, 43};
constexpr auto kBook2xxs = expanded<8>(kGrid2xxs, kLevels2);
constexpr auto kBook2xs = expanded<8>(kGrid2xs, kLevels2);
constexpr auto kBook2s = expanded<8>(kGrid2s, kLevels2);
constexpr auto kBook3xxs = expanded<4>(kGrid3xxs, std::array<std::int8_t, 8>{4, 12, 20, 28, 36, 44, 52, 62});
constexpr auto kBook3s = expanded<4>(kGrid3s, std::array<std::int8_t, 8>{1, 3, 5, 7, 9, 11, 13, 15});
constexpr std::array<std::int8_t, 16> kLevels4 = {-127, -104, -83, -65, -49, -35, -22, -10,
                                                  1,    13,   25,  38,  53,  69,  89,  113};
constexpr float kShift = 0.125F;  // of the IQ1 types' levels

std::uint32_t word(const std::uint8_t* bytes) noexcept {
  return bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8U | static_cast<std::uint32_t>(bytes[2]) << 16U |
         static_cast<std::uint32_t>(bytes[3]) << 24U;
}
std::uint32_t half_word(const std::uint8_t* bytes) noexcept {
  return bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8U;
}

// Seven bits of signs; the eighth makes the number of minuses even.
std::uint32_t eight_signs(std::uint32_t seven) noexcept {
  return seven | (static_cast<std::uint32_t>(std::popcount(seven)) & 1U) << 7U;
}

template <std::size_t Width>
void put(float* target, float scale, const std::array<std::int8_t, Width>& levels, std::uint32_t signs) noexcept {
  for (std::size_t j = 0; j < Width; ++j) {
    const float value = scale * static_cast<float>(levels[j]);
    target[j] = (signs >> j & 1U) != 0 ? -value : value;
  }
}

void put_shifted(float* target, float scale, std::uint32_t entry, bool minus) noexcept {
  const float shift = minus ? -kShift : kShift;
  for (std::size_t j = 0; j < 8; ++j) target[j] = scale * (static_cast<float>(kBook1[entry][j]) + shift);
}

}  // namespace

void dequantise_iq2_xxs(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ2_XXS>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    for (std::size_t group = 0; group < 8; ++group) {
      const std::uint8_t* const entries = block->groups.data() + 8 * group;
      const std::uint32_t rest = word(entries + 4);
      const float scale = block->scale.value() * (0.5F + static_cast<float>(rest >> 28U)) * 0.25F;
      for (std::size_t l = 0; l < 4; ++l, target += 8) {
        put(target, scale, kBook2xxs[entries[l]], eight_signs(rest >> (7 * l) & 127U));
      }
    }
  }
}

void dequantise_iq2_xs(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ2_XS>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    for (std::size_t eight = 0; eight < 32; ++eight, target += 8) {
      const auto scale_bits = static_cast<float>(block->groups[eight / 4] >> (eight % 4 < 2 ? 0 : 4) & 15);
      const std::uint32_t entry = half_word(block->entries.data() + 2 * eight);
      put(target, block->scale.value() * (0.5F + scale_bits) * 0.25F, kBook2xs[entry & 511U], eight_signs(entry >> 9U));
    }
  }
}

void dequantise_iq2_s(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ2_S>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    for (std::size_t eight = 0; eight < 32; ++eight, target += 8) {
      const auto scale_bits = static_cast<float>(block->groups[eight / 4] >> (eight % 4 < 2 ? 0 : 4) & 15);
      const std::uint32_t high = static_cast<std::uint32_t>(block->high[eight / 4]) >> (2 * (eight % 4)) & 3U;
      put(target, block->scale.value() * (0.5F + scale_bits) * 0.25F, kBook2s[block->entries[eight] | high << 8U],
          block->signs[eight]);
    }
  }
}

void dequantise_iq3_xxs(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ3_XXS>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    for (std::size_t group = 0; group < 8; ++group) {
      const std::uint8_t* const entries = block->entries.data() + 8 * group;
      const std::uint32_t rest = word(block->groups.data() + 4 * group);
      const float scale = block->scale.value() * (0.5F + static_cast<float>(rest >> 28U)) * 0.5F;
      for (std::size_t l = 0; l < 4; ++l, target += 8) {
        const std::uint32_t signs = eight_signs(rest >> (7 * l) & 127U);
        put(target, scale, kBook3xxs[entries[2 * l]], signs);
        put(target + 4, scale, kBook3xxs[entries[2 * l + 1]], signs >> 4U);
      }
    }
  }
}

void dequantise_iq3_s(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ3_S>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    for (std::size_t four = 0; four < 64; ++four, target += 4) {
      const int scale_bits = block->groups[four / 16] >> (four % 16 < 8 ? 0 : 4) & 15;
      const std::uint32_t high = static_cast<std::uint32_t>(block->high[four / 8]) >> (four % 8) & 1U;
      put(target, block->scale.value() * static_cast<float>(1 + 2 * scale_bits),
          kBook3s[block->entries[four] | high << 8U],
          static_cast<std::uint32_t>(block->signs[four / 2]) >> (four % 2 == 0 ? 0U : 4U));
    }
  }
}

void dequantise_iq1_s(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ1_S>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    for (std::size_t group = 0; group < 8; ++group) {
      const std::uint32_t rest = half_word(block->groups.data() + 2 * group);
      const float scale = block->scale.value() * static_cast<float>(2 * (rest >> 12U & 7U) + 1);
      for (std::size_t l = 0; l < 4; ++l, target += 8) {
        put_shifted(target, scale, block->entries[4 * group + l] | (rest >> (3 * l) & 7U) << 8U, (rest & 0x8000U) != 0);
      }
    }
  }
}

void dequantise_iq1_m(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ1_M>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    std::uint32_t bits = 0;  // of the scale
    for (unsigned part = 0; part < 4; ++part) {
      bits |= half_word(block->groups.data() + 2 * part) >> 12U << (4 * part);
    }
    const float block_scale = half_to_float(static_cast<std::uint16_t>(bits));
    for (std::size_t eight = 0; eight < 32; ++eight, target += 8) {
      const std::uint32_t scales = half_word(block->groups.data() + 2 * (eight / 8));
      const float scale = block_scale * static_cast<float>(2 * (scales >> (3 * (eight % 8 / 2)) & 7U) + 1);
      const std::uint32_t high = static_cast<std::uint32_t>(block->high[eight / 2]) >> (eight % 2 == 0 ? 0U : 4U) & 15U;
      put_shifted(target, scale, block->entries[eight] | (high & 7U) << 8U, (high & 8U) != 0);
    }
  }
}

void dequantise_iq4_nl(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ4_NL>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block, target += 32) {
    const float scale = block->scale.value();
    for (std::size_t j = 0; j < 16; ++j) {
      target[j] = scale * static_cast<float>(kLevels4[block->nibbles[j] & 15]);
      target[j + 16] = scale * static_cast<float>(kLevels4[block->nibbles[j] >> 4]);
    }
  }
}

void dequantise_iq4_xs(const std::byte* source, float* target, std::size_t blocks) {
  const auto* block = as_blocks<BlockIQ4_XS>(source);
  for (std::size_t i = 0; i < blocks; ++i, ++block) {
    const std::uint32_t high = half_word(block->groups_high.data());
    for (std::size_t group = 0; group < 8; ++group, target += 32) {
      const int low = block->groups_low[group / 2] >> (group % 2 == 0 ? 0 : 4) & 15;
      const int bits = low | static_cast<int>(high >> (2 * group) & 3U) << 4;
      const float scale = block->scale.value() * static_cast<float>(bits - 32);
      const std::uint8_t* const nibbles = block->nibbles.data() + 16 * group;
      for (std::size_t j = 0; j < 16; ++j) {
        target[j] = scale * static_cast<float>(kLevels4[nibbles[j] & 15]);
        target[j + 16] = scale * static_cast<float>(kLevels4[nibbles[j] >> 4]);
      }
    }
  }
}

}  // namespace sotto::engine
