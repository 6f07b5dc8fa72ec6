// Speculation without a draft model: what followed when the last tokens stood there before is proposed to follow again
// ("prompt lookup", Saxena 2023; verified as in Leviathan et al. 2023). A proposal is only ever read beside the token
// that is certain: what is drawn is drawn from the same logits, to the bit, as without it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// `most` tokens as they followed the longest repetition of the end of `history` (of eight tokens or more the latest);
// empty where fewer than three tokens are repeated. Time grows with the history: about a microsecond for a thousand
// tokens. What goes on repeating is proposed again and again.
[[nodiscard]] std::vector<Token> looked_up(std::span<const Token> history, std::size_t most);

// How many tokens are worth proposing, learnt from what proposals cost and bring.
class DraftLength {
 public:
  // Of the next pass; 0: read the one token alone.
  [[nodiscard]] std::size_t next() noexcept;
  // A pass over a token and `drafted` proposals took `seconds`; the first `accepted` of them were drawn.
  void learn(std::size_t drafted, std::size_t accepted, double seconds) noexcept;

 private:
  std::size_t length_ = 4;
  double alone_ = 0;      // seconds of a pass over one token, smoothed; 0: not known
  double gain_ = 0;       // seconds that proposals have saved, two passes at the most; a pass behind they rest
  std::size_t rest_ = 0;  // passes without proposals that are left
  std::size_t pause_ = 8;
};

}  // namespace sotto::engine
