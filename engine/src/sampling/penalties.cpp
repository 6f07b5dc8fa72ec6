#include "sampling/penalties.h"

#include <algorithm>
#include <vector>

namespace sotto::engine {
namespace {

std::vector<Token> distinct(std::span<const Token> history) {
  std::vector<Token> tokens(history.begin(), history.end());
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return tokens;
}

float* logit_of(std::span<float> logits, Token token) {
  return token >= 0 && static_cast<std::size_t>(token) < logits.size() ? &logits[static_cast<std::size_t>(token)]
                                                                       : nullptr;
}

}  // namespace

void repetition_penalty(std::span<float> logits, std::span<const Token> history, float penalty) {
  if (penalty == 1.0F) return;
  for (const Token token : distinct(history)) {
    if (float* logit = logit_of(logits, token)) *logit = *logit > 0 ? *logit / penalty : *logit * penalty;
  }
}

void frequency_penalty(std::span<float> logits, std::span<const Token> history, float penalty) {
  if (penalty == 0.0F) return;
  for (const Token token : history) {
    if (float* logit = logit_of(logits, token)) *logit -= penalty;
  }
}

void presence_penalty(std::span<float> logits, std::span<const Token> history, float penalty) {
  if (penalty == 0.0F) return;
  for (const Token token : distinct(history)) {
    if (float* logit = logit_of(logits, token)) *logit -= penalty;
  }
}

}  // namespace sotto::engine
