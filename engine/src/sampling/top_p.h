// Top-p, nucleus sampling (Holtzman, Buys, Du, Forbes and Choi 2020, "The Curious Case of Neural Text Degeneration"):
// the smallest set of the likeliest tokens whose probabilities reach p.
#pragma once

#include "sampling/candidates.h"

namespace sotto::engine {

// Probabilities are those of the list as it comes. p >= 1: off; at least the best stays. A sum short of p by no more
// than 1e-6 counts as reached: logits are floats, and their rounding must not add a token. O(n) on average.
[[nodiscard]] std::span<Candidate> top_p(std::span<Candidate> candidates, float p);

}  // namespace sotto::engine
