#include "model/weights.h"

#include <array>
#include <cmath>
#include <set>
#include <span>
#include <string>

#include "io/printable.h"
#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

// "[rows, columns]", "[columns]": GGUF's dimensions from the slowest to the fastest.
std::string shape_text(std::span<const std::uint64_t> dims) {
  std::string text;
  for (std::size_t d = dims.size(); d > 0; --d) {
    text += text.empty() ? "[" : ", ";
    text += std::to_string(dims[d - 1]);
  }
  return text.empty() ? "[]" : text + "]";
}

class Finder {
 public:
  Finder(const GgufFile& file, NormKind norms) : file_(file), norms_(norms) {}

  // A matrix [rows, columns], or a vector [columns] where rows is 0. Null where it is missing and may be.
  // `count` matrices where it is not 1.
  const GgufTensor* find(const std::string& name, std::uint64_t rows, std::uint64_t columns, bool required = true,
                         std::uint64_t count = 1) {
    const GgufTensor* tensor = file_.tensor(name);
    if (tensor == nullptr) {
      if (!required) return nullptr;
      fail(name, "is missing");
    }
    used_.insert(tensor);
    const bool right = tensor->dims[0] == columns && tensor->dims[1] == (rows == 0 ? 1 : rows) &&
                       tensor->dims[2] == count && tensor->dims[3] == 1;
    if (!right) {
      const std::array wanted = {columns, rows, count};
      fail(name, "has the shape " +
                     shape_text(std::span(tensor->dims).first(static_cast<std::size_t>(tensor->dim_count))) +
                     " but should have " +
                     shape_text(std::span(wanted).first(rows == 0    ? 1
                                                        : count == 1 ? 2
                                                                     : 3)));
    }
    if (traits(tensor->type).dequantise == nullptr) {
      throw Error(ErrorCode::unsupported,
                  "The tensor " + in_quotes(name) + " has the type " + std::string(traits(tensor->type).name) +
                      ", which this version cannot compute with.",
                  name);
    }
    return tensor;
  }

  std::vector<float> vector(const std::string& name, std::uint64_t size, bool required = true) {
    const GgufTensor* tensor = find(name, 0, size, required);
    if (tensor == nullptr) return {};
    std::vector<float> values(size);
    traits(tensor->type).dequantise(tensor->data, values.data(), size / traits(tensor->type).block_size);
    return values;
  }

  [[nodiscard]] bool has(const std::string& name) const { return file_.tensor(name) != nullptr; }
  [[nodiscard]] const GgufTensor* peek(const std::string& name) const { return file_.tensor(name); }

  Norm norm(const std::string& name, int size, bool required = true) {
    Norm norm{.weight = vector(name + ".weight", static_cast<std::uint64_t>(size), required), .bias = {}};
    if (norm && norms_ == NormKind::layer) norm.bias = vector(name + ".bias", static_cast<std::uint64_t>(size), false);
    return norm;
  }

  // A norm for each of `heads`, [heads, size], without biases.
  Norm norm_of_each(const std::string& name, int heads, int size) {
    const GgufTensor* tensor =
        find(name + ".weight", static_cast<std::uint64_t>(heads), static_cast<std::uint64_t>(size));
    Norm norm{.weight = std::vector<float>(static_cast<std::size_t>(heads) * static_cast<std::size_t>(size)),
              .bias = {},
              .parts = heads};
    const std::uint64_t block = traits(tensor->type).block_size;
    if (static_cast<std::uint64_t>(size) % block != 0) fail(name + ".weight", "has rows that are no whole blocks");
    traits(tensor->type).dequantise(tensor->data, norm.weight.data(), norm.weight.size() / block);
    return norm;
  }

  std::unique_ptr<Linear> linear(const std::string& name, int outputs, int inputs) {
    return rows(name, outputs, inputs, 0, outputs);
  }

  // `count` outputs from `first` on, of a layer with `outputs`: several that stand in one tensor.
  std::unique_ptr<Linear> rows(const std::string& name, int outputs, int inputs, int first, int count) {
    const auto all = static_cast<std::uint64_t>(outputs);
    const GgufTensor weight = slice(*find(name + ".weight", all, static_cast<std::uint64_t>(inputs)), 1, first, count);
    const GgufTensor* bias = find(name + ".bias", 0, all, false);
    const std::vector<float> scale = vector(name + ".scale", 1, false);
    if (bias == nullptr) return make_linear(weight, nullptr, scale.empty() ? 1.0F : scale.front());
    if (traits(bias->type).block_size != 1) fail(name + ".bias", "is quantised, which a bias never is");
    const GgufTensor part = slice(*bias, 0, first, count);
    return make_linear(weight, &part, scale.empty() ? 1.0F : scale.front());
  }

  // One of `experts` matrices that stand behind each other.
  std::unique_ptr<Linear> expert(const std::string& name, int outputs, int inputs, int experts, int index) {
    const GgufTensor& all = *find(name + ".weight", static_cast<std::uint64_t>(outputs),
                                  static_cast<std::uint64_t>(inputs), true, static_cast<std::uint64_t>(experts));
    GgufTensor one = slice(all, 2, index, 1);
    one.dim_count = 2;
    return make_linear(one);
  }

  // A tensor that nobody asked for would be left out of the computation silently.
  void refuse_unknown() const {
    for (const GgufTensor& tensor : file_.tensors()) {
      const bool harmless = tensor.name.ends_with(".attn_rot_embd.weight") ||
                            tensor.name.ends_with("rope_freqs.weight") ||
                            tensor.name.ends_with(".attention.rotary_emb.inv_freq");
      if (used_.contains(&tensor) || harmless) continue;
      throw Error(ErrorCode::unsupported,
                  "The tensor " + in_quotes(tensor.name) + " belongs to no part of the model that this version knows.",
                  tensor.name);
    }
  }

  [[noreturn]] void fail(const std::string& name, const std::string& problem) const {
    throw Error(
        ErrorCode::format,
        in_quotes(file_.path().native()) + " cannot be used: the tensor " + in_quotes(name) + " " + problem + ".",
        name);
  }

 private:
  // [first, first + count) of a tensor's slowest dimension, which is number `dim`.
  static GgufTensor slice(const GgufTensor& tensor, std::size_t dim, int first, int count) {
    GgufTensor part = tensor;
    const std::uint64_t step = tensor.bytes / tensor.dims[dim];  // bytes; whole blocks, as checked when it was read
    part.dims[dim] = static_cast<std::uint64_t>(count);
    part.bytes = step * static_cast<std::uint64_t>(count);
    part.data += step * static_cast<std::uint64_t>(first);
    return part;
  }

  const GgufFile& file_;
  NormKind norms_;
  std::set<const GgufTensor*> used_;
};

FeedForward feed_forward(Finder& finder, const std::string& block, const Architecture& a) {
  FeedForward ffn;
  const int width = a.feed_forward;
  const GgufTensor* up = finder.peek(block + "ffn_up.weight");
  const bool fused = a.family->gated && !finder.has(block + "ffn_gate.weight") && up != nullptr &&
                     up->dims[1] == 2 * static_cast<std::uint64_t>(width);
  if (fused) {  // gate and up in one tensor (Phi-3)
    ffn.gate = finder.rows(block + "ffn_up", 2 * width, a.embedding, 0, width);
    ffn.up = finder.rows(block + "ffn_up", 2 * width, a.embedding, width, width);
  } else {
    if (a.family->gated) ffn.gate = finder.linear(block + "ffn_gate", width, a.embedding);
    ffn.up = finder.linear(block + "ffn_up", width, a.embedding);
  }
  ffn.inner_norm = finder.norm(block + "ffn_sub_norm", width, false);
  ffn.down = finder.linear(block + "ffn_down", a.embedding, width);
  return ffn;
}

void find_experts(Finder& finder, const std::string& block, const Architecture& a, LayerWeights& layer) {
  layer.router = finder.linear(block + "ffn_gate_inp", a.experts, a.embedding);
  for (int i = 0; i < a.experts; ++i) {
    FeedForward expert;
    expert.gate = finder.expert(block + "ffn_gate_exps", a.feed_forward, a.embedding, a.experts, i);
    expert.up = finder.expert(block + "ffn_up_exps", a.feed_forward, a.embedding, a.experts, i);
    expert.down = finder.expert(block + "ffn_down_exps", a.embedding, a.feed_forward, a.experts, i);
    layer.experts.push_back(std::move(expert));
  }
}

void find_attention(Finder& finder, const std::string& block, const Architecture& a, LayerWeights& layer) {
  const int queries = a.heads * a.key_dim, keys = a.kv_heads * a.key_dim, values = a.kv_heads * a.value_dim;
  if (finder.has(block + "attn_qkv.weight")) {
    const int all = queries + keys + values;
    layer.query = finder.rows(block + "attn_qkv", all, a.embedding, 0, queries);
    layer.key = finder.rows(block + "attn_qkv", all, a.embedding, queries, keys);
    layer.value = finder.rows(block + "attn_qkv", all, a.embedding, queries + keys, values);
  } else {
    layer.query = finder.linear(block + "attn_q", queries, a.embedding);
    layer.key = finder.linear(block + "attn_k", keys, a.embedding);
    layer.value = finder.linear(block + "attn_v", values, a.embedding);
  }
  const auto head_norm = [&](const std::string& name, int all) {
    const GgufTensor* weight = finder.peek(name + ".weight");
    const bool each = weight != nullptr && weight->dims[0] == static_cast<std::uint64_t>(a.key_dim);
    if (each && weight->dims[1] > 1) return finder.norm_of_each(name, all / a.key_dim, a.key_dim);
    return finder.norm(name, each ? a.key_dim : all, false);
  };
  layer.query_norm = head_norm(block + "attn_q_norm", queries);
  layer.key_norm = head_norm(block + "attn_k_norm", keys);
  layer.head_scale = finder.vector(block + "attn_head_scale.weight", static_cast<std::uint64_t>(a.heads), false);
  layer.attention_output = finder.linear(block + "attn_output", a.embedding, a.heads * a.value_dim);
}

void find_rope_factors(Finder& finder, const GgufFile& file, Architecture& a) {
  const auto factors = [&](const std::string& name) {
    std::vector<float> values = finder.vector(name, static_cast<std::uint64_t>(a.rope.dims / 2), false);
    for (const float factor : values) {
      if (!std::isfinite(factor) || factor <= 0) finder.fail(name, "holds a value that is not positive");
    }
    return values;
  };
  a.rope.factors = factors("rope_freqs.weight");
  if (file.tensor("rope_factors_short.weight") != nullptr) {
    a.rope.factors = factors("rope_factors_short.weight");
    a.rope.long_factors = factors("rope_factors_long.weight");
  }
}

}  // namespace

std::vector<Linear*> Weights::linears() const {
  std::vector<Linear*> all;
  const auto take = [&](const std::unique_ptr<Linear>& each) {
    if (each) all.push_back(each.get());
  };
  const auto take_all = [&](const FeedForward& ffn) {
    take(ffn.gate);
    take(ffn.up);
    take(ffn.down);
  };
  for (const LayerWeights& layer : layers) {
    take(layer.query);
    take(layer.key);
    take(layer.value);
    take(layer.attention_output);
    take(layer.router);
    take_all(layer.dense);
    for (const FeedForward& expert : layer.experts) take_all(expert);
  }
  take(output);
  return all;
}

Weights::Cost Weights::cost_of_a_token(const Architecture& architecture) const {
  Cost all, experts;
  const auto add = [](Cost& cost, const Linear& linear) {
    const auto rows = static_cast<std::uint64_t>(linear.outputs());
    cost.bytes += rows * linear.row_bytes();
    cost.products += rows * static_cast<std::uint64_t>(linear.inputs());
  };
  for (const Linear* linear : linears()) add(all, *linear);
  for (const LayerWeights& layer : layers) {
    for (const FeedForward& expert : layer.experts) {
      for (const auto* linear : {&expert.gate, &expert.up, &expert.down}) {
        if (*linear) add(experts, **linear);
      }
    }
  }
  if (architecture.experts == 0) return all;
  const auto idle = static_cast<std::uint64_t>(architecture.experts - architecture.experts_used);
  const auto count = static_cast<std::uint64_t>(architecture.experts);
  return {all.bytes - experts.bytes / count * idle, all.products - experts.products / count * idle};
}

Weights find_weights(const GgufFile& file, Architecture& a) {
  if (file.tensors().empty()) {
    throw Error(ErrorCode::format, in_quotes(file.path().native()) + " holds no model: it has no tensors.");
  }
  Finder finder(file, a.family->norm);
  Weights w;
  const GgufTensor* embedding = file.tensor("token_embd.weight");
  if (embedding == nullptr) finder.fail("token_embd.weight", "is missing");
  if (embedding->dims[1] == 0 || embedding->dims[1] > (1U << 24)) {
    finder.fail("token_embd.weight", "has " + std::to_string(embedding->dims[1]) + " rows");
  }
  a.vocabulary = static_cast<int>(embedding->dims[1]);
  const auto vocabulary = static_cast<std::uint64_t>(a.vocabulary), width = static_cast<std::uint64_t>(a.embedding);
  w.embedding = finder.find("token_embd.weight", vocabulary, width);
  w.embedding_norm = finder.norm("token_embd_norm", a.embedding, false);
  w.output_norm = finder.norm("output_norm", a.embedding, a.family->norms != NormPlace::after_sum);
  w.output =
      finder.has("output.weight") ? finder.linear("output", a.vocabulary, a.embedding) : make_linear(*w.embedding);
  if (a.positions == Positions::learned) {
    const GgufTensor* positions = file.tensor("position_embd.weight");
    if (positions == nullptr) finder.fail("position_embd.weight", "is missing");
    w.positions = finder.find("position_embd.weight", positions->dims[1], width);
    const auto rows = static_cast<std::int64_t>(positions->dims[1]) - a.family->position_offset;
    if (rows < a.context) a.context = static_cast<int>(rows);
    if (a.context < 1) finder.fail("position_embd.weight", "has no rows");
  }
  if (a.positions == Positions::rope) find_rope_factors(finder, file, a);
  const bool norms = a.family->norms != NormPlace::at_the_end;
  const bool second_norm = norms && !a.parallel && a.family->residual != Residual::parallel_without_norm2;
  for (int i = 0; i < a.layers; ++i) {
    const std::string block = "blk." + std::to_string(i) + ".";
    LayerWeights layer;
    layer.attention_norm = finder.norm(block + "attn_norm", a.embedding, norms);
    layer.attention_norm2 = finder.norm(block + "attn_norm_2", a.embedding, false);
    find_attention(finder, block, a, layer);
    layer.post_attention_norm = finder.norm(block + "post_attention_norm", a.embedding, !norms);
    layer.feed_forward_norm = finder.norm(block + "ffn_norm", a.embedding, second_norm);
    if (a.experts > 0) {
      find_experts(finder, block, a, layer);
    } else {
      layer.dense = feed_forward(finder, block, a);
    }
    layer.post_feed_forward_norm = finder.norm(block + "post_ffw_norm", a.embedding, !norms);
    if (a.family->residual == Residual::parallel_without_norm2) a.parallel = !layer.feed_forward_norm;
    w.layers.push_back(std::move(layer));
  }
  finder.refuse_unknown();
  return w;
}

}  // namespace sotto::engine
