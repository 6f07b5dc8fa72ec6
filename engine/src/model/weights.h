// A model's weights, found in the file by name and checked for shape and type.
#pragma once

#include <memory>
#include <vector>

#include "io/gguf.h"
#include "model/architecture.h"
#include "ops/linear.h"

namespace sotto::engine {

// One block of the decoder. Shapes as [outputs, inputs]; E embedding, H heads, G kv_heads, D key_dim, V value_dim, F
// feed_forward.
struct LayerWeights {
  std::vector<float> attention_norm;               // [E]
  std::unique_ptr<const Linear> query;             // [H D, E]
  std::unique_ptr<const Linear> key;               // [G D, E]
  std::unique_ptr<const Linear> value;             // [G V, E]
  std::unique_ptr<const Linear> attention_output;  // [E, H V]
  std::vector<float> feed_forward_norm;            // [E]
  std::unique_ptr<const Linear> gate;              // [F, E]
  std::unique_ptr<const Linear> up;                // [F, E]
  std::unique_ptr<const Linear> down;              // [E, F]
};

// Thread guarantee: immutable. The tensors stay in the file's mapping, which must outlive this.
struct Weights {
  const GgufTensor* embedding = nullptr;  // [vocabulary, E]; rows are dequantised when a token needs them
  std::vector<float> output_norm;         // [E]
  std::unique_ptr<const Linear> output;   // [vocabulary, E]; the embedding again where the file has none (tied)
  std::vector<LayerWeights> layers;
};

// Fills in architecture.vocabulary and architecture.rope.factors. Throws Error format (a tensor is missing, or both
// shapes where one is wrong) or unsupported (its type, or a tensor that this engine does not know).
[[nodiscard]] Weights find_weights(const GgufFile& file, Architecture& architecture);

}  // namespace sotto::engine
