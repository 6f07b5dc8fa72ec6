#include "sampling/candidates.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sotto::engine {

std::span<Candidate> make_candidates(std::span<const float> logits, std::vector<Candidate>& storage) {
  if (storage.size() < logits.size()) storage.resize(logits.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    storage[kept] = {static_cast<Token>(i), std::min(logits[i], std::numeric_limits<float>::max())};
    kept += logits[i] >= std::numeric_limits<float>::lowest() ? 1 : 0;
  }
  return std::span(storage).first(kept);
}

std::vector<Candidate> make_candidates(std::span<const float> logits) {
  std::vector<Candidate> candidates;
  candidates.resize(make_candidates(logits, candidates).size());
  return candidates;
}

Candidate best(std::span<const Candidate> candidates) noexcept {
  return *std::min_element(candidates.begin(), candidates.end(), better);
}

std::span<Candidate> keep_until(std::span<Candidate> candidates, const Candidate& last) noexcept {
  const auto end = std::remove_if(candidates.begin(), candidates.end(),
                                  [&](const Candidate& candidate) { return better(last, candidate); });
  return candidates.first(static_cast<std::size_t>(end - candidates.begin()));
}

std::vector<double> probabilities(std::span<const Candidate> candidates) {
  std::vector<double> result(candidates.size());
  if (candidates.empty()) return result;
  const double largest = best(candidates).logit;
  double total = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    result[i] = std::exp(candidates[i].logit - largest);
    total += result[i];
  }
  for (double& probability : result) probability /= total;
  return result;
}

}  // namespace sotto::engine
