#include "model/transformer.h"

#include <cmath>

#include "ops/attention.h"

namespace sotto::engine {

Transformer::Transformer(const Architecture& architecture, const Weights& weights, OpContext& context)
    : a_(architecture), w_(weights), context_(context), rope_(architecture.rope) {}

bool Transformer::forward(Phase phase, std::span<const Token> tokens, KvCache& state,
                          const std::function<void(int)>& layer_done) {
  const int count = static_cast<int>(tokens.size());
  const int position = state.length();
  state.reserve(count);
  embed(tokens);
  rope_.prepare(position, count);
  for (int i = 0; i < a_.layers; ++i) {
    const LayerWeights& layer = w_.layers[static_cast<std::size_t>(i)];
    attention_block(phase, layer, i, position, count, state);  // x = x + attention(norm(x))
    feed_forward_block(phase, layer, count);                   // x = x + feed_forward(norm(x))
    if (context_.stopped()) return false;
    if (layer_done) layer_done(i + 1);
  }
  state.append(tokens);
  return true;
}

void Transformer::embed(std::span<const Token> tokens) {
  const auto width = static_cast<std::size_t>(a_.embedding);
  stream_.resize(static_cast<std::size_t>(padded_rows(static_cast<int>(tokens.size()))) * width);
  const TensorTypeTraits& type = traits(w_.embedding->type);
  const std::size_t blocks = width / type.block_size;
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    const std::byte* row = w_.embedding->data + static_cast<std::size_t>(tokens[t]) * blocks * type.block_bytes;
    type.dequantise(row, stream_.data() + t * width, blocks);
  }
}

void Transformer::attention_block(Phase phase, const LayerWeights& layer, int index, int position, int count,
                                  KvCache& state) {
  const auto rows = static_cast<std::size_t>(padded_rows(count));
  query_.resize(rows * static_cast<std::size_t>(a_.heads * a_.key_dim));
  key_.resize(rows * static_cast<std::size_t>(a_.kv_heads * a_.key_dim));
  value_.resize(rows * static_cast<std::size_t>(a_.kv_heads * a_.value_dim));
  mixed_.resize(rows * static_cast<std::size_t>(a_.heads * a_.value_dim));
  delta_.resize(rows * static_cast<std::size_t>(a_.embedding));
  normed_.resize(rows * static_cast<std::size_t>(a_.embedding));

  norm(stream_.data(), layer.attention_norm, count, normed_.data());
  const LinearJob projections[] = {
      {layer.query.get(), query_.data()}, {layer.key.get(), key_.data()}, {layer.value.get(), value_.data()}};
  forward_all(context_, phase, projections, normed_.data(), count);
  rope_.rotate(context_, query_.data(), a_.heads, a_.key_dim);
  rope_.rotate(context_, key_.data(), a_.kv_heads, a_.key_dim);
  store_kv(context_, state, index, position, count, key_.data(), value_.data());
  const AttentionShape shape{a_.heads, 1.0F / std::sqrt(static_cast<float>(a_.key_dim))};
  attend(context_, state, index, shape, position, count, query_.data(), mixed_.data());
  engine::forward(context_, phase, *layer.attention_output, mixed_.data(), count, delta_.data());
  add_to_stream(delta_.data(), count);
}

void Transformer::feed_forward_block(Phase phase, const LayerWeights& layer, int count) {
  const auto rows = static_cast<std::size_t>(padded_rows(count));
  const auto width = static_cast<std::size_t>(a_.feed_forward);
  gate_.resize(rows * width);
  up_.resize(rows * width);

  norm(stream_.data(), layer.feed_forward_norm, count, normed_.data());
  const LinearJob projections[] = {{layer.gate.get(), gate_.data()}, {layer.up.get(), up_.data()}};
  forward_all(context_, phase, projections, normed_.data(), count);
  context_.team.parallel_for(static_cast<std::size_t>(count) * width, 16384, [&](std::size_t first, std::size_t last) {
    context_.kernel.silu_mul(gate_.data() + first, up_.data() + first, last - first);
  });
  engine::forward(context_, phase, *layer.down, gate_.data(), count, delta_.data());
  add_to_stream(delta_.data(), count);
}

void Transformer::norm(const float* x, const std::vector<float>& weight, int count, float* y) {
  const std::size_t width = weight.size();
  context_.team.parallel_for(static_cast<std::size_t>(count), 8, [&](std::size_t first, std::size_t last) {
    for (std::size_t t = first; t < last; ++t) {
      context_.kernel.rms_norm(x + t * width, weight.data(), a_.norm_epsilon, y + t * width, width);
    }
  });
}

void Transformer::add_to_stream(const float* x, int count) {
  context_.kernel.add(stream_.data(), x, static_cast<std::size_t>(count) * static_cast<std::size_t>(a_.embedding));
}

void Transformer::logits(int index, std::span<float> logits) {
  const auto width = static_cast<std::size_t>(a_.embedding);
  norm(stream_.data() + static_cast<std::size_t>(index) * width, w_.output_norm, 1, normed_.data());
  engine::forward(context_, Phase::decode, *w_.output, normed_.data(), 1, logits.data());
}

bool Transformer::logits(int first, int count, float* logits) {
  const auto width = static_cast<std::size_t>(a_.embedding);
  normed_.resize(static_cast<std::size_t>(padded_rows(count)) * width);
  norm(stream_.data() + static_cast<std::size_t>(first) * width, w_.output_norm, count, normed_.data());
  engine::forward(context_, Phase::prefill, *w_.output, normed_.data(), count, logits);
  return !context_.stopped();
}

}  // namespace sotto::engine
