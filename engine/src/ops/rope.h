// Rotary position embedding (Su et al. 2021, equation 34): pairs of dimensions turned by angles that grow with the
// position, so that scores depend on the distance of two tokens only.
#pragma once

#include <span>
#include <vector>

#include "ops/op_context.h"

namespace sotto::engine {

enum class RopePairs {
  interleaved,
  half_split
};  // (0,1)(2,3).. as GGUF's llama; (0,d/2)(1,d/2+1).. as Hugging Face

// Everything that decides the angles.
struct RopeSettings {
  int dims = 0;         // rotated dimensions of a head, even; the rest stays
  double base = 10000;  // theta
  double scale = 1;     // linear scaling: positions are divided by it (Chen et al. 2023)
  RopePairs pairs = RopePairs::interleaved;
  std::vector<float> factors;  // [dims / 2] frequencies are divided by (Llama 3's rope_freqs); empty: none
};

// Cosines and sines for a stretch of positions, shared by all layers.
class RopeTable {
 public:
  explicit RopeTable(RopeSettings settings);
  void prepare(int first_position, int count);
  // Turns heads [count][heads][head_dim] in place; row t has the position first_position + t.
  void rotate(OpContext& context, float* x, int heads, int head_dim) const;

 private:
  RopeSettings settings_;
  std::vector<double> frequencies_;  // [dims / 2]
  std::vector<float> cos_, sin_;     // [count][dims / 2]
  int count_ = 0;
};

}  // namespace sotto::engine
