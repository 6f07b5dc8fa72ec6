// Choosing the next token from the logits. The filters are pure functions in engine/src/sampling; this is their public
// face: the parameters, the live snapshot and the sampler.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// One set of sampling parameters, a plain value. Out of range values are clamped by `clamped`.
struct SamplingParams {
  bool greedy = false;             // take the largest logit; the filters below but the penalties are skipped
  float temperature = 0.7F;        // 0 to 10; 0 is greedy
  int top_k = 40;                  // 0: off
  float top_p = 0.92F;             // 0 to 1; 1: off (Holtzman et al. 2020)
  float min_p = 0.05F;             // 0 to 1; 0: off (Nguyen et al. 2024)
  float repeat_penalty = 1.05F;    // 0.1 to 10; 1: off (Keskar et al. 2019)
  float frequency_penalty = 0.0F;  // -10 to 10; 0: off
  float presence_penalty = 0.0F;   // -10 to 10; 0: off
  int penalty_window = 64;         // the last tokens that the penalties see, prompt included; 0: off

  friend bool operator==(const SamplingParams&, const SamplingParams&) = default;
};

// NaN becomes the default, everything else moves into its range.
[[nodiscard]] SamplingParams clamped(SamplingParams params);

// The parameters that a person moves while a reply is written. Thread guarantee: all members may be called from any
// thread; a snapshot is consistent. The engine takes exactly one snapshot a token.
class LiveSampling {
 public:
  struct Snapshot {
    SamplingParams params;
    std::uint64_t revision = 0;  // grows by one with every set that changes something
  };

  explicit LiveSampling(const SamplingParams& params = {});
  // Returns the revision from which on these parameters hold.
  std::uint64_t set(const SamplingParams& params);
  [[nodiscard]] Snapshot snapshot() const;

 private:
  mutable std::mutex mutex_;
  Snapshot current_;
};

// Draws the token with index `position` of a reply from `logits` [vocabulary]: penalties over the last
// `penalty_window` tokens of `history`, top-k, top-p, min-p, temperature, in this order. The randomness depends on
// (seed, position) only, so a reply that was stopped and continued is the reply that was not stopped.
// Pure; `logits` is scratch and changed. A NaN logit counts as -infinity. Throws invalid_argument when no token is left
// to choose (empty, or every logit -infinity or NaN).
[[nodiscard]] Token sample(std::span<float> logits, std::span<const Token> history, const SamplingParams& params,
                           std::uint64_t seed, std::uint64_t position);

}  // namespace sotto::engine
