// What a family of models does that its files' keys do not say: one row for each general.architecture. What differs is
// data; the decoder (transformer.h) is one.
#pragma once

#include <span>
#include <string_view>

#include "ops/activation.h"
#include "ops/rope.h"

namespace sotto::engine {

enum class NormKind {
  rms,   // RMSNorm (Zhang and Sennrich 2019)
  layer  // LayerNorm (Ba et al. 2016)
};

// How tokens learn where they stand.
enum class Positions {
  rope,        // Su et al. 2021
  learned,     // a table added to the embedding (Radford et al. 2018)
  sinusoidal,  // a fixed table (Vaswani et al. 2017, section 3.5)
  alibi        // a bias of the scores (Press et al. 2022)
};

// Whether attention and feed-forward read the stream one after the other or both at once (Wang and Komatsuzaki 2021).
enum class Residual {
  sequential,
  parallel,
  as_the_file_says,       // key use_parallel_residual
  parallel_without_norm2  // parallel where the file has no second norm
};

// Where the norms of a block stand.
enum class NormPlace {
  before,      // x + f(norm(x))
  at_the_end,  // x + norm(f(x)) (OLMo 2)
  after_sum    // norm(alpha x + f(x)): Vaswani et al. 2017, and DeepNorm (Wang et al. 2022)
};

struct Family {
  std::string_view name;
  RopePairs rope_pairs = RopePairs::interleaved;
  Positions positions = Positions::rope;
  int position_offset = 0;  // of the first row of learned positions (OPT has 2)
  NormKind norm = NormKind::rms;
  NormPlace norms = NormPlace::before;
  Activation activation = Activation::silu;
  bool gated = true;               // activation(gate) * up, as in SwiGLU (Shazeer 2020)
  bool scaled_embedding = false;   // by the root of its width
  bool normalised_experts = true;  // the chosen experts' weights are made to sum to 1
  bool deep = false;               // alpha is (2 layers)^(1/4), DeepNorm's for decoders; else 1
  Residual residual = Residual::sequential;
  int no_rope_every = 0;      // every n-th layer has no RoPE; 0: all have it
  int window_pattern = 0;     // of n layers the first n - 1 see a sliding window; 0: none does, 1: all do
  int window_block = 1;       // the window counts blocks of that many tokens
  int global_blocks = 0;      // that all tokens see
  bool prefix = false;        // a prompt's tokens all see each other; it is read in one call
  double local_base = 0;      // of RoPE in layers with a window; 0: as elsewhere
  int rope_layers = 0;        // only models with that many layers have RoPE; 0: all
  int alibi_layers = 0;       // models with that many layers have ALiBi instead; 0: none
  int wide_scale_layers = 0;  // models with that many layers scale scores by the embedding's width per head
};

// Null for an architecture that the engine does not know.
[[nodiscard]] const Family* find_family(std::string_view architecture) noexcept;
[[nodiscard]] std::span<const Family> families() noexcept;

}  // namespace sotto::engine
