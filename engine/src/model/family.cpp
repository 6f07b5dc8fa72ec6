#include "model/family.h"

#include <array>

namespace sotto::engine {
namespace {

using enum RopePairs;
using enum Positions;
using enum NormKind;
using enum Residual;

// Sources: the families' papers and model cards, and what llama.cpp computes for them.
constexpr std::array kFamilies{
    // Llama 1 to 3, Code Llama, Alpaca, Mistral, Mixtral, SmolLM, TinyLlama
    Family{.name = "llama"}, Family{.name = "arcee", .activation = Activation::relu_squared, .gated = false},
    Family{.name = "baichuan", .rope_layers = 32, .alibi_layers = 40},
    Family{.name = "bloom", .positions = alibi, .norm = layer, .activation = Activation::gelu, .gated = false},
    Family{.name = "falcon",
           .rope_pairs = half_split,
           .norm = layer,
           .activation = Activation::gelu,
           .gated = false,
           .residual = parallel},
    Family{.name = "gemma", .rope_pairs = half_split, .activation = Activation::gelu, .scaled_embedding = true},
    Family{.name = "gemma2",
           .rope_pairs = half_split,
           .activation = Activation::gelu,
           .scaled_embedding = true,
           .window_pattern = 2,
           .wide_scale_layers = 46},
    Family{.name = "gemma3",
           .rope_pairs = half_split,
           .activation = Activation::gelu,
           .scaled_embedding = true,
           .window_pattern = 6,
           .local_base = 10000,
           .wide_scale_layers = 62},
    Family{.name = "gpt2", .positions = learned, .norm = layer, .activation = Activation::gelu, .gated = false},
    Family{.name = "gptneox",
           .rope_pairs = half_split,
           .norm = layer,
           .activation = Activation::gelu,
           .gated = false,
           .residual = as_the_file_says},
    Family{.name = "granite"}, Family{.name = "internlm2"},
    Family{.name = "mpt", .positions = alibi, .norm = layer, .activation = Activation::gelu, .gated = false},
    Family{.name = "olmo2", .rope_pairs = half_split, .norms = NormPlace::at_the_end},
    Family{.name = "olmoe", .rope_pairs = half_split, .normalised_experts = false},
    Family{.name = "orion", .rope_pairs = half_split, .norm = layer},
    Family{.name = "phi2",
           .rope_pairs = half_split,
           .norm = layer,
           .activation = Activation::gelu,
           .gated = false,
           .residual = parallel},
    Family{.name = "phi3", .rope_pairs = half_split}, Family{.name = "qwen2", .rope_pairs = half_split},
    Family{.name = "qwen3", .rope_pairs = half_split}, Family{.name = "qwen3moe", .rope_pairs = half_split},
    Family{.name = "smollm3", .no_rope_every = 4},
    Family{.name = "stablelm", .rope_pairs = half_split, .norm = layer, .residual = parallel_without_norm2},
    Family{.name = "starcoder", .positions = learned, .norm = layer, .activation = Activation::gelu, .gated = false},
    Family{
        .name = "starcoder2", .rope_pairs = half_split, .norm = layer, .activation = Activation::gelu, .gated = false},
    // Components of which no family above is made, each where its paper has it.
    Family{.name = "opt",  // Zhang et al. 2022
           .positions = learned,
           .position_offset = 2,
           .norm = layer,
           .activation = Activation::relu,
           .gated = false},
    Family{.name = "transformer",  // Vaswani et al. 2017, its decoder alone
           .positions = sinusoidal,
           .norm = layer,
           .norms = NormPlace::after_sum,
           .activation = Activation::relu,
           .gated = false,
           .scaled_embedding = true},
    Family{.name = "deepnorm",  // Wang et al. 2022
           .positions = sinusoidal,
           .norm = layer,
           .norms = NormPlace::after_sum,
           .activation = Activation::relu,
           .gated = false,
           .deep = true},
    Family{.name = "normformer",  // Shleifer et al. 2021
           .positions = learned,
           .norm = layer,
           .activation = Activation::gelu,
           .gated = false},
    Family{.name = "glu", .activation = Activation::sigmoid},  // Dauphin et al. 2017
    Family{.name = "swish"},                                   // Ramachandran et al. 2017; beta is the file's
    Family{.name = "gpt3",                                     // Brown et al. 2020: every other layer is banded
           .positions = learned,
           .norm = layer,
           .activation = Activation::gelu,
           .gated = false,
           .window_pattern = 2},
    Family{.name = "bigbird",  // Zaheer et al. 2020, causal and without the random blocks
           .positions = learned,
           .norm = layer,
           .activation = Activation::gelu,
           .gated = false,
           .window_pattern = 1,
           .window_block = 64,
           .global_blocks = 1},
    Family{.name = "prefixlm", .prefix = true},  // Raffel et al. 2020; GLM's mask (Du et al. 2022)
};

}  // namespace

const Family* find_family(std::string_view architecture) noexcept {
  for (const Family& family : kFamilies) {
    if (family.name == architecture) return &family;
  }
  return nullptr;
}

std::span<const Family> families() noexcept { return kFamilies; }

}  // namespace sotto::engine
