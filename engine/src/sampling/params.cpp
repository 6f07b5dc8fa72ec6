#include <algorithm>
#include <cmath>

#include "sotto/engine/sampling.h"

namespace sotto::engine {

SamplingParams clamped(SamplingParams params) {
  const SamplingParams defaults;
  const auto limit = [](float& value, float standard, float low, float high) {
    value = std::isnan(value) ? standard : std::clamp(value, low, high);
  };
  limit(params.temperature, defaults.temperature, 0.0F, 10.0F);
  limit(params.top_p, defaults.top_p, 0.0F, 1.0F);
  limit(params.min_p, defaults.min_p, 0.0F, 1.0F);
  limit(params.repeat_penalty, defaults.repeat_penalty, 0.1F, 10.0F);
  limit(params.frequency_penalty, defaults.frequency_penalty, -10.0F, 10.0F);
  limit(params.presence_penalty, defaults.presence_penalty, -10.0F, 10.0F);
  params.top_k = std::max(params.top_k, 0);
  params.penalty_window = std::max(params.penalty_window, 0);
  return params;
}

LiveSampling::LiveSampling(const SamplingParams& params) : current_{clamped(params), 0} {}

std::uint64_t LiveSampling::set(const SamplingParams& params) {
  const SamplingParams wanted = clamped(params);
  const std::lock_guard lock(mutex_);
  if (wanted != current_.params) {
    current_.params = wanted;
    ++current_.revision;
  }
  return current_.revision;
}

LiveSampling::Snapshot LiveSampling::snapshot() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace sotto::engine
