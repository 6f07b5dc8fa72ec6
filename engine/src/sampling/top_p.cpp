#include "sampling/top_p.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sotto::engine {
namespace {

constexpr double rounding = 1e-6;
// A candidate this far below the best has a probability under e^-40; a whole vocabulary of them stays far under
// `rounding`.
constexpr float negligible = 40.0F;

// The last candidate of the nucleus within `range`, whose weights sum to `needed` or more (but for rounding): halves
// the range by its median and goes on in the half where the sum is reached. Reorders `range`.
Candidate last_of_nucleus(std::span<Candidate> range, float largest, double needed) {
  const auto weight = [largest](const Candidate& candidate) -> double { return std::exp(candidate.logit - largest); };
  while (range.size() > 1) {
    const std::size_t half = range.size() / 2;
    std::nth_element(range.begin(), range.begin() + static_cast<std::ptrdiff_t>(half), range.end(), better);
    double upper = 0;
    for (const Candidate& candidate : range.first(half)) upper += weight(candidate);
    if (upper >= needed) {
      range = range.first(half);
    } else {
      needed -= upper;
      range = range.subspan(half);
    }
  }
  return range.front();
}

}  // namespace

std::span<Candidate> top_p(std::span<Candidate> candidates, float p) {
  if (p >= 1.0F || candidates.size() <= 1) return candidates;
  const auto [lowest, highest] = std::minmax_element(candidates.begin(), candidates.end(),
                                                     [](const auto& a, const auto& b) { return a.logit < b.logit; });
  const float largest = highest->logit;
  const float depth = std::min(largest - lowest->logit, negligible);

  // Weights by logit, best first: finds the narrow band in which the sum passes p, so that only its few candidates
  // have to be put in order.
  constexpr std::size_t bands = 1024;
  std::array<double, bands> mass{};
  // Closer together than this they share one band, and a scale would overflow.
  const float scale = depth > 1e-6F ? static_cast<float>(bands - 1) / depth : 0.0F;
  const auto band_of = [=](const Candidate& candidate) {
    return static_cast<std::size_t>((largest - candidate.logit) * scale);
  };
  double total = 0;
  for (const Candidate& candidate : candidates) {
    if (largest - candidate.logit > depth) continue;
    const double weight = std::exp(candidate.logit - largest);
    mass[std::min(band_of(candidate), bands - 1)] += weight;
    total += weight;
  }
  double needed = (static_cast<double>(p) - rounding) * total;
  std::size_t band = 0;
  while (band + 1 < bands && mass[band] < needed) needed -= mass[band++];

  std::vector<Candidate> inside;
  for (const Candidate& candidate : candidates) {
    if (largest - candidate.logit > depth) continue;
    if (std::min(band_of(candidate), bands - 1) == band) inside.push_back(candidate);
  }
  if (inside.empty()) return candidates;
  return keep_until(candidates, last_of_nucleus(inside, largest, needed));
}

}  // namespace sotto::engine
