// Top-k (Fan, Lewis and Dauphin 2018, "Hierarchical Neural Story Generation"): the k likeliest tokens.
#pragma once

#include "sampling/candidates.h"

namespace sotto::engine {

// k <= 0: off. Ties at the cut go to the lower ids. O(n) on average.
[[nodiscard]] std::span<Candidate> top_k(std::span<Candidate> candidates, int k);

}  // namespace sotto::engine
