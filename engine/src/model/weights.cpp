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
  explicit Finder(const GgufFile& file) : file_(file) {}

  // A matrix [rows, columns], or a vector [columns] where rows is 0. Null where it is missing and may be.
  const GgufTensor* find(const std::string& name, std::uint64_t rows, std::uint64_t columns, bool required = true) {
    const GgufTensor* tensor = file_.tensor(name);
    if (tensor == nullptr) {
      if (!required) return nullptr;
      fail(name, "is missing");
    }
    used_.insert(tensor);
    const bool right = tensor->dims[0] == columns && tensor->dims[1] == (rows == 0 ? 1 : rows) &&
                       tensor->dims[2] == 1 && tensor->dims[3] == 1;
    if (!right) {
      const std::array wanted = {columns, rows};
      fail(name, "has the shape " +
                     shape_text(std::span(tensor->dims).first(static_cast<std::size_t>(tensor->dim_count))) +
                     " but should have " + shape_text(std::span(wanted).first(rows == 0 ? 1 : 2)));
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

  std::unique_ptr<const Linear> linear(const std::string& name, int outputs, int inputs) {
    const auto rows = static_cast<std::uint64_t>(outputs);
    const GgufTensor* weight = find(name + ".weight", rows, static_cast<std::uint64_t>(inputs));
    return make_linear(*weight, find(name + ".bias", 0, rows, false));
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
  const GgufFile& file_;
  std::set<const GgufTensor*> used_;
};

}  // namespace

Weights find_weights(const GgufFile& file, Architecture& a) {
  if (file.tensors().empty()) {
    throw Error(ErrorCode::format, in_quotes(file.path().native()) + " holds no model: it has no tensors.");
  }
  Finder finder(file);
  Weights w;
  const GgufTensor* embedding = file.tensor("token_embd.weight");
  if (embedding == nullptr) finder.fail("token_embd.weight", "is missing");
  if (embedding->dims[1] == 0 || embedding->dims[1] > (1U << 24)) {
    finder.fail("token_embd.weight", "has " + std::to_string(embedding->dims[1]) + " rows");
  }
  a.vocabulary = static_cast<int>(embedding->dims[1]);
  const auto vocabulary = static_cast<std::uint64_t>(a.vocabulary), width = static_cast<std::uint64_t>(a.embedding);
  w.embedding = finder.find("token_embd.weight", vocabulary, width);
  w.output_norm = finder.vector("output_norm.weight", width);
  w.output = file.tensor("output.weight") != nullptr ? finder.linear("output", a.vocabulary, a.embedding)
                                                     : make_linear(*w.embedding);
  a.rope.factors = finder.vector("rope_freqs.weight", static_cast<std::uint64_t>(a.rope.dims / 2), false);
  for (const float factor : a.rope.factors) {
    if (!std::isfinite(factor) || factor <= 0) finder.fail("rope_freqs.weight", "holds a value that is not positive");
  }
  for (int i = 0; i < a.layers; ++i) {
    const std::string block = "blk." + std::to_string(i) + ".";
    LayerWeights layer;
    layer.attention_norm = finder.vector(block + "attn_norm.weight", width);
    layer.query = finder.linear(block + "attn_q", a.heads * a.key_dim, a.embedding);
    layer.key = finder.linear(block + "attn_k", a.kv_heads * a.key_dim, a.embedding);
    layer.value = finder.linear(block + "attn_v", a.kv_heads * a.value_dim, a.embedding);
    layer.attention_output = finder.linear(block + "attn_output", a.embedding, a.heads * a.value_dim);
    layer.feed_forward_norm = finder.vector(block + "ffn_norm.weight", width);
    layer.gate = finder.linear(block + "ffn_gate", a.feed_forward, a.embedding);
    layer.up = finder.linear(block + "ffn_up", a.feed_forward, a.embedding);
    layer.down = finder.linear(block + "ffn_down", a.embedding, a.feed_forward);
    w.layers.push_back(std::move(layer));
  }
  finder.refuse_unknown();
  return w;
}

}  // namespace sotto::engine
