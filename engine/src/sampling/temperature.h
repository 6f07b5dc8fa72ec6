// Temperature (Ackley, Hinton and Sejnowski 1985, "A Learning Algorithm for Boltzmann Machines"): probabilities
// proportional to exp(logit / temperature).
#pragma once

#include "sampling/candidates.h"

namespace sotto::engine {

// Logits become (logit - largest) / temperature: 0 and less. temperature <= 0 keeps the best alone, which is greedy.
[[nodiscard]] std::span<Candidate> temperature(std::span<Candidate> candidates, float value);

}  // namespace sotto::engine
