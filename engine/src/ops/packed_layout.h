// How quantised weights stand in memory for decoding at the speed of memory: sixteen rows together, so that one vector
// register holds four columns of each and no row is summed across a register. Not a file format: made when a model is
// loaded.
//
// The bytes of 16 rows follow each other in units of 32 columns (of 256 where the type has groups). For 32 columns:
//   codes  4 x 64 bytes: byte 4r + j of vector v has column 8v + j of row r in its low, column 8v + 4 + j in its high
//          four bits. Eight-bit types: 8 x 64 bytes, byte 4r + j of vector c is column 4c + j.
//   fifth  64 bytes: bit c of byte 4r + j belongs to column 4c + j. Two more bits (Q6_K): 2 x 64 bytes, bits 2c and
//          2c + 1 of vector h belong to column 16h + 4c + j.
// and behind them what the type scales by, each 16 times, a row after the other: see packed_kernels.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/tensor_type.h"

namespace sotto::engine {

struct QuantisedRows;

inline constexpr std::size_t kPackedRows = 16;

// y[t][16 g + r] = sum over c of W[16 g + r][c] x[t][c] for `count` groups of 16 rows and `tokens` rows of x; y's rows
// are `stride` floats apart.
using PackedProduct = void (*)(const std::uint8_t* groups, std::size_t count, const QuantisedRows& x,
                               std::size_t tokens, float* y, std::size_t stride);

// Bytes of 16 rows of `columns` columns; 0 for a type that has no such layout.
[[nodiscard]] std::size_t packed_bytes(TensorType type, std::size_t columns) noexcept;

// Packs `rows` rows (at most 16; the others are zero) of `row_bytes` each.
void pack_rows(TensorType type, const std::byte* source, std::size_t row_bytes, std::size_t rows, std::size_t columns,
               std::uint8_t* target);

}  // namespace sotto::engine
