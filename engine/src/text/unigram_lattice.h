// Of all ways to cut a text into pieces the one of the highest probability (Kudo 2018), by Viterbi's algorithm.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"
#include "text/flat_map.h"

namespace sotto::engine {

// Thread guarantee: once built, immutable.
class UnigramLattice {
 public:
  struct Cut {
    std::size_t begin = 0;
    std::size_t end = 0;
    Token token = -1;  // none: no piece has these characters; neighbours are one cut
  };

  // Longer pieces are none of a real vocabulary, and would make every text's cutting as long as they are.
  static constexpr std::size_t longest_piece = 1024;  // bytes

  // `score`: the logarithm of its probability. A piece that is there already gets the new token. Empty ones are none,
  // and those longer than longest_piece are left out.
  void add(std::string_view piece, Token token, double score);
  // Of a character that no piece begins and ends with.
  void set_unknown_score(double score) { unknown_score_ = score; }

  [[nodiscard]] std::vector<Cut> best(std::string_view text) const;
  // The longest piece that `text` begins with; its token is -1 where there is none.
  [[nodiscard]] Cut longest(std::string_view text) const;

 private:
  // A trie of the pieces: from a node and a byte to the next node, which is a piece where its token is not negative.
  struct Node {
    Token token = -1;
    double score = 0;
  };
  FlatMap<std::int32_t> edges_;
  std::vector<Node> nodes_{Node()};
  double unknown_score_ = 0;
};

}  // namespace sotto::engine
