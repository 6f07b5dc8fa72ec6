// The tokens that may still be chosen. Every filter takes such a list and returns the leading part of it that survives;
// the list stays in the order of the token ids, so nothing is ever sorted as a whole and what is drawn does not
// depend on how a filter finds its cut.
#pragma once

#include <span>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

struct Candidate {
  Token id = 0;
  float logit = 0;  // finite

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// The order in which filters prefer candidates: the larger logit first, among equals the lower id. A total order.
[[nodiscard]] constexpr bool better(const Candidate& a, const Candidate& b) noexcept {
  return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

// Candidates of `logits` [vocabulary] in the order of their ids: -infinity and NaN are left out, +infinity counts as
// the largest float, so that everything downstream is finite.
[[nodiscard]] std::vector<Candidate> make_candidates(std::span<const float> logits);

// The same into `storage`, which is made large enough; the result lies in it. A megabyte fresh from the system for
// every token costs more than all the filters.
[[nodiscard]] std::span<Candidate> make_candidates(std::span<const float> logits, std::vector<Candidate>& storage);

// The best of a list that is not empty.
[[nodiscard]] Candidate best(std::span<const Candidate> candidates) noexcept;

// Moves the candidates that are not worse than `last` to the front, their order kept, and returns that part.
[[nodiscard]] std::span<Candidate> keep_until(std::span<Candidate> candidates, const Candidate& last) noexcept;

// Softmax over the list, in its order; sums to 1.
[[nodiscard]] std::vector<double> probabilities(std::span<const Candidate> candidates);

}  // namespace sotto::engine
