#include "ops/attention.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

constexpr int kTile = KvCache::kBlock;
constexpr int kRows = 32;  // queries times heads that one tile of keys is used for

// Queries [first, last) of heads [head, head + heads), all of one KV head.
struct Item {
  int kv_head, head, heads, first, last;
};

class Attention {
 public:
  Attention(const OpContext& context, KvCache& cache, int layer, const AttentionShape& shape, int position, int count,
            const float* queries, float* out)
      : kernel_(context.kernel),
        cache_(cache),
        layer_(layer),
        shape_(shape),
        mask_(shape.mask),
        position_(position),
        count_(count),
        queries_(queries),
        out_(out),
        key_dim_(static_cast<std::size_t>(cache.shape().key_dim)),
        value_dim_(static_cast<std::size_t>(cache.shape().value_dim)),
        value_stride_(static_cast<std::size_t>(cache.shape().value_stride())) {}

  // False: there was no memory for the scratch.
  [[nodiscard]] bool run(const Item& item) const {
    const int rows = (item.last - item.first) * item.heads;
    thread_local FloatBuffer scratch;
    const auto n = static_cast<std::size_t>(rows);
    if (!scratch.try_resize(n * (key_dim_ + value_stride_ + kTile + 2))) return false;
    float* q = scratch.data();
    float* scores = q + n * key_dim_;
    float* sums = scores + n * kTile;
    float* maxima = sums + n * value_stride_;
    float* totals = maxima + n;
    for (int r = 0; r < rows; ++r) {
      std::memcpy(q + static_cast<std::size_t>(r) * key_dim_, queries_ + row(item, r) * key_dim_,
                  key_dim_ * sizeof(float));
    }
    kernel_.scale(q, shape_.scale, n * key_dim_);
    std::fill_n(sums, n * value_stride_, 0.0F);
    std::fill_n(maxima, n, -INFINITY);
    std::fill_n(totals, n, 0.0F);

    const int first_query = position_ + item.first;
    const int visible = std::max(position_ + item.last, std::min(mask_.prefix, position_ + count_));
    for (int start = 0; start < visible; start += kTile) {
      if (is_out_of_sight(start, first_query)) continue;
      const int block = start / kTile;
      const int written = std::min(kTile, visible - start);
      multiply_keys(item, block, n, q, scores);
      for (int r = 0; r < rows; ++r) {
        float* s = scores + r * kTile;
        const int query = first_query + r / item.heads;
        if (shape_.softcap > 0) cap(s);
        if (!shape_.slopes.empty()) {
          const float slope = shape_.slopes[static_cast<std::size_t>(item.head + r % item.heads)];
          for (int j = 0; j < kTile; ++j) s[j] -= slope * static_cast<float>(query - start - j);
        }
        if (mask_.is_causal()) {
          for (int j = std::max(0, query + 1 - start); j < kTile; ++j) s[j] = -INFINITY;
        } else {
          for (int j = 0; j < kTile; ++j) {
            if (start + j >= visible || !mask_.sees(query, start + j)) s[j] = -INFINITY;
          }
        }
        const float factor = kernel_.softmax_step(s, kTile, maxima + r, totals + r);
        if (factor != 1.0F) kernel_.scale(sums + static_cast<std::size_t>(r) * value_stride_, factor, value_dim_);
      }
      multiply_values(item, block, n, static_cast<std::size_t>(written), scores, sums);
    }
    for (int r = 0; r < rows; ++r) {
      float* s = sums + static_cast<std::size_t>(r) * value_stride_;
      kernel_.scale(s, 1.0F / totals[r], value_dim_);
      std::memcpy(out_ + row(item, r) * value_dim_, s, value_dim_ * sizeof(float));
    }
    return true;
  }

 private:
  // No query from `first` on sees anything of the tile that begins at `start`.
  [[nodiscard]] bool is_out_of_sight(int start, int first) const {
    if (mask_.window == 0 || start < mask_.prefix || start / mask_.block < mask_.global) return false;
    return first / mask_.block - (start + kTile - 1) / mask_.block >= mask_.window;
  }
  void cap(float* s) const {
    for (int j = 0; j < kTile; ++j) s[j] = shape_.softcap * std::tanh(s[j] / shape_.softcap);
  }
  // Index of a row's [query][head] vector in the call's operands.
  [[nodiscard]] std::size_t row(const Item& item, int r) const {
    return static_cast<std::size_t>(item.first + r / item.heads) * static_cast<std::size_t>(shape_.heads) +
           static_cast<std::size_t>(item.head + r % item.heads);
  }
  void multiply_keys(const Item& item, int block, std::size_t rows, const float* q, float* scores) const {
    const std::byte* k = cache_.keys(layer_, item.kv_head, block);
    if (cache_.type() == KvType::f16) {
      kernel_.tile_f16(rows, kTile, key_dim_, q, key_dim_, reinterpret_cast<const std::uint16_t*>(k), kTile, scores,
                       kTile, false);
    } else {
      kernel_.tile_f32(rows, kTile, key_dim_, q, key_dim_, reinterpret_cast<const float*>(k), kTile, scores, kTile,
                       false);
    }
  }
  void multiply_values(const Item& item, int block, std::size_t rows, std::size_t written, const float* scores,
                       float* sums) const {
    const std::byte* v = cache_.values(layer_, item.kv_head, block);
    if (cache_.type() == KvType::f16) {
      kernel_.tile_f16(rows, value_stride_, written, scores, kTile, reinterpret_cast<const std::uint16_t*>(v),
                       value_stride_, sums, value_stride_, true);
    } else {
      kernel_.tile_f32(rows, value_stride_, written, scores, kTile, reinterpret_cast<const float*>(v), value_stride_,
                       sums, value_stride_, true);
    }
  }

  const Kernels& kernel_;
  KvCache& cache_;
  int layer_;
  AttentionShape shape_;
  AttentionMask mask_;
  int position_, count_;
  const float* queries_;
  float* out_;
  std::size_t key_dim_, value_dim_, value_stride_;
};

}  // namespace

std::vector<float> alibi_slopes(int heads, float greatest) {
  const auto power = static_cast<int>(std::bit_floor(static_cast<unsigned>(heads)));
  const auto step = static_cast<double>(greatest) / power;
  std::vector<float> slopes;
  for (int h = 0; h < heads; ++h) {
    // Beyond a power of two: those of twice as many heads, every other one.
    const double exponent = h < power ? step * (h + 1) : step / 2 * (2 * (h - power) + 1);
    slopes.push_back(static_cast<float>(std::exp2(-exponent)));
  }
  return slopes;
}

void store_kv(OpContext& context, KvCache& cache, int layer, int first, int count, const float* keys,
              const float* values) {
  const int heads = cache.shape().kv_heads;
  const auto key_dim = static_cast<std::size_t>(cache.shape().key_dim);
  const auto value_dim = static_cast<std::size_t>(cache.shape().value_dim);
  const auto value_stride = static_cast<std::size_t>(cache.shape().value_stride());
  const bool half = cache.type() == KvType::f16;
  context.team.parallel_for(static_cast<std::size_t>(heads), 1, [&](std::size_t from, std::size_t to) {
    std::array<std::uint16_t, 256> halves;  // no allocation: an exception must not leave a thread
    for (std::size_t h = from; h < to; ++h) {
      for (int t = 0; t < count; ++t) {
        const auto source = static_cast<std::size_t>(t) * static_cast<std::size_t>(heads) + h;
        const int block = (first + t) / kTile;
        const auto slot = static_cast<std::size_t>((first + t) % kTile);
        const float* k = keys + source * key_dim;
        const float* v = values + source * value_dim;
        std::byte* k_block = cache.keys(layer, static_cast<int>(h), block);
        std::byte* v_block = cache.values(layer, static_cast<int>(h), block);
        if (half) {
          auto* column = reinterpret_cast<std::uint16_t*>(k_block) + slot;
          for (std::size_t d = 0; d < key_dim; d += halves.size()) {
            const std::size_t n = std::min(halves.size(), key_dim - d);
            context.kernel.to_half(k + d, halves.data(), n);
            for (std::size_t i = 0; i < n; ++i) column[(d + i) * kTile] = halves[i];
          }
          context.kernel.to_half(v, reinterpret_cast<std::uint16_t*>(v_block) + slot * value_stride, value_dim);
        } else {
          auto* column = reinterpret_cast<float*>(k_block) + slot;
          for (std::size_t d = 0; d < key_dim; ++d) column[d * kTile] = k[d];
          std::memcpy(reinterpret_cast<float*>(v_block) + slot * value_stride, v, value_dim * sizeof(float));
        }
      }
    }
  });
}

void attend(OpContext& context, KvCache& cache, int layer, const AttentionShape& shape, int first, int count,
            const float* queries, float* out) {
  const int kv_heads = cache.shape().kv_heads;
  const int group = shape.heads / kv_heads;
  // Heads of a group share their loads of keys and values, unless that leaves threads without work.
  int part = std::min(group, kRows);
  if (count == 1) part = std::clamp(shape.heads / (2 * context.team.threads()), 1, part);
  const int tile_queries = std::max(1, kRows / part);
  std::vector<Item> items;
  for (int q = 0; q < count; q += tile_queries) {
    for (int kv = 0; kv < kv_heads; ++kv) {
      for (int h = 0; h < group; h += part) {
        items.push_back({kv, kv * group + h, std::min(part, group - h), q, std::min(count, q + tile_queries)});
      }
    }
  }
  const Attention attention(context, cache, layer, shape, first, count, queries, out);
  std::atomic<bool> failed{false};
  context.team.parallel_for(items.size(), 1, [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to && !context.stopped(); ++i) {
      if (!attention.run(items[i])) failed = true;
    }
  });
  if (failed) throw Error(ErrorCode::memory, "There is no memory left for computing; close other programs");
}

}  // namespace sotto::engine
