#include "ops/linear.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>
#include <vector>

#include "io/printable.h"
#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

// A panel is at most this large, to stay in a core's cache between dequantising and multiplying, and at most this part
// of the matrix, so that threads share the work. Neither depends on the number of threads: nor do the results.
constexpr std::size_t kPanelFloats = 1U << 18;
constexpr std::size_t kPanels = 8;
constexpr std::size_t kPanelStep = 16;
// Weights that a thread claims at a time in decode.
constexpr std::size_t kPieceBytes = 64U << 10;

class BlockLinear final : public Linear {
 public:
  BlockLinear(const GgufTensor& weight, const GgufTensor* bias, float scale)
      : weight_(weight.data),
        scale_(scale),
        columns_(weight.dims[0]),
        rows_(weight.dims[1]),
        traits_(traits(weight.type)),
        gemv_(kernels().gemv(weight.type)),
        row_bytes_(columns_ / traits_.block_size * traits_.block_bytes) {
    if (bias != nullptr) {
      bias_.resize(rows_);
      traits(bias->type).dequantise(bias->data, bias_.data(), rows_ / traits(bias->type).block_size);
    }
  }

  [[nodiscard]] int inputs() const noexcept override { return static_cast<int>(columns_); }
  [[nodiscard]] int outputs() const noexcept override { return static_cast<int>(rows_); }

  [[nodiscard]] std::size_t row_bytes() const noexcept override { return row_bytes_; }

  void vector_rows(const float* x, const float* sums, std::size_t first, std::size_t last, float* y) const override {
    gemv_(weight_ + first * row_bytes_, row_bytes_, last - first, columns_, x, sums, y + first);
    if (scale_ != 1) {
      for (std::size_t r = first; r < last; ++r) y[r] *= scale_;
    }
    if (bias_.empty()) return;
    for (std::size_t r = first; r < last; ++r) y[r] += bias_[r];
  }

  // Each piece is a panel of rows: a thread dequantises it and multiplies it while it is in its cache.
  void matrix(OpContext& context, const float* x, int tokens, float* y) const override {
    const std::size_t step =
        std::min(rows_, std::clamp((rows_ / kPanels) / kPanelStep * kPanelStep, kPanelStep,
                                   std::max(kPanelStep, kPanelFloats / columns_ / kPanelStep * kPanelStep)));
    const int m = padded_rows(tokens), k = static_cast<int>(columns_);
    const auto& whole = context.matmul.prepare(m, static_cast<int>(step), k);
    const auto rest = static_cast<int>(rows_ % step);
    const auto& last_panel = rest == 0 ? whole : context.matmul.prepare(m, rest, k);
    const bool direct =
        traits_.type == TensorType::f32 && reinterpret_cast<std::uintptr_t>(weight_) % alignof(float) == 0;
    std::atomic<bool> failed{false};
    context.team.parallel_for(rows_, step, [&](std::size_t first, std::size_t last) {
      if (context.stopped()) return;
      thread_local FloatBuffer scratch, result;
      const std::byte* source = weight_ + first * row_bytes_;
      const float* panel = reinterpret_cast<const float*>(source);
      if (!direct) {
        if (!scratch.try_resize(step * columns_)) {
          failed = true;
          return;
        }
        traits_.dequantise(source, scratch.data(), (last - first) * (columns_ / traits_.block_size));
        panel = scratch.data();
      }
      const auto& primitive = last - first == step ? whole : last_panel;
      // Dense and then copied, so that matrices of all heights share a primitive.
      const std::size_t count = last - first;
      const bool dense = count == rows_;
      if (!dense && !result.try_resize(static_cast<std::size_t>(m) * count)) {
        failed = true;
        return;
      }
      if (!DnnlMatmul::run(primitive, x, panel, dense ? y : result.data())) failed = true;
      for (std::size_t t = 0; !dense && t < static_cast<std::size_t>(tokens); ++t) {
        std::memcpy(y + t * rows_ + first, result.data() + t * count, count * sizeof(float));
      }
    });
    if (failed) throw Error(ErrorCode::memory, "There is no memory left for computing; close other programs");
    if (scale_ != 1) context.kernel.scale(y, scale_, static_cast<std::size_t>(tokens) * rows_);
    if (bias_.empty()) return;
    for (std::size_t t = 0; t < static_cast<std::size_t>(tokens); ++t) {
      context.kernel.add(y + t * rows_, bias_.data(), rows_);
    }
  }

 private:
  const std::byte* weight_;
  float scale_;
  std::size_t columns_, rows_;
  const TensorTypeTraits& traits_;
  Kernels::Gemv gemv_;
  std::size_t row_bytes_;
  std::vector<float> bias_;
};

// Token number `token` through several layers with one parallel region.
void vector_jobs(OpContext& context, std::span<const LinearJob> jobs, const float* x, std::size_t token) {
  const auto columns = static_cast<std::size_t>(jobs.front().layer->inputs());
  context.sums.resize((columns + 31) / 32);
  for (std::size_t b = 0; b * 32 < columns; ++b) {
    float total = 0;
    for (std::size_t c = b * 32; c < std::min(columns, b * 32 + 32); ++c) total += x[c];
    context.sums.data()[b] = total;
  }
  std::size_t all = 0;
  for (const LinearJob& job : jobs) all += static_cast<std::size_t>(job.layer->outputs());
  const float* sums = context.sums.data();
  const std::size_t grain =
      std::max<std::size_t>(1, kPieceBytes / std::max<std::size_t>(1, jobs.front().layer->row_bytes()));
  context.team.parallel_for(all, grain, [&](std::size_t first, std::size_t last) {
    if (context.stopped()) return;
    std::size_t start = 0;
    for (const LinearJob& job : jobs) {
      const auto rows = static_cast<std::size_t>(job.layer->outputs());
      const std::size_t from = std::max(first, start), to = std::min(last, start + rows);
      if (from < to) job.layer->vector_rows(x, sums, from - start, to - start, job.y + token * rows);
      start += rows;
    }
  });
}

}  // namespace

void forward_all(OpContext& context, Phase phase, std::span<const LinearJob> jobs, const float* x, int tokens) {
  if (phase == Phase::prefill) {
    for (const LinearJob& job : jobs) job.layer->matrix(context, x, tokens, job.y);
    return;
  }
  const auto columns = static_cast<std::size_t>(jobs.front().layer->inputs());
  for (std::size_t t = 0; t < static_cast<std::size_t>(tokens) && !context.stopped(); ++t) {
    vector_jobs(context, jobs, x + t * columns, t);
  }
}

void forward(OpContext& context, Phase phase, const Linear& layer, const float* x, int tokens, float* y) {
  const LinearJob job{&layer, y};
  forward_all(context, phase, {&job, 1}, x, tokens);
}

std::unique_ptr<const Linear> make_linear(const GgufTensor& weight, const GgufTensor* bias, float scale) {
  for (const GgufTensor* tensor : {&weight, bias}) {
    if (tensor == nullptr) continue;
    if (traits(tensor->type).dequantise == nullptr || (tensor == &weight && kernels().gemv(tensor->type) == nullptr)) {
      throw Error(ErrorCode::unsupported,
                  "The tensor " + in_quotes(tensor->name) + " has the type " + std::string(traits(tensor->type).name) +
                      ", which this version cannot compute with.",
                  tensor->name);
    }
  }
  return std::make_unique<BlockLinear>(weight, bias, scale);
}

}  // namespace sotto::engine
