// Byte-pair merging (Sennrich et al. 2016): again and again the neighbours whose merge ranks first become one, the
// leftmost of equals. Short texts by looking through all pairs, long ones with a heap, n log n.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

struct Symbol {
  std::int32_t begin = 0;   // in the text
  std::int32_t length = 0;  // bytes
  Token id = -1;            // -1: not a token by itself
  std::int32_t prev = -1;   // used while merging
  std::int32_t next = -1;
};

struct Merge {
  std::int32_t rank = -1;  // smaller goes first; -1: the two do not merge
  Token result = -1;
};

namespace detail {

template <typename Find>
void merge_short(std::vector<Symbol>& symbols, const Find& find, std::vector<Merge>& pairs) {
  pairs.resize(symbols.size());
  const auto look = [&](std::size_t left) { pairs[left] = find(symbols[left], symbols[left + 1]); };
  for (std::size_t i = 0; i + 1 < symbols.size(); ++i) look(i);
  while (symbols.size() > 1) {
    std::size_t best = symbols.size();
    std::int32_t best_rank = -1;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
      const std::int32_t rank = pairs[i].rank;
      if (rank >= 0 && (best_rank < 0 || rank < best_rank)) {
        best = i;
        best_rank = rank;
      }
    }
    if (best_rank < 0) return;
    symbols[best].length += symbols[best + 1].length;
    symbols[best].id = pairs[best].result;
    symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(best));
    if (best > 0) look(best - 1);
    if (best + 1 < symbols.size()) look(best);
  }
}

template <typename Find>
void merge_long(std::vector<Symbol>& symbols, const Find& find) {
  struct Candidate {
    std::int32_t rank;
    std::int32_t left;
    std::int32_t length;  // of both; symbols only grow, so that another sum means that one has changed
    Token result;
  };
  const auto later = [](const Candidate& a, const Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.left > b.left;
  };
  const auto at = [&](std::int32_t index) -> Symbol& { return symbols[static_cast<std::size_t>(index)]; };
  std::vector<Candidate> heap;
  const auto candidate = [&](std::int32_t left) {
    const Symbol& a = at(left);
    const Symbol& b = at(a.next);
    const Merge merge = find(a, b);
    if (merge.rank >= 0) heap.push_back({merge.rank, left, a.length + b.length, merge.result});
    return merge.rank >= 0;
  };
  const auto count = static_cast<std::int32_t>(symbols.size());
  for (std::int32_t i = 0; i < count; ++i) {
    at(i).prev = i - 1;
    at(i).next = i + 1 < count ? i + 1 : -1;
  }
  for (std::int32_t i = 0; i + 1 < count; ++i) candidate(i);
  std::make_heap(heap.begin(), heap.end(), later);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    const Candidate best = heap.back();
    heap.pop_back();
    Symbol& left = at(best.left);
    if (left.length == 0 || left.next < 0 || left.length + at(left.next).length != best.length) continue;
    Symbol& right = at(left.next);
    left.length = best.length;
    left.id = best.result;
    left.next = right.next;
    right.length = 0;
    if (left.next >= 0) at(left.next).prev = best.left;
    if (left.prev >= 0 && candidate(left.prev)) std::push_heap(heap.begin(), heap.end(), later);
    if (left.next >= 0 && candidate(best.left)) std::push_heap(heap.begin(), heap.end(), later);
  }
  std::erase_if(symbols, [](const Symbol& symbol) { return symbol.length == 0; });
}

}  // namespace detail

// `find` gives the Merge of two neighbours. `scratch` spares an allocation a word.
template <typename Find>
void merge_symbols(std::vector<Symbol>& symbols, const Find& find, std::vector<Merge>& scratch) {
  constexpr std::size_t few = 40;
  if (symbols.size() <= few) {
    detail::merge_short(symbols, find, scratch);
  } else {
    detail::merge_long(symbols, find);
  }
}

}  // namespace sotto::engine
