// What differs between models of the LLaMA family, as data: read from the file's keys, every value checked.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/gguf.h"
#include "ops/rope.h"

namespace sotto::engine {

// What a family does that its files' keys do not say. One row for each general.architecture; families follow as rows.
struct Family {
  std::string_view name;
  RopePairs rope_pairs;
};

struct Architecture {
  const Family* family = nullptr;
  int layers = 0;
  int embedding = 0;  // width of the residual stream
  int heads = 0;
  int kv_heads = 0;   // divides heads; = heads: multi-head, 1: multi-query
  int key_dim = 0;    // of a head
  int value_dim = 0;  // of a head
  int feed_forward = 0;
  int vocabulary = 0;
  int context = 0;  // tokens the model was trained for
  float norm_epsilon = 1e-5F;
  RopeSettings rope;  // without `factors`, which are a tensor
};

// Null for an architecture that the engine does not know.
[[nodiscard]] const Family* find_family(std::string_view architecture) noexcept;

// Throws Error format (a key is missing, of another type, or out of its range; the message names it) or unsupported.
[[nodiscard]] Architecture read_architecture(const GgufFile& file);

}  // namespace sotto::engine
