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
// Packed weights are multiplied with so many tokens at a time in prefill: some of their columns stay in a core's cache
// while a piece's rows are gone through, which are at most so many.
constexpr std::size_t kTokensAtOnce = 288;
constexpr std::size_t kRowsAtOnce = 128;
constexpr std::size_t kPiecesOfThread = 4;
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
        product_(kernels().packed_product(weight.type)),
        group_bytes_(packed_bytes(weight.type, weight.dims[0])),
        row_bytes_(columns_ / traits_.block_size * traits_.block_bytes) {
    if (bias != nullptr) {
      bias_.resize(rows_);
      traits(bias->type).dequantise(bias->data, bias_.data(), rows_ / traits(bias->type).block_size);
    }
  }

  [[nodiscard]] int inputs() const noexcept override { return static_cast<int>(columns_); }
  [[nodiscard]] int outputs() const noexcept override { return static_cast<int>(rows_); }

  [[nodiscard]] std::size_t row_bytes() const noexcept override {
    return is_packed() ? group_bytes_ / kPackedRows : row_bytes_;
  }

  [[nodiscard]] std::size_t packable_bytes() const noexcept override {
    return product_ == nullptr ? 0 : (rows_ + kPackedRows - 1) / kPackedRows * group_bytes_;
  }
  [[nodiscard]] std::span<const std::byte> source() const noexcept override { return {weight_, rows_ * row_bytes_}; }
  [[nodiscard]] bool is_packed() const noexcept override { return packed_ != nullptr; }

  void pack(ThreadTeam& team, std::uint8_t* memory, std::size_t first, std::size_t last) const override {
    const std::size_t start = first / kPackedRows, groups = (last + kPackedRows - 1) / kPackedRows - start;
    team.parallel_for(
        groups, std::max<std::size_t>(1, kPieceBytes / group_bytes_), [&](std::size_t from, std::size_t to) {
          for (std::size_t g = start + from; g < start + to; ++g) {
            pack_rows(traits_.type, weight_ + g * kPackedRows * row_bytes_, row_bytes_,
                      std::min(kPackedRows, rows_ - g * kPackedRows), columns_, memory + g * group_bytes_);
          }
        });
  }
  void use_packed(const std::uint8_t* memory) override { packed_ = memory; }

  void rows(const Activations& x, std::size_t first, std::size_t last, float* y) const override {
    if (is_packed()) {
      packed_rows(*x.quantised, x.tokens, first, last, y);
    } else {
      const std::size_t sums = (columns_ + 31) / 32;
      for (std::size_t t = 0; t < x.tokens; ++t) {
        gemv_(weight_ + first * row_bytes_, row_bytes_, last - first, columns_, x.x + t * columns_, x.sums + t * sums,
              y + t * rows_ + first);
      }
    }
    for (std::size_t t = 0; t < x.tokens; ++t) {
      float* out = y + t * rows_;
      if (scale_ != 1) {
        for (std::size_t r = first; r < last; ++r) out[r] *= scale_;
      }
      if (bias_.empty()) continue;
      for (std::size_t r = first; r < last; ++r) out[r] += bias_[r];
    }
  }

  void matrix(OpContext& context, const Activations& x, float* y) const override {
    if (!is_packed()) return panels(context, x.x, static_cast<int>(x.tokens), y);
    const std::size_t share = rows_ / (static_cast<std::size_t>(context.team.threads()) * kPiecesOfThread);
    const std::size_t step = 2 * kPackedRows;
    const std::size_t grain = std::clamp(share / step * step, step, kRowsAtOnce);
    context.team.parallel_for(rows_, grain, [&](std::size_t first, std::size_t last) {
      Activations part = x;
      for (std::size_t t = 0; t < x.tokens && !context.stopped(); t += kTokensAtOnce) {
        const QuantisedRows tokens = x.quantised->from(t);
        part.quantised = &tokens;
        part.tokens = std::min(kTokensAtOnce, x.tokens - t);
        rows(part, first, last, y + t * rows_);
      }
    });
  }

 private:
  void packed_rows(const QuantisedRows& x, std::size_t tokens, std::size_t first, std::size_t last, float* y) const {
    const std::size_t whole = last / kPackedRows;
    product_(packed_ + first / kPackedRows * group_bytes_, whole - first / kPackedRows, x, tokens, y + first, rows_);
    const std::size_t rest = last - whole * kPackedRows;
    for (std::size_t t = 0; rest > 0 && t < tokens; ++t) {
      float group[kPackedRows];
      product_(packed_ + whole * group_bytes_, 1, x.from(t), 1, group, kPackedRows);
      std::copy_n(group, rest, y + t * rows_ + whole * kPackedRows);
    }
  }

  // Each piece is a panel of rows: a thread dequantises it and multiplies it while it is in its cache.
  void panels(OpContext& context, const float* x, int tokens, float* y) const {
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

  const std::byte* weight_;
  float scale_;
  std::size_t columns_, rows_;
  const TensorTypeTraits& traits_;
  Kernels::Gemv gemv_;
  PackedProduct product_;
  std::size_t group_bytes_;
  std::size_t row_bytes_;
  const std::uint8_t* packed_ = nullptr;
  std::vector<float> bias_;
};

// The forms of x that the layers read.
Activations prepare(OpContext& context, std::span<const LinearJob> jobs, const float* x, std::size_t tokens) {
  const auto columns = static_cast<std::size_t>(jobs.front().layer->inputs());
  Activations result{.tokens = tokens, .x = x};
  const auto packed = [](const LinearJob& job) { return job.layer->is_packed(); };
  if (std::ranges::any_of(jobs, packed)) {
    result.quantised = &context.quantised.quantise(context.team, context.kernel, x, tokens, columns);
  }
  return result;
}

// For layers that are not packed, in decode.
void add_sums(OpContext& context, Activations& x, std::size_t columns) {
  const std::size_t blocks = (columns + 31) / 32;
  context.sums.resize(x.tokens * blocks);
  for (std::size_t t = 0; t < x.tokens; ++t) {
    const float* row = x.x + t * columns;
    for (std::size_t b = 0; b < blocks; ++b) {
      float total = 0;
      for (std::size_t c = b * 32; c < std::min(columns, b * 32 + 32); ++c) total += row[c];
      context.sums.data()[t * blocks + b] = total;
    }
  }
  x.sums = context.sums.data();
}

// All layers in one parallel region.
void all_rows(OpContext& context, std::span<const LinearJob> jobs, const Activations& x) {
  struct Part {
    const LinearJob* job;
    std::size_t rows, piece, first_piece;
  };
  std::vector<Part> parts;
  std::size_t pieces = 0;
  for (const LinearJob& job : jobs) {
    const auto rows = static_cast<std::size_t>(job.layer->outputs());
    const std::size_t groups = kPieceBytes / std::max<std::size_t>(1, job.layer->row_bytes() * kPackedRows);
    const std::size_t piece = std::max<std::size_t>(1, groups) * kPackedRows;
    parts.push_back({&job, rows, piece, pieces});
    pieces += (rows + piece - 1) / piece;
  }
  context.team.parallel_for(pieces, 1, [&](std::size_t first, std::size_t last) {
    for (std::size_t p = first; p < last && !context.stopped(); ++p) {
      const Part& part =
          *std::prev(std::ranges::upper_bound(parts, p, {}, [](const Part& each) { return each.first_piece; }));
      const std::size_t from = (p - part.first_piece) * part.piece;
      part.job->layer->rows(x, from, std::min(part.rows, from + part.piece), part.job->y);
    }
  });
}

}  // namespace

void forward_all(OpContext& context, Phase phase, std::span<const LinearJob> jobs, const float* x, int tokens) {
  Activations activations = prepare(context, jobs, x, static_cast<std::size_t>(tokens));
  if (phase == Phase::prefill) {
    for (const LinearJob& job : jobs) job.layer->matrix(context, activations, job.y);
    return;
  }
  const bool all_packed = std::ranges::all_of(jobs, [](const LinearJob& job) { return job.layer->is_packed(); });
  if (!all_packed) add_sums(context, activations, static_cast<std::size_t>(jobs.front().layer->inputs()));
  all_rows(context, jobs, activations);
}

void forward(OpContext& context, Phase phase, const Linear& layer, const float* x, int tokens, float* y) {
  const LinearJob job{&layer, y};
  forward_all(context, phase, {&job, 1}, x, tokens);
}

std::unique_ptr<Linear> make_linear(const GgufTensor& weight, const GgufTensor* bias, float scale) {
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
