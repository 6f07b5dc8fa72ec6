#include "sampling/chain.h"

#include <algorithm>
#include <cmath>

#include "sampling/min_p.h"
#include "sampling/penalties.h"
#include "sampling/random.h"
#include "sampling/temperature.h"
#include "sampling/top_k.h"
#include "sampling/top_p.h"
#include "sotto/engine/error.h"

namespace sotto::engine {

void apply_penalties(std::span<float> logits, std::span<const Token> history, const SamplingParams& params) {
  const auto window = std::min(history.size(), static_cast<std::size_t>(std::max(params.penalty_window, 0)));
  const auto seen = history.last(window);
  repetition_penalty(logits, seen, params.repeat_penalty);
  frequency_penalty(logits, seen, params.frequency_penalty);
  presence_penalty(logits, seen, params.presence_penalty);
}

std::span<Candidate> filter(std::span<Candidate> candidates, const SamplingParams& params) {
  candidates = top_k(candidates, params.top_k);
  candidates = top_p(candidates, params.top_p);
  candidates = min_p(candidates, params.min_p);
  return temperature(candidates, params.temperature);
}

Token draw(std::span<const Candidate> candidates, double u) {
  const float largest = best(candidates).logit;
  std::vector<float> weights(candidates.size());
  double total = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    weights[i] = std::exp(candidates[i].logit - largest);
    total += weights[i];
  }
  // Rounding may leave the walk just short of `target` at the end: then the last token that has a share is meant.
  double target = u * total;
  Token chosen = candidates.front().id;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (weights[i] <= 0) continue;
    chosen = candidates[i].id;
    target -= weights[i];
    if (target < 0) break;
  }
  return chosen;
}

Token sample(std::span<float> logits, std::span<const Token> history, const SamplingParams& params, std::uint64_t seed,
             std::uint64_t position) {
  const SamplingParams used = clamped(params);
  apply_penalties(logits, history, used);
  thread_local std::vector<Candidate> storage;
  const std::span<Candidate> candidates = make_candidates(logits, storage);
  if (candidates.empty()) {
    throw Error(ErrorCode::invalid_argument, "There is no token left to choose: the model gave no finite logit.",
                "logits");
  }
  if (used.greedy || used.temperature <= 0) return best(candidates).id;
  return draw(filter(candidates, used), uniform(seed, position));
}

}  // namespace sotto::engine
