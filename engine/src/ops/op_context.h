// What the operations of one session share: threads, oneDNN's primitives, scratch memory, the stop token.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <vector>

#include "ops/dnnl_matmul.h"
#include "ops/kernels.h"
#include "ops/parallel.h"
#include "ops/quantised_rows.h"

namespace sotto::engine {

// Rows that matrix operands are padded to: few different shapes reach oneDNN's cache of primitives, and its kernels,
// which take 6 or 16 rows, have none left over that they would sum in another order.
inline constexpr int kRowPadding = 48;
[[nodiscard]] constexpr int padded_rows(int rows) { return (rows + kRowPadding - 1) / kRowPadding * kRowPadding; }

// Floats aligned for vector loads, zero at first.
class FloatBuffer {
 public:
  FloatBuffer() = default;
  explicit FloatBuffer(std::size_t size) { resize(size); }
  void resize(std::size_t size);                             // keeps nothing; never shrinks
  [[nodiscard]] bool try_resize(std::size_t size) noexcept;  // the same; false when there is no memory
  [[nodiscard]] float* data() noexcept { return data_.get(); }
  [[nodiscard]] const float* data() const noexcept { return data_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Free {
    void operator()(float* p) const noexcept;
  };
  std::unique_ptr<float[], Free> data_;
  std::size_t size_ = 0;
};

struct OpContext {
  explicit OpContext(int threads) : team(threads) {}

  ThreadTeam team;
  const Kernels& kernel = kernels();
  DnnlMatmul matmul;
  FloatBuffer sums;           // of each 32 neighbouring activations
  QuantisedBuffer quantised;  // activations for packed weights
  std::stop_token stop;

  // Once true, operations return without finishing; their results are then not to be used.
  [[nodiscard]] bool stopped() const { return stop.stop_requested(); }
};

}  // namespace sotto::engine
