// Finds many strings in one pass (Aho and Corasick 1975): stop strings in a reply, special tokens in a text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "text/flat_map.h"

namespace sotto::engine {

// Thread guarantee: immutable after construction. Memory: about 50 bytes for each byte of the patterns.
class PatternAutomaton {
 public:
  enum class Direction {
    forward,
    backward
  };

  // Backward automata are fed a text from its end to its beginning; a match then *begins* at the byte just fed. Empty
  // patterns match nowhere.
  explicit PatternAutomaton(std::span<const std::string> patterns, Direction direction = Direction::forward);

  // The state after `byte`; the first state is 0. Linear over a text.
  [[nodiscard]] int step(int state, unsigned char byte) const noexcept {
    while (state != 0) {
      if (const std::int32_t* next = edges_.find(key(state, byte))) return *next;
      state = nodes_[static_cast<std::size_t>(state)].fail;
    }
    return root_[byte];
  }

  // How many of the last bytes may be the beginning of a pattern.
  [[nodiscard]] int depth(int state) const noexcept { return nodes_[static_cast<std::size_t>(state)].depth; }

  // Index of the longest pattern that is complete with the last byte; -1: none.
  [[nodiscard]] int match(int state) const noexcept { return nodes_[static_cast<std::size_t>(state)].match; }

  [[nodiscard]] bool empty() const noexcept { return nodes_.size() == 1; }

 private:
  struct Node {
    std::int32_t fail = 0;
    std::int32_t depth = 0;
    std::int32_t match = -1;
  };
  static std::uint64_t key(int state, unsigned char byte) noexcept {
    return static_cast<std::uint64_t>(state) << 8 | byte;
  }

  std::vector<Node> nodes_;
  FlatMap<std::int32_t> edges_;  // of all states but the first
  std::array<std::int32_t, 256> root_{};
};

}  // namespace sotto::engine
