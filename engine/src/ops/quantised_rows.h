// Activations as eight-bit integers: x is about scale times value for each 32 neighbours, as llama.cpp's Q8_0 and Q8_1
// have them (ggml's ggml-quants.c).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sotto::engine {

// A view of some tokens' rows. `columns` is a multiple of 32.
struct QuantisedRows {
  std::size_t columns = 0;
  const std::int8_t* all_values = nullptr;         // [tokens][columns], -127 to 127
  const float* all_scales = nullptr;               // [tokens][columns / 32]
  const float* all_sums = nullptr;                 // [tokens][columns / 32]: scale times the sum of the values
  const std::int32_t* all_minus_sums = nullptr;    // [tokens][columns / 32]: minus the sum of the values
  const std::int32_t* all_minus_halves = nullptr;  // [tokens][columns / 16]

  [[nodiscard]] const std::int8_t* values(std::size_t token) const noexcept { return all_values + token * columns; }
  [[nodiscard]] const float* scales(std::size_t token) const noexcept { return all_scales + token * (columns / 32); }
  [[nodiscard]] const float* sums(std::size_t token) const noexcept { return all_sums + token * (columns / 32); }
  [[nodiscard]] const std::int32_t* minus_sums(std::size_t token) const noexcept {
    return all_minus_sums + token * (columns / 32);
  }
  [[nodiscard]] const std::int32_t* minus_halves(std::size_t token) const noexcept {
    return all_minus_halves + token * (columns / 16);
  }
  [[nodiscard]] QuantisedRows from(std::size_t token) const noexcept {
    return {columns, values(token), scales(token), sums(token), minus_sums(token), minus_halves(token)};
  }
};

struct Kernels;
class ThreadTeam;

// Room for them, used again and again.
class QuantisedBuffer {
 public:
  // x [tokens][columns], quantised; valid until the next call. Throws std::bad_alloc.
  const QuantisedRows& quantise(ThreadTeam& team, const Kernels& kernel, const float* x, std::size_t tokens,
                                std::size_t columns);

 private:
  std::vector<std::int8_t> values_;
  std::vector<float> scales_, sums_;
  std::vector<std::int32_t> minus_sums_, minus_halves_;
  QuantisedRows rows_;
};

}  // namespace sotto::engine
