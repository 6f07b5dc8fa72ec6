// The non-linear part of feed-forward blocks.
#pragma once

namespace sotto::engine {

enum class Activation {
  silu,  // x / (1 + e^-x), Swish with beta 1 (Ramachandran et al. 2017)
  gelu,  // Hendrycks and Gimpel 2016, by its tanh approximation
  relu,
  relu_squared,  // Primer (So et al. 2021)
  sigmoid        // as the gate of GLU (Dauphin et al. 2017)
};

}  // namespace sotto::engine
