#include "text/unigram_lattice.h"

#include <algorithm>
#include <limits>

#include "text/utf8.h"

namespace sotto::engine {
namespace {

std::uint64_t edge(std::int32_t node, char byte) {
  return static_cast<std::uint64_t>(node) << 8U | static_cast<unsigned char>(byte);
}

}  // namespace

void UnigramLattice::add(std::string_view piece, Token token, double score) {
  if (piece.empty() || piece.size() > longest_piece) return;
  std::int32_t node = 0;
  for (const char byte : piece) {
    if (const std::int32_t* next = edges_.find(edge(node, byte))) {
      node = *next;
    } else {
      const auto made = static_cast<std::int32_t>(nodes_.size());
      edges_.insert(edge(node, byte), made);
      nodes_.emplace_back();
      node = made;
    }
  }
  nodes_[static_cast<std::size_t>(node)] = {token, score};
}

UnigramLattice::Cut UnigramLattice::longest(std::string_view text) const {
  Cut cut;
  std::int32_t node = 0;
  for (std::size_t end = 0; end < text.size(); ++end) {
    const std::int32_t* next = edges_.find(edge(node, text[end]));
    if (next == nullptr) break;
    node = *next;
    const Token token = nodes_[static_cast<std::size_t>(node)].token;
    if (token >= 0) cut = {0, end + 1, token};
  }
  return cut;
}

std::vector<UnigramLattice::Cut> UnigramLattice::best(std::string_view text) const {
  // The best way to come to each place: by which token, from where.
  struct Best {
    double score = -std::numeric_limits<double>::infinity();
    std::int32_t from = 0;
    Token token = -1;
  };
  std::vector<Best> best(text.size() + 1);
  best[0].score = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = std::min(next_utf8(text.substr(at)).length, text.size() - at);
    const auto come = [&](std::size_t to, double score, Token token) {
      if (best[at].score + score > best[to].score) {
        best[to] = {best[at].score + score, static_cast<std::int32_t>(at), token};
      }
    };
    bool single = false;  // the character is a piece
    std::int32_t node = 0;
    for (std::size_t end = at; end < text.size(); ++end) {
      const std::int32_t* next = edges_.find(edge(node, text[end]));
      if (next == nullptr) break;
      node = *next;
      const Node& found = nodes_[static_cast<std::size_t>(node)];
      if (found.token < 0) continue;
      single = single || end + 1 - at == length;
      come(end + 1, found.score, found.token);
    }
    if (!single) come(at + length, unknown_score_, -1);
    at += length;
  }
  std::vector<Cut> cuts;
  for (std::size_t end = text.size(); end > 0;) {
    const Best& step = best[end];
    const auto begin = static_cast<std::size_t>(step.from);
    if (step.token < 0 && !cuts.empty() && cuts.back().token < 0) {
      cuts.back().begin = begin;
    } else {
      cuts.push_back({begin, end, step.token});
    }
    end = begin;
  }
  std::reverse(cuts.begin(), cuts.end());
  return cuts;
}

}  // namespace sotto::engine
