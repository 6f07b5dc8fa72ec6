// The decoder-only transformer of LLaMA (Touvron et al. 2023, section 2.2): pre-normalisation with RMSNorm, rotary
// embeddings, grouped-query attention, SwiGLU.
#pragma once

#include <functional>
#include <span>

#include "model/architecture.h"
#include "model/kv_cache.h"
#include "model/weights.h"
#include "ops/linear.h"
#include "ops/op_context.h"
#include "ops/rope.h"
#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// The activations of one forward pass; T tokens, padded.
// Thread guarantee: one thread at a time; the weights are shared.
class Transformer {
 public:
  // Tokens of a call at the most; activations take about 4 (3 embedding + 2 feed_forward + 2 heads key_dim) bytes each.
  static constexpr int kMaxTokens = 288;

  Transformer(const Architecture& architecture, const Weights& weights, OpContext& context);

  // Reads `tokens` (1 to kMaxTokens) at positions state.length() and on, and appends them to the state. What a token
  // leaves in the state depends, to the bit, on the state, the token and the phase, not on how many are read at once.
  // False, and the state as before, when the context was stopped. `layer_done` is called after each layer with its
  // number from 1. Throws Error memory when the state cannot grow.
  bool forward(Phase phase, std::span<const Token> tokens, KvCache& state,
               const std::function<void(int)>& layer_done = {});

  // logits [vocabulary] of the token number `index` of the last forward, computed as in decode; meaningless when the
  // context was stopped.
  void logits(int index, std::span<float> logits);
  // logits [count][vocabulary], room for padded_rows(count) rows, of the last forward's tokens first and on, computed
  // as in prefill; false when stopped.
  bool logits(int first, int count, float* logits);

 private:
  void embed(std::span<const Token> tokens);
  void attention_block(Phase phase, const LayerWeights& layer, int index, int position, int count, KvCache& state);
  void feed_forward_block(Phase phase, const LayerWeights& layer, int count);
  void norm(const float* x, const std::vector<float>& weight, int count, float* y);
  void add_to_stream(const float* x, int count);

  const Architecture& a_;
  const Weights& w_;
  OpContext& context_;
  RopeTable rope_;
  FloatBuffer stream_;       // [T][embedding], the residual stream
  FloatBuffer normed_;       // [T][embedding]
  FloatBuffer query_;        // [T][heads][key_dim]
  FloatBuffer key_, value_;  // [T][kv_heads][key_dim or value_dim]
  FloatBuffer mixed_;        // [T][heads][value_dim], what attention gives
  FloatBuffer gate_, up_;    // [T][feed_forward]
  FloatBuffer delta_;        // [T][embedding], what a block adds to the stream
};

}  // namespace sotto::engine
