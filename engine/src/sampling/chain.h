// The filters in their order: top-k, top-p, min-p, temperature.
#pragma once

#include "sampling/candidates.h"
#include "sotto/engine/sampling.h"

namespace sotto::engine {

// The penalties of `params` over the last params.penalty_window tokens of `history`.
void apply_penalties(std::span<float> logits, std::span<const Token> history, const SamplingParams& params);

// What is left of `candidates` after all filters; never empty when `candidates` is not.
[[nodiscard]] std::span<Candidate> filter(std::span<Candidate> candidates, const SamplingParams& params);

// The candidate whose share of the softmax holds `u` in [0, 1), shares laid out in the order of the list.
[[nodiscard]] Token draw(std::span<const Candidate> candidates, double u);

}  // namespace sotto::engine
