#include "model/transformer.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/packing.h"

namespace sotto::engine {

Transformer::Transformer(const Architecture& architecture, const Weights& weights, OpContext& context,
                         int session_context)
    : a_(architecture),
      w_(weights),
      context_(context),
      rope_(architecture.rope, session_context),
      local_rope_(architecture.local_rope, session_context),
      choices_(static_cast<std::size_t>(architecture.experts)) {
  if (a_.positions == Positions::alibi) slopes_ = alibi_slopes(a_.heads, a_.alibi);
}

bool Transformer::forward(Phase phase, std::span<const Token> tokens, KvCache& state,
                          const std::function<void(int)>& layer_done) {
  const int count = static_cast<int>(tokens.size());
  const int position = state.length();
  state.reserve(count);
  embed(tokens, position);
  rope_.prepare(position, count);
  if (a_.family->local_base > 0) local_rope_.prepare(position, count);
  for (int i = 0; i < a_.layers; ++i) {
    const LayerWeights& layer = w_.layers[static_cast<std::size_t>(i)];
    const Pass pass{phase, i, position, count, state};
    if (a_.parallel) {
      parallel_block(pass, layer);
    } else if (a_.family->norms == NormPlace::after_sum) {
      after_sum_block(pass, layer);
    } else {
      sequential_block(pass, layer);
    }
    if (context_.stopped()) return false;
    if (layer_done) layer_done(i + 1);
  }
  state.append(tokens);
  return true;
}

void Transformer::embed(std::span<const Token> tokens, int position) {
  const auto width = static_cast<std::size_t>(a_.embedding);
  stream_.resize(static_cast<std::size_t>(padded_rows(static_cast<int>(tokens.size()))) * width);
  const auto read_row = [&](const GgufTensor& table, std::size_t row, float* y) {
    const TensorTypeTraits& type = traits(table.type);
    const std::size_t blocks = width / type.block_size, bytes = blocks * type.block_bytes;
    type.dequantise(table.data + row * bytes, y, blocks);
    // A table that is the packed output layer, too, need not be in memory twice.
    const std::span<const std::byte> all(table.data, table.bytes);
    if (w_.output->is_packed() && w_.output->source().data() == table.data) {
      give_back_around(all.subspan(row * bytes, bytes), all);
    }
  };
  normed_.resize(width);
  for (std::size_t t = 0; t < tokens.size(); ++t) {
    float* x = stream_.data() + t * width;
    read_row(*w_.embedding, static_cast<std::size_t>(tokens[t]), x);
    if (a_.embedding_scale != 1) context_.kernel.scale(x, a_.embedding_scale, width);
    const std::size_t place = static_cast<std::size_t>(position) + t;
    if (a_.positions == Positions::sinusoidal) {
      for (std::size_t i = 0; i < width; ++i) {
        const std::size_t pair = i - i % 2;
        const double angle =
            static_cast<double>(place) / std::pow(10000.0, static_cast<double>(pair) / static_cast<double>(width));
        x[i] += static_cast<float>(i % 2 == 0 ? std::sin(angle) : std::cos(angle));
      }
    }
    if (w_.positions == nullptr) continue;
    read_row(*w_.positions, place + static_cast<std::size_t>(a_.family->position_offset), normed_.data());
    context_.kernel.add(x, normed_.data(), width);
  }
  if (w_.embedding_norm) norm(stream_.data(), w_.embedding_norm, static_cast<int>(tokens.size()), stream_.data());
}

// x = x + attention(norm(x)); x = x + feed_forward(norm(x))
void Transformer::sequential_block(const Pass& pass, const LayerWeights& layer) {
  attention(pass, layer, normed_stream(layer.attention_norm, pass.count, normed_));
  add_to_stream(layer.post_attention_norm, pass.count);
  feed_forward(pass.phase, layer, normed_stream(layer.feed_forward_norm, pass.count, normed_), pass.count);
  add_to_stream(layer.post_feed_forward_norm, pass.count);
}

// x = norm(alpha x + attention(x)); x = norm(alpha x + feed_forward(x))
void Transformer::after_sum_block(const Pass& pass, const LayerWeights& layer) {
  attention(pass, layer, stream_.data());
  add_to_stream(layer.post_attention_norm, pass.count, layer.attention_norm);
  feed_forward(pass.phase, layer, stream_.data(), pass.count);
  add_to_stream(layer.post_feed_forward_norm, pass.count, layer.feed_forward_norm);
}

// x = x + attention(norm(x)) + feed_forward(norm(x)), with one norm or two
void Transformer::parallel_block(const Pass& pass, const LayerWeights& layer) {
  const float* first = normed_stream(layer.attention_norm, pass.count, normed_);
  attention(pass, layer, layer.attention_norm2 ? normed_stream(layer.attention_norm2, pass.count, other_) : first);
  const float* second = layer.feed_forward_norm ? normed_stream(layer.feed_forward_norm, pass.count, other_) : first;
  add_to_stream(layer.post_attention_norm, pass.count);
  feed_forward(pass.phase, layer, second, pass.count);
  add_to_stream(layer.post_feed_forward_norm, pass.count);
}

// Queries, keys and values, ready for attention.
void Transformer::project(const Pass& pass, const LayerWeights& layer, const float* x) {
  const auto rows = static_cast<std::size_t>(padded_rows(pass.count));
  query_.resize(rows * static_cast<std::size_t>(a_.heads * a_.key_dim));
  key_.resize(rows * static_cast<std::size_t>(a_.kv_heads * a_.key_dim));
  value_.resize(rows * static_cast<std::size_t>(a_.kv_heads * a_.value_dim));
  const LinearJob projections[] = {
      {layer.query.get(), query_.data()}, {layer.key.get(), key_.data()}, {layer.value.get(), value_.data()}};
  forward_all(context_, pass.phase, projections, x, pass.count);
  if (a_.clamp > 0) {
    for (const auto& [buffer, width] :
         {std::pair(&query_, a_.heads * a_.key_dim), std::pair(&key_, a_.kv_heads * a_.key_dim),
          std::pair(&value_, a_.kv_heads * a_.value_dim)}) {
      float* values = buffer->data();
      for (std::size_t i = 0; i < static_cast<std::size_t>(pass.count) * static_cast<std::size_t>(width); ++i) {
        values[i] = std::clamp(values[i], -a_.clamp, a_.clamp);
      }
    }
  }
  const auto norm_heads = [&](const Norm& which, int heads, float* values) {
    if (!which) return;
    const bool each =
        which.weight.size() / static_cast<std::size_t>(which.parts) == static_cast<std::size_t>(a_.key_dim);
    norm(values, which, each ? pass.count * heads : pass.count, values);
  };
  norm_heads(layer.query_norm, a_.heads, query_.data());
  norm_heads(layer.key_norm, a_.kv_heads, key_.data());
  const LayerKind& kind = a_.kinds[static_cast<std::size_t>(pass.layer)];
  if (!kind.rope) return;
  const RopeTable& rope = kind.local && a_.family->local_base > 0 ? local_rope_ : rope_;
  rope.rotate(context_, query_.data(), a_.heads, a_.key_dim);
  rope.rotate(context_, key_.data(), a_.kv_heads, a_.key_dim);
}

void Transformer::attention(const Pass& pass, const LayerWeights& layer, const float* x) {
  const auto rows = static_cast<std::size_t>(padded_rows(pass.count));
  mixed_.resize(rows * static_cast<std::size_t>(a_.heads * a_.value_dim));
  delta_.resize(rows * static_cast<std::size_t>(a_.embedding));
  project(pass, layer, x);
  store_kv(context_, pass.state, pass.layer, pass.position, pass.count, key_.data(), value_.data());
  const bool local = a_.kinds[static_cast<std::size_t>(pass.layer)].local;
  const AttentionShape shape{.heads = a_.heads,
                             .scale = a_.attention_scale,
                             .softcap = a_.attention_softcap,
                             .slopes = slopes_,
                             .mask = {.window = local ? a_.window : 0,
                                      .block = a_.family->window_block,
                                      .global = a_.family->global_blocks,
                                      .prefix = a_.family->prefix && pass.position == 0 ? pass.count : 0}};
  attend(context_, pass.state, pass.layer, shape, pass.position, pass.count, query_.data(), mixed_.data());
  for (std::size_t i = 0;
       !layer.head_scale.empty() && i < static_cast<std::size_t>(pass.count) * layer.head_scale.size(); ++i) {
    const auto wide = static_cast<std::size_t>(a_.value_dim);
    context_.kernel.scale(mixed_.data() + i * wide, layer.head_scale[i % layer.head_scale.size()], wide);
  }
  engine::forward(context_, pass.phase, *layer.attention_output, mixed_.data(), pass.count, delta_.data());
}

void Transformer::feed_forward(Phase phase, const LayerWeights& layer, const float* x, int count) {
  if (a_.experts > 0) {
    mixture(phase, layer, x, count);
  } else {
    dense(phase, layer.dense, x, count, delta_.data());
  }
}

void Transformer::dense(Phase phase, const FeedForward& ffn, const float* x, int count, float* y) {
  const auto rows = static_cast<std::size_t>(padded_rows(count));
  const auto width = static_cast<std::size_t>(a_.feed_forward);
  up_.resize(rows * width);
  float* inner = up_.data();
  const float* factor = nullptr;
  if (ffn.gate) {
    gate_.resize(rows * width);
    inner = gate_.data();
    factor = up_.data();
    const LinearJob projections[] = {{ffn.gate.get(), gate_.data()}, {ffn.up.get(), up_.data()}};
    forward_all(context_, phase, projections, x, count);
  } else {
    engine::forward(context_, phase, *ffn.up, x, count, up_.data());
  }
  const float beta = a_.swish_beta;
  context_.team.parallel_for(static_cast<std::size_t>(count) * width, 16384, [&](std::size_t first, std::size_t last) {
    if (beta != 1) context_.kernel.scale(inner + first, beta, last - first);  // x sigmoid(bx) = silu(bx) / b
    context_.kernel.activate(a_.family->activation, inner + first, factor == nullptr ? nullptr : factor + first,
                             last - first);
    if (beta != 1) context_.kernel.scale(inner + first, 1 / beta, last - first);
  });
  if (ffn.inner_norm) norm(inner, ffn.inner_norm, count, inner);
  engine::forward(context_, phase, *ffn.down, inner, count, y);
}

// Each token goes to the few experts that its router likes best (Shazeer et al. 2017; Jiang et al. 2024, section 2).
// Experts take their turns in the order of their numbers, so that a token's sum does not depend on the others.
void Transformer::mixture(Phase phase, const LayerWeights& layer, const float* x, int count) {
  const auto width = static_cast<std::size_t>(a_.embedding);
  routes_.resize(static_cast<std::size_t>(padded_rows(count)) * static_cast<std::size_t>(a_.experts));
  engine::forward(context_, phase, *layer.router, x, count, routes_.data());
  if (context_.stopped()) return;
  choose_experts(count);
  std::fill_n(delta_.data(), static_cast<std::size_t>(count) * width, 0.0F);
  for (std::size_t e = 0; e < choices_.size(); ++e) {
    const std::vector<Choice>& chosen = choices_[e];
    if (chosen.empty()) continue;
    const int rows = static_cast<int>(chosen.size());
    gathered_.resize(static_cast<std::size_t>(padded_rows(rows)) * width);
    answer_.resize(static_cast<std::size_t>(padded_rows(rows)) * width);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      std::memcpy(gathered_.data() + i * width, x + static_cast<std::size_t>(chosen[i].token) * width,
                  width * sizeof(float));
    }
    dense(phase, layer.experts[e], gathered_.data(), rows, answer_.data());
    if (context_.stopped()) return;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      float* answer = answer_.data() + i * width;
      context_.kernel.scale(answer, chosen[i].weight, width);
      context_.kernel.add(delta_.data() + static_cast<std::size_t>(chosen[i].token) * width, answer, width);
    }
  }
}

void Transformer::choose_experts(int count) {
  const auto experts = static_cast<std::size_t>(a_.experts);
  const auto used = static_cast<std::ptrdiff_t>(a_.experts_used);
  for (std::vector<Choice>& each : choices_) each.clear();
  std::vector<std::size_t> order(experts);
  for (int t = 0; t < count; ++t) {
    float* p = routes_.data() + static_cast<std::size_t>(t) * experts;
    const float largest = *std::max_element(p, p + experts);
    float sum = 0;
    for (std::size_t e = 0; e < experts; ++e) sum += p[e] = std::exp(p[e] - largest);
    for (std::size_t e = 0; e < experts; ++e) {
      p[e] /= sum;
      order[e] = e;
    }
    std::partial_sort(order.begin(), order.begin() + used, order.end(),
                      [p](std::size_t a, std::size_t b) { return p[a] != p[b] ? p[a] > p[b] : a < b; });
    float chosen = 1;
    if (a_.family->normalised_experts) {
      chosen = 0;
      for (std::ptrdiff_t i = 0; i < used; ++i) chosen += p[order[static_cast<std::size_t>(i)]];
    }
    for (std::ptrdiff_t i = 0; i < used; ++i) {
      const std::size_t e = order[static_cast<std::size_t>(i)];
      choices_[e].push_back({t, p[e] / chosen});
    }
  }
}

void Transformer::norm(const float* x, const Norm& norm, int rows, float* y) {
  const auto parts = static_cast<std::size_t>(norm.parts);
  const std::size_t width = norm.weight.size() / parts;
  const float* bias = norm.bias.empty() ? nullptr : norm.bias.data();
  context_.team.parallel_for(static_cast<std::size_t>(rows), 8, [&](std::size_t first, std::size_t last) {
    for (std::size_t t = first; t < last; ++t) {
      const float* weight = norm.weight.data() + t % parts * width;
      if (a_.family->norm == NormKind::rms) {
        context_.kernel.rms_norm(x + t * width, weight, a_.norm_epsilon, y + t * width, width);
      } else {
        context_.kernel.layer_norm(x + t * width, weight, bias, a_.norm_epsilon, y + t * width, width);
      }
    }
  });
}

const float* Transformer::normed_stream(const Norm& norm, int count, FloatBuffer& buffer) {
  if (!norm) return stream_.data();
  buffer.resize(static_cast<std::size_t>(padded_rows(count)) * norm.weight.size());
  this->norm(stream_.data(), norm, count, buffer.data());
  return buffer.data();
}

void Transformer::add_to_stream(const Norm& post_norm, int count, const Norm& sum_norm) {
  const std::size_t size = static_cast<std::size_t>(count) * static_cast<std::size_t>(a_.embedding);
  if (post_norm) norm(delta_.data(), post_norm, count, delta_.data());
  if (a_.residual_scale != 1) context_.kernel.scale(delta_.data(), a_.residual_scale, size);
  if (a_.stream_scale != 1) context_.kernel.scale(stream_.data(), a_.stream_scale, size);
  context_.kernel.add(stream_.data(), delta_.data(), size);
  if (sum_norm) norm(stream_.data(), sum_norm, count, stream_.data());
}

void Transformer::finish_logits(float* logits, std::size_t count) const {
  if (a_.logit_scale != 1) context_.kernel.scale(logits, a_.logit_scale, count);
  if (a_.logit_softcap <= 0) return;
  for (std::size_t i = 0; i < count; ++i) logits[i] = a_.logit_softcap * std::tanh(logits[i] / a_.logit_softcap);
}

// Of the stream's rows `first` and on, to normed_.
void Transformer::last_norm(std::size_t first, int count) {
  const auto width = static_cast<std::size_t>(a_.embedding);
  const float* x = stream_.data() + first * width;
  if (w_.output_norm) {
    norm(x, w_.output_norm, count, normed_.data());
  } else {
    std::memcpy(normed_.data(), x, static_cast<std::size_t>(count) * width * sizeof(float));
  }
}

void Transformer::logits(int index, std::span<float> logits) { this->logits(index, 1, logits); }

void Transformer::logits(int first, int count, std::span<float> logits) {
  const auto width = static_cast<std::size_t>(a_.embedding);
  normed_.resize(static_cast<std::size_t>(padded_rows(count)) * width);
  last_norm(static_cast<std::size_t>(first), count);
  engine::forward(context_, Phase::decode, *w_.output, normed_.data(), count, logits.data());
  finish_logits(logits.data(), logits.size());
}

bool Transformer::logits(int first, int count, float* logits) {
  const auto width = static_cast<std::size_t>(a_.embedding);
  normed_.resize(static_cast<std::size_t>(padded_rows(count)) * width);
  last_norm(static_cast<std::size_t>(first), count);
  engine::forward(context_, Phase::prefill, *w_.output, normed_.data(), count, logits);
  if (context_.stopped()) return false;
  finish_logits(logits, static_cast<std::size_t>(count) * static_cast<std::size_t>(a_.vocabulary));
  return true;
}

}  // namespace sotto::engine
