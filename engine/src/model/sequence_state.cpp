#include "model/sequence_state.h"

#include <algorithm>

namespace sotto::engine {

int SequenceState::prefix_length(std::span<const Token> tokens) const noexcept {
  const auto end = std::mismatch(tokens_.begin(), tokens_.end(), tokens.begin(), tokens.end()).first;
  return static_cast<int>(end - tokens_.begin());
}

void SequenceState::append(std::span<const Token> tokens) {
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
}

}  // namespace sotto::engine
