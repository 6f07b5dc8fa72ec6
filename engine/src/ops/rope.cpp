#include "ops/rope.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace sotto::engine {

namespace {

// The dimension whose wave turns `turns` times within the original context.
double yarn_dimension(const RopeSettings& s, double turns) {
  return s.dims * std::log(s.original_context / (turns * 2 * std::numbers::pi)) / (2 * std::log(s.base));
}

}  // namespace

RopeTable::RopeTable(RopeSettings settings, int context)
    : settings_(std::move(settings)), magnitude_(settings_.magnitude) {
  using Scaling = RopeSettings::Scaling;
  const RopeSettings& s = settings_;
  double base = s.base;
  if (s.scaling == Scaling::dynamic && context > s.original_context) {
    const double longer = s.scale * context / s.original_context - (s.scale - 1);
    base *= std::pow(longer, static_cast<double>(s.dims) / (s.dims - 2));
  }
  const bool beyond = !s.long_factors.empty() && context > s.original_context;
  const std::vector<float>& factors = beyond ? s.long_factors : s.factors;
  // YaRN: waves that turn often keep their frequency, slow ones are stretched, and between is a ramp.
  double low = 0, high = 0;
  if (s.scaling == Scaling::yarn) {
    low = std::max(0.0, std::floor(yarn_dimension(s, s.beta_fast)));
    high = std::min(s.dims - 1.0, std::ceil(yarn_dimension(s, s.beta_slow)));
    magnitude_ *= 1 + 0.1 * std::log(s.scale);
  }
  for (int i = 0; i < s.dims / 2; ++i) {
    double frequency = std::pow(base, -2.0 * i / s.dims);
    if (!factors.empty()) frequency /= factors[static_cast<std::size_t>(i)];
    if (s.scaling == Scaling::linear) frequency /= s.scale;
    if (s.scaling == Scaling::yarn) {
      const double stretched = std::clamp((i - low) / std::max(0.001, high - low), 0.0, 1.0);
      frequency *= 1 - stretched + stretched / s.scale;
    }
    frequencies_.push_back(frequency);
  }
}

void RopeTable::prepare(int first_position, int count) {
  count_ = count;
  const std::size_t half = frequencies_.size();
  cos_.resize(half * static_cast<std::size_t>(count));
  sin_.resize(cos_.size());
  for (std::size_t t = 0; t < static_cast<std::size_t>(count); ++t) {
    for (std::size_t i = 0; i < half; ++i) {
      const double angle = (first_position + static_cast<double>(t)) * frequencies_[i];
      cos_[t * half + i] = static_cast<float>(magnitude_ * std::cos(angle));
      sin_[t * half + i] = static_cast<float>(magnitude_ * std::sin(angle));
    }
  }
}

void RopeTable::rotate(OpContext& context, float* x, int heads, int head_dim) const {
  const std::size_t half = frequencies_.size();
  const bool interleaved = settings_.pairs == RopePairs::interleaved;
  const std::size_t step = interleaved ? 2 : 1, other = interleaved ? 1 : half;
  context.team.parallel_for(static_cast<std::size_t>(count_), 16, [&](std::size_t first, std::size_t last) {
    for (std::size_t t = first; t < last; ++t) {
      const float* c = cos_.data() + t * half;
      const float* s = sin_.data() + t * half;
      for (int h = 0; h < heads; ++h) {
        float* v = x + (t * static_cast<std::size_t>(heads) + static_cast<std::size_t>(h)) *
                           static_cast<std::size_t>(head_dim);
        for (std::size_t i = 0; i < half; ++i) {
          const float a = v[i * step], b = v[i * step + other];
          v[i * step] = a * c[i] - b * s[i];
          v[i * step + other] = a * s[i] + b * c[i];
        }
      }
    }
  });
}

}  // namespace sotto::engine
