#include "session/prompt_lookup.h"

#include <algorithm>

namespace sotto::engine {
namespace {

constexpr std::size_t kShortest = 3, kLongest = 8;  // tokens of a repetition
constexpr std::size_t kMost = 7;                    // proposals: with the certain token eight rows
constexpr std::size_t kLongestPause = 256;          // passes

}  // namespace

std::vector<Token> looked_up(std::span<const Token> history, std::size_t most) {
  std::size_t best = kShortest - 1, next = 0;
  const std::size_t size = history.size();
  for (std::size_t end = size - std::min<std::size_t>(size, 1); end >= kShortest && best < kLongest; --end) {
    std::size_t same = 0;
    while (same < std::min(end, kLongest) && history[end - 1 - same] == history[size - 1 - same]) ++same;
    if (same > best) {
      best = same;
      next = end;
    }
  }
  std::vector<Token> tokens;
  while (next > 0 && tokens.size() < most) {
    const std::size_t i = next + tokens.size();
    tokens.push_back(i < size ? history[i] : tokens[i - size]);
  }
  return tokens;
}

std::size_t DraftLength::next() noexcept {
  if (alone_ == 0) return 0;
  if (rest_ > 0) {
    --rest_;
    return 0;
  }
  return length_;
}

void DraftLength::learn(std::size_t drafted, std::size_t accepted, double seconds) noexcept {
  if (drafted == 0) {
    alone_ = alone_ == 0 ? seconds : alone_ + (seconds - alone_) / 8;
    return;
  }
  if (accepted == drafted) length_ = std::min(kMost, length_ + 1);
  if (accepted == 0) length_ = std::max<std::size_t>(1, length_ / 2);
  const double saved = static_cast<double>(accepted + 1) * alone_ - seconds;
  gain_ = std::clamp(gain_ + saved, -2 * alone_, 2 * alone_);
  if (saved > 0) pause_ = 8;
  if (gain_ > -alone_) return;
  rest_ = pause_;
  pause_ = std::min(kLongestPause, pause_ * 2);
  gain_ = 0;
}

}  // namespace sotto::engine
