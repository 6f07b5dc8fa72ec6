// Holds back the text of a reply that may be the beginning of a stop string.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/pattern_automaton.h"

namespace sotto::engine {

// Fed with whole UTF-8 characters (utf8_stream) it gives whole characters. The stop string that is complete first ends
// the reply; of several that are complete with the same character the longest, so that no part of any is left over.
// What comes out does not depend on how the text was cut, and the cost is linear in the text whatever the stop strings
// are. Thread guarantee: one thread at a time.
class StopStringFilter {
 public:
  // Stop strings that are empty or not UTF-8 never match.
  explicit StopStringFilter(const std::vector<std::string>& stop_strings);

  // The text of a reply that goes on, given away before; first of all, in pieces as they please. A stop string that
  // begins in it and is completed later still ends the reply; one that is complete in it did not.
  void goes_on_from(std::string_view text);

  // The text that is final now. Nothing comes after a stop string.
  [[nodiscard]] std::string push(std::string_view text);

  // At the end of a reply without a stop string: the text that was held back.
  [[nodiscard]] std::string finish();

  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

 private:
  [[nodiscard]] std::size_t kept(std::size_t size, std::size_t count) const noexcept;

  std::vector<std::string> patterns_;
  PatternAutomaton automaton_;
  std::string held_;       // from begin_ on
  std::size_t begin_ = 0;  // what lies before has been given away; removed now and then, to stay linear
  int state_ = 0;
  bool stopped_ = false;
};

}  // namespace sotto::engine
