#include "text/stop_string_filter.h"

#include <algorithm>

#include "text/utf8.h"

namespace sotto::engine {
namespace {

std::vector<std::string> usable(const std::vector<std::string>& stop_strings) {
  std::vector<std::string> patterns;
  for (const std::string& text : stop_strings) {
    if (!text.empty() && is_valid_utf8(text)) patterns.push_back(text);
  }
  return patterns;
}

}  // namespace

StopStringFilter::StopStringFilter(const std::vector<std::string>& stop_strings)
    : patterns_(usable(stop_strings)), automaton_(patterns_) {}

void StopStringFilter::goes_on_from(std::string_view text) {
  for (const char c : text) {
    state_ = automaton_.step(state_, static_cast<unsigned char>(c));
    if (automaton_.match(state_) >= 0) state_ = 0;
  }
}

std::string StopStringFilter::push(std::string_view text) {
  if (stopped_) return {};
  const std::size_t old = held_.size();
  held_.append(text);
  for (std::size_t i = old; i < held_.size(); ++i) {
    state_ = automaton_.step(state_, static_cast<unsigned char>(held_[i]));
    const int match = automaton_.match(state_);
    if (match < 0) continue;
    stopped_ = true;
    held_.resize(kept(i + 1, patterns_[static_cast<std::size_t>(match)].size()));
    return finish();
  }
  const std::size_t end = kept(held_.size(), static_cast<std::size_t>(automaton_.depth(state_)));
  std::string out = held_.substr(begin_, end - begin_);
  begin_ = end;
  if (begin_ > held_.size() / 2) {
    held_.erase(0, begin_);
    begin_ = 0;
  }
  return out;
}

// `size` less the last `count` bytes, but not less than what is given away: a stop string may have begun in that.
std::size_t StopStringFilter::kept(std::size_t size, std::size_t count) const noexcept {
  return std::max(begin_, size - std::min(size, count));
}

std::string StopStringFilter::finish() {
  std::string out = held_.substr(begin_);
  held_.clear();
  begin_ = 0;
  state_ = 0;
  return out;
}

}  // namespace sotto::engine
