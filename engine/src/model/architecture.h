// A model's shape and settings as data: read from the file's keys, every value checked, together with what its family
// does (family.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/gguf.h"
#include "model/family.h"
#include "ops/rope.h"

namespace sotto::engine {

// What differs from layer to layer.
struct LayerKind {
  bool rope = true;
  bool local = false;  // a sliding window, and the local RoPE where there is one
};

struct Architecture {
  const Family* family = nullptr;
  int layers = 0;
  int embedding = 0;  // width of the residual stream
  int heads = 0;
  int kv_heads = 0;      // divides heads; = heads: multi-head, 1: multi-query
  int key_dim = 0;       // of a head
  int value_dim = 0;     // of a head
  int feed_forward = 0;  // of an expert, where there are experts
  int experts = 0;       // 0: none
  int experts_used = 0;  // for each token
  int vocabulary = 0;
  int context = 0;  // tokens the model was trained for
  float norm_epsilon = 1e-5F;
  Positions positions = Positions::rope;
  bool parallel = false;  // attention and feed-forward read the stream at once; stablelm: known with the weights
  float embedding_scale = 1;
  float stream_scale = 1;     // of the stream, where what a block gives is added to it
  float swish_beta = 1;       // of x sigmoid(beta x)
  float residual_scale = 1;   // of what a block adds to the stream
  float attention_scale = 1;  // of scores
  float logit_scale = 1;
  float attention_softcap = 0;  // 0: none
  float logit_softcap = 0;
  float clamp = 0;               // of queries, keys and values; 0: none
  float alibi = 8;               // the greatest slope's exponent
  int window = 0;                // tokens that local layers see; 0: all
  std::vector<LayerKind> kinds;  // [layers]
  RopeSettings rope;             // without its factors, which are tensors
  RopeSettings local_rope;
};

// Throws Error format (a key is missing, of another type, or out of its range; the message names it) or unsupported.
[[nodiscard]] Architecture read_architecture(const GgufFile& file);

}  // namespace sotto::engine
