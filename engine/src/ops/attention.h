// Causal attention over the KV cache in tiles with an online softmax (Dao et al. 2022): memory grows with the tile,
// never with n x n. Multi-head, grouped-query and multi-query attention are one code: `heads` queries share `kv_heads`
// keys.
#pragma once

#include <span>
#include <vector>

#include "model/kv_cache.h"
#include "ops/op_context.h"

namespace sotto::engine {

// Which positions a query sees, as data. Query q sees key k where k <= q and both are near, or k is among the first
// that all see; and, within the prefix, whatever stands there.
//   causal:                 all zero
//   sliding window:         window tokens (Mistral, Gemma 2), the query's own included; banded (GPT-3) likewise
//   block-sparse:           block > 1: window and global count blocks (BigBird's without its random ones)
//   prefix:                 the first `prefix` tokens see each other (GLM, PrefixLM); they must be in one call
struct AttentionMask {
  int window = 0;  // 0: everything before
  int block = 1;
  int global = 0;
  int prefix = 0;

  [[nodiscard]] bool is_causal() const noexcept { return window == 0 && prefix == 0; }
  [[nodiscard]] bool sees(int query, int key) const noexcept {
    if (query < prefix && key < prefix) return true;
    if (key > query) return false;
    return window == 0 || query / block - key / block < window || key / block < global;
  }
};

struct AttentionShape {
  int heads = 0;                       // a multiple of the cache's kv_heads
  float scale = 1;                     // of the scores, 1 / sqrt(key_dim)
  float softcap = 0;                   // scores become cap tanh(score / cap) (Gemma 2); 0: they stay
  std::span<const float> slopes = {};  // [heads] of ALiBi (Press et al. 2022); empty: none
  AttentionMask mask = {};
};

// Slopes of ALiBi for `heads` heads, `greatest` (8) as the paper has it.
[[nodiscard]] std::vector<float> alibi_slopes(int heads, float greatest);

// Writes keys [count][kv_heads][key_dim] and values [count][kv_heads][value_dim] of one layer at positions first and
// on. The cache must have room (SequenceState::reserve).
void store_kv(OpContext& context, KvCache& cache, int layer, int first, int count, const float* keys,
              const float* values);

// out [count][heads][value_dim] for queries [count][heads][key_dim] at positions first and on, which see what the mask
// lets them. A query's result does not depend on the others of the call. Throws Error memory.
void attend(OpContext& context, KvCache& cache, int layer, const AttentionShape& shape, int first, int count,
            const float* queries, float* out);

}  // namespace sotto::engine
