#include "sampling/top_k.h"

#include <algorithm>

namespace sotto::engine {

std::span<Candidate> top_k(std::span<Candidate> candidates, int k) {
  if (k <= 0 || static_cast<std::size_t>(k) >= candidates.size()) return candidates;
  const auto wanted = static_cast<std::size_t>(k);

  // The best so far wait in a small pool; whenever it is full its worse part goes, and with it everything that comes
  // later and is no better than the k-th. Nearly all of a vocabulary costs one comparison each.
  const std::size_t capacity = std::min(candidates.size(), 2 * wanted + 256);
  std::vector<Candidate> pool;
  pool.reserve(capacity);
  const auto shrink = [&] {
    std::nth_element(pool.begin(), pool.begin() + static_cast<std::ptrdiff_t>(wanted - 1), pool.end(), better);
    pool.resize(wanted);
  };
  bool bounded = false;
  Candidate bound;
  for (const Candidate& candidate : candidates) {
    if (bounded && !better(candidate, bound)) continue;
    pool.push_back(candidate);
    if (pool.size() < capacity) continue;
    shrink();
    bound = pool.back();
    bounded = true;
  }
  shrink();
  return keep_until(candidates, pool.back());
}

}  // namespace sotto::engine
