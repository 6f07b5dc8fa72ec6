#include "text/pattern_automaton.h"

#include <algorithm>
#include <numeric>

namespace sotto::engine {

PatternAutomaton::PatternAutomaton(std::span<const std::string> patterns, Direction direction) : nodes_(1) {
  struct Origin {
    std::int32_t parent = 0;
    unsigned char byte = 0;
  };
  std::vector<Origin> origins(1);
  for (std::size_t index = 0; index < patterns.size(); ++index) {
    const std::string& pattern = patterns[index];
    if (pattern.empty()) continue;
    std::int32_t state = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const std::size_t at = direction == Direction::forward ? i : pattern.size() - 1 - i;
      const auto byte = static_cast<unsigned char>(pattern[at]);
      const std::int32_t* known = state == 0 ? &root_[byte] : edges_.find(key(state, byte));
      if (known != nullptr && *known != 0) {
        state = *known;
        continue;
      }
      const auto added = static_cast<std::int32_t>(nodes_.size());
      nodes_.push_back({0, static_cast<std::int32_t>(i + 1), -1});
      origins.push_back({state, byte});
      if (state == 0) {
        root_[byte] = added;
      } else {
        edges_.insert(key(state, byte), added);
      }
      state = added;
    }
    Node& end = nodes_[static_cast<std::size_t>(state)];
    if (end.match < 0) end.match = static_cast<std::int32_t>(index);
  }

  // Shorter strings first, as a failure leads to a shorter one.
  std::vector<std::size_t> order(nodes_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return nodes_[a].depth < nodes_[b].depth; });
  for (const std::size_t at : order) {
    Node& node = nodes_[at];
    if (node.depth > 1) {
      const Origin& origin = origins[at];
      node.fail = step(nodes_[static_cast<std::size_t>(origin.parent)].fail, origin.byte);
    }
    if (node.match < 0) node.match = nodes_[static_cast<std::size_t>(node.fail)].match;
  }
}

}  // namespace sotto::engine
