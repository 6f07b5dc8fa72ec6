// A linear layer y = W x (+ bias), whatever its weights are kept as.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "io/gguf.h"
#include "ops/op_context.h"

namespace sotto::engine {

// Some tokens' activations, in the forms that the layers concerned read; null where none does.
struct Activations {
  std::size_t tokens = 0;
  const float* x = nullptr;                  // [tokens][inputs]
  const float* sums = nullptr;               // [tokens][ceil(inputs / 32)], as in Kernels::Gemv
  const QuantisedRows* quantised = nullptr;  // the same rows
};

// Thread guarantee: immutable once it is packed or used; the context that calls pass belongs to one thread.
class Linear {
 public:
  virtual ~Linear() = default;

  [[nodiscard]] virtual int inputs() const noexcept = 0;             // columns of W
  [[nodiscard]] virtual int outputs() const noexcept = 0;            // rows of W
  [[nodiscard]] virtual std::size_t row_bytes() const noexcept = 0;  // read for one output

  // y[t][first..last), of y[tokens][outputs]; `first` a multiple of kPackedRows, and so is `last` unless it is
  // outputs(). May be called from several threads at once.
  virtual void rows(const Activations& x, std::size_t first, std::size_t last, float* y) const = 0;

  // y[tokens][outputs] = x[tokens][inputs] W^T + bias for many tokens. Both hold room for padded_rows(tokens) rows; the
  // padding's contents are meaningless. Returns early, y undefined, when the context is stopped.
  virtual void matrix(OpContext& context, const Activations& x, float* y) const = 0;

  // Weights in memory of their own instead of the file's, see packed_layout.h: faster, and rounded only where the
  // activations are quantised.
  [[nodiscard]] virtual std::size_t packable_bytes() const noexcept = 0;  // 0: it stays as it is
  [[nodiscard]] virtual std::span<const std::byte> source() const noexcept = 0;
  // Rows [first, last) into `memory`, of packable_bytes; `first` as in `rows`. Once all are there, use_packed.
  virtual void pack(ThreadTeam& team, std::uint8_t* memory, std::size_t first, std::size_t last) const = 0;
  virtual void use_packed(const std::uint8_t* memory) = 0;
  [[nodiscard]] virtual bool is_packed() const noexcept = 0;
};

// With weights that are not packed, prefill multiplies matrices, decode a vector for each token: quicker than
// dequantising for up to about three tokens. The two sum in different orders. The caller says which, so that a token's
// result depends on neither the other tokens of the call nor their number, but on its phase alone.
enum class Phase {
  prefill,
  decode
};

// y[tokens][outputs] = x[tokens][inputs] W^T + bias; x and y padded as for `matrix`.
void forward(OpContext& context, Phase phase, const Linear& layer, const float* x, int tokens, float* y);

// Several layers on the same input, as one parallel region where that pays (decode).
struct LinearJob {
  const Linear* layer;
  float* y;
};
void forward_all(OpContext& context, Phase phase, std::span<const LinearJob> jobs, const float* x, int tokens);

// Weights as they stand in the file, until they are packed: decode by a matrix-vector
// kernel on the blocks, prefill by oneDNN on panels of dequantised rows. What the tensors `weight` [outputs, inputs]
// and `bias` [outputs] (or null) point to must outlive it. W x is multiplied by `scale`. Throws Error unsupported for a
// type that cannot be computed with, naming tensor and type.
[[nodiscard]] std::unique_ptr<Linear> make_linear(const GgufTensor& weight, const GgufTensor* bias = nullptr,
                                                  float scale = 1);

}  // namespace sotto::engine
