#include "ops/rope.h"

#include <cmath>
#include <utility>

namespace sotto::engine {

RopeTable::RopeTable(RopeSettings settings) : settings_(std::move(settings)) {
  for (int i = 0; i < settings_.dims / 2; ++i) {
    double frequency = std::pow(settings_.base, -2.0 * i / settings_.dims) / settings_.scale;
    if (!settings_.factors.empty()) frequency /= settings_.factors[static_cast<std::size_t>(i)];
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
      cos_[t * half + i] = static_cast<float>(std::cos(angle));
      sin_[t * half + i] = static_cast<float>(std::sin(angle));
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
