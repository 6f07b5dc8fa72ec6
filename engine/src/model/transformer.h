// The decoder-only transformer. As LLaMA has it (Touvron et al. 2023, section 2.2): pre-normalisation with RMSNorm,
// rotary embeddings, grouped-query attention, SwiGLU; other families differ by what Architecture says.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "model/architecture.h"
#include "model/kv_cache.h"
#include "model/weights.h"
#include "ops/attention.h"
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

  // `session_context`: tokens; some ways of extending RoPE depend on it.
  Transformer(const Architecture& architecture, const Weights& weights, OpContext& context, int session_context);

  // Reads `tokens` (1 to kMaxTokens; of a family with a prefix the whole prompt) at positions state.length() and on,
  // and appends them to the state. What a token leaves in the state depends, to the bit, on the state, the token and
  // the phase, not on how many are read at once. False, and the state as before, when the context was stopped.
  // `layer_done` is called after each layer with its number from 1. Throws Error memory when the state cannot grow.
  bool forward(Phase phase, std::span<const Token> tokens, KvCache& state,
               const std::function<void(int)>& layer_done = {});

  // logits [vocabulary] of the token number `index` of the last forward, computed as in decode; meaningless when the
  // context was stopped.
  void logits(int index, std::span<float> logits);
  // The same of `count` tokens from number `first` on: [count][vocabulary].
  void logits(int first, int count, std::span<float> logits);
  // logits [count][vocabulary], room for padded_rows(count) rows, of the last forward's tokens first and on, computed
  // as in prefill; false when stopped.
  bool logits(int first, int count, float* logits);

 private:
  struct Pass {
    Phase phase;
    int layer;     // its number
    int position;  // of the first token
    int count;     // of tokens
    KvCache& state;
  };
  void embed(std::span<const Token> tokens, int position);
  void sequential_block(const Pass& pass, const LayerWeights& layer);
  void after_sum_block(const Pass& pass, const LayerWeights& layer);
  void parallel_block(const Pass& pass, const LayerWeights& layer);
  // What each gives goes to delta_.
  void attention(const Pass& pass, const LayerWeights& layer, const float* x);
  void feed_forward(Phase phase, const LayerWeights& layer, const float* x, int count);

  void project(const Pass& pass, const LayerWeights& layer, const float* x);
  void dense(Phase phase, const FeedForward& ffn, const float* x, int count, float* y);
  void mixture(Phase phase, const LayerWeights& layer, const float* x, int count);
  void choose_experts(int count);

  // Rows of x as long as the norm is wide.
  void norm(const float* x, const Norm& norm, int rows, float* y);
  // The stream, or what the norm makes of it where there is one.
  const float* normed_stream(const Norm& norm, int count, FloatBuffer& buffer);
  // `post_norm` of what is added, `sum_norm` of the sum.
  void add_to_stream(const Norm& post_norm, int count, const Norm& sum_norm = {});
  void last_norm(std::size_t first, int count);
  void finish_logits(float* logits, std::size_t count) const;

  const Architecture& a_;
  const Weights& w_;
  OpContext& context_;
  RopeTable rope_, local_rope_;
  std::vector<float> slopes_;   // of ALiBi
  FloatBuffer stream_;          // [T][embedding], the residual stream
  FloatBuffer normed_, other_;  // [T][embedding]
  FloatBuffer query_;           // [T][heads][key_dim]
  FloatBuffer key_, value_;     // [T][kv_heads][key_dim or value_dim]
  FloatBuffer mixed_;           // [T][heads][value_dim], what attention gives
  FloatBuffer gate_, up_;       // [T][feed_forward]
  FloatBuffer delta_;           // [T][embedding], what a block adds to the stream

  // Experts: of each token those that it is sent to, and how much of each.
  struct Choice {
    int token;
    float weight;
  };
  FloatBuffer routes_;                        // [T][experts]
  std::vector<std::vector<Choice>> choices_;  // [experts]
  FloatBuffer gathered_, answer_;             // [T][embedding]
};

}  // namespace sotto::engine
