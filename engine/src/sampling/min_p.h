// Min-p (Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs"): the tokens
// at least min_p times as likely as the likeliest.
#pragma once

#include "sampling/candidates.h"

namespace sotto::engine {

// min_p <= 0: off; the likeliest always stays. O(n).
[[nodiscard]] std::span<Candidate> min_p(std::span<Candidate> candidates, float minimum);

}  // namespace sotto::engine
