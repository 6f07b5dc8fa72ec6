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
  enum class Scaling {
    linear,   // positions are divided by `scale` (Chen et al. 2023)
    dynamic,  // the base grows with the context ("dynamic NTK", as transformers has it)
    yarn      // Peng et al. 2023, equations 17 to 23
  };
  int dims = 0;         // rotated dimensions of a head, even; the rest stays
  double base = 10000;  // theta
  Scaling scaling = Scaling::linear;
  double scale = 1;
  double magnitude = 1;                  // of what is turned
  int original_context = 0;              // tokens, before the scaling
  double beta_fast = 32, beta_slow = 1;  // YaRN: turns within the original context
  RopePairs pairs = RopePairs::interleaved;
  std::vector<float> factors = {};       // [dims / 2] frequencies are divided by (Llama 3's rope_freqs); empty: none
  std::vector<float> long_factors = {};  // instead, in contexts that are longer than the original one (LongRoPE)
};

// Cosines and sines for a stretch of positions, shared by all layers.
class RopeTable {
 public:
  // `context`: of the session, tokens.
  RopeTable(RopeSettings settings, int context);
  void prepare(int first_position, int count);
  // Turns heads [count][heads][head_dim] in place; row t has the position first_position + t.
  void rotate(OpContext& context, float* x, int heads, int head_dim) const;

 private:
  RopeSettings settings_;
  std::vector<double> frequencies_;  // [dims / 2]
  double magnitude_ = 1;
  std::vector<float> cos_, sin_;  // [count][dims / 2]
  int count_ = 0;
};

}  // namespace sotto::engine
