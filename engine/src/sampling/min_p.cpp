#include "sampling/min_p.h"

#include <algorithm>
#include <cmath>

namespace sotto::engine {

std::span<Candidate> min_p(std::span<Candidate> candidates, float minimum) {
  if (minimum <= 0.0F || candidates.empty()) return candidates;
  // p_i >= minimum * p_max, as logits.
  const float bound = best(candidates).logit + std::log(std::min(minimum, 1.0F));
  const auto end = std::remove_if(candidates.begin(), candidates.end(),
                                  [bound](const Candidate& candidate) { return candidate.logit < bound; });
  return candidates.first(static_cast<std::size_t>(end - candidates.begin()));
}

}  // namespace sotto::engine
