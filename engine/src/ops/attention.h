// Causal attention over the KV cache in tiles with an online softmax (Dao et al. 2022): memory grows with the tile,
// never with n x n. Multi-head, grouped-query and multi-query attention are one code: `heads` queries share `kv_heads`
// keys.
#pragma once

#include "model/kv_cache.h"
#include "ops/op_context.h"

namespace sotto::engine {

struct AttentionShape {
  int heads = 0;    // a multiple of the cache's kv_heads
  float scale = 1;  // of the scores, 1 / sqrt(key_dim)
};

// Writes keys [count][kv_heads][key_dim] and values [count][kv_heads][value_dim] of one layer at positions first and
// on. The cache must have room (SequenceState::reserve).
void store_kv(OpContext& context, KvCache& cache, int layer, int first, int count, const float* keys,
              const float* values);

// out [count][heads][value_dim] for queries [count][heads][key_dim] at positions first and on, which see the positions
// up to their own. A query's result does not depend on the others of the call. Throws Error memory.
void attend(OpContext& context, KvCache& cache, int layer, const AttentionShape& shape, int first, int count,
            const float* queries, float* out);

}  // namespace sotto::engine
