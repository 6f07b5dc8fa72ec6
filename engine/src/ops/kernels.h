// The inner loops, one table for each instruction set, chosen once at run time. Every kernel computes a row in a fixed
// order that does not depend on other rows, the batch or the number of threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ops/activation.h"
#include "ops/packed_layout.h"
#include "ops/tensor_type.h"

namespace sotto::engine {

// As many operations in a row as an instruction set can do, to measure it by.
struct OpsLoop {
  std::uint32_t (*run)(std::size_t rounds);
  double ops_in_a_round;
};

struct Kernels {
  const char* name;  // "portable", "avx2", "avx512-vnni"

  // y[r] = sum over c of W[r][c] x[c] for `rows` rows of `row_bytes` each; `columns` is a multiple of the type's block.
  // `sums` [ceil(columns / 32)] holds the sum of each 32 neighbouring x, for the types with an offset or a minimum.
  using Gemv = void (*)(const std::byte* weights, std::size_t row_bytes, std::size_t rows, std::size_t columns,
                        const float* x, const float* sums, float* y);
  // Null for a type that the engine cannot compute with.
  Gemv (*gemv)(TensorType type);

  // The product with packed weights; null for a type that is not packed.
  PackedProduct (*packed_product)(TensorType type);
  // One row of QuantisedRows; `columns` is a multiple of 32.
  void (*quantise_row)(const float* x, std::size_t columns, std::int8_t* values, float* scales, float* sums,
                       std::int32_t* minus_sums, std::int32_t* minus_halves);

  // C[rows][n] = A[rows][k] B[k][n] (+ C when `accumulate`), n a multiple of 8; B is f32 or f16 (binary16 bits).
  void (*tile_f32)(std::size_t rows, std::size_t n, std::size_t k, const float* a, std::size_t lda, const float* b,
                   std::size_t ldb, float* c, std::size_t ldc, bool accumulate);
  void (*tile_f16)(std::size_t rows, std::size_t n, std::size_t k, const float* a, std::size_t lda,
                   const std::uint16_t* b, std::size_t ldb, float* c, std::size_t ldc, bool accumulate);

  // One step of the online softmax (Milakov and Gimelshein 2018) for one row: scores[n] become exp(scores - m), n a
  // multiple of 8; `maximum` and `total` are carried on, the result is the factor for what was summed before.
  float (*softmax_step)(float* scores, std::size_t n, float* maximum, float* total);

  void (*scale)(float* x, float factor, std::size_t n);  // x *= factor
  void (*add)(float* x, const float* y, std::size_t n);  // x += y
  // x = f(x) * up, or f(x) where `up` is null.
  void (*activate)(Activation f, float* x, const float* up, std::size_t n);
  void (*rms_norm)(const float* x, const float* weight, float epsilon, float* y, std::size_t n);
  // `bias` may be null.
  void (*layer_norm)(const float* x, const float* weight, const float* bias, float epsilon, float* y, std::size_t n);
  void (*to_half)(const float* x, std::uint16_t* y, std::size_t n);  // to nearest even

  OpsLoop int8_loop, f32_loop;
  // Reads them all, 256 at a time; the result means nothing.
  std::uint32_t (*read_bytes)(const std::uint8_t* p, std::size_t bytes);
};

// The best table that this machine can run, not above what the environment's SOTTO_ISA names ("avx2"; any other name:
// portable).
[[nodiscard]] const Kernels& kernels() noexcept;

// Null where the machine cannot run it.
[[nodiscard]] const Kernels* portable_kernels() noexcept;
[[nodiscard]] const Kernels* avx2_kernels() noexcept;
[[nodiscard]] const Kernels* avx512_kernels() noexcept;

}  // namespace sotto::engine
