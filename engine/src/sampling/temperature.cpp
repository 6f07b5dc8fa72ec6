#include "sampling/temperature.h"

#include <algorithm>
#include <limits>

namespace sotto::engine {

std::span<Candidate> temperature(std::span<Candidate> candidates, float value) {
  if (candidates.empty()) return candidates;
  const Candidate top = best(candidates);
  if (value <= 0.0F) return keep_until(candidates, top);
  for (Candidate& candidate : candidates) {
    candidate.logit = std::max((candidate.logit - top.logit) / value, std::numeric_limits<float>::lowest());
  }
  return candidates;
}

}  // namespace sotto::engine
