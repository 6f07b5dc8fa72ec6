// A model's weights, found in the file by name and checked for shape and type.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "io/gguf.h"
#include "model/architecture.h"
#include "ops/linear.h"

namespace sotto::engine {

// RMSNorm or LayerNorm, as the architecture has it.
struct Norm {
  std::vector<float> weight;  // empty: there is none
  std::vector<float> bias;    // empty: none
  int parts = 1;              // so many norms behind each other, the n-th for every n-th row (StableLM 2 12B's heads)
  [[nodiscard]] explicit operator bool() const noexcept { return !weight.empty(); }
};

// down(activation(gate(x)) * up(x)), or down(activation(up(x))) without a gate.
struct FeedForward {
  std::unique_ptr<Linear> gate;  // [F, E]; null: there is none
  std::unique_ptr<Linear> up;    // [F, E]
  Norm inner_norm;               // [F], before down (NormFormer)
  std::unique_ptr<Linear> down;  // [E, F]
};

// One block of the decoder. Shapes as [outputs, inputs]; E embedding, H heads, G kv_heads, D key_dim, V value_dim, F
// feed_forward.
struct LayerWeights {
  Norm attention_norm;                       // [E]; behind the sum, where the family has its norms there
  Norm attention_norm2;                      // [E]; attention reads this one instead (Falcon 40B)
  std::unique_ptr<Linear> query;             // [H D, E]
  std::unique_ptr<Linear> key;               // [G D, E]
  std::unique_ptr<Linear> value;             // [G V, E]
  Norm query_norm, key_norm;                 // [D] of each head, or [H D] and [G D] of all
  std::vector<float> head_scale;             // [H], of what heads give; empty: none (NormFormer)
  std::unique_ptr<Linear> attention_output;  // [E, H V]
  Norm post_attention_norm;                  // [E]
  Norm feed_forward_norm;                    // [E]
  FeedForward dense;                         // where there are no experts
  std::unique_ptr<Linear> router;            // [experts, E]
  std::vector<FeedForward> experts;
  Norm post_feed_forward_norm;  // [E]
};

// Thread guarantee: immutable once its layers are packed. The tensors stay in the file's mapping, which must outlive
// this.
struct Weights {
  const GgufTensor* embedding = nullptr;  // [vocabulary, E]; rows are dequantised when a token needs them
  const GgufTensor* positions = nullptr;  // [context, E], where positions are learned
  Norm embedding_norm;                    // [E]
  Norm output_norm;                       // [E]
  std::unique_ptr<Linear> output;         // [vocabulary, E]; the embedding again where the file has none (tied)
  std::vector<LayerWeights> layers;

  // All linear layers, in the order in which a token passes them.
  [[nodiscard]] std::vector<Linear*> linears() const;

  // What one token reads and multiplies with.
  struct Cost {
    std::uint64_t bytes = 0, products = 0;
  };
  [[nodiscard]] Cost cost_of_a_token(const Architecture& architecture) const;
};

// Fills in what of the architecture the tensors decide: vocabulary, the factors of RoPE, the context of learned
// positions. Throws Error format (a tensor is missing, or both shapes where one is wrong) or unsupported (its type, or
// a tensor that this engine does not know).
[[nodiscard]] Weights find_weights(const GgufFile& file, Architecture& architecture);

}  // namespace sotto::engine
