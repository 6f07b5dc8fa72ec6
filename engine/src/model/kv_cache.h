// Keys and values of every token, for every layer (Vaswani et al. 2017; grouped: Ainslie et al. 2023), grown in blocks.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "model/sequence_state.h"
#include "sotto/engine/session.h"

namespace sotto::engine {

struct KvShape {
  int layers = 0;
  int kv_heads = 0;
  int key_dim = 0;
  int value_dim = 0;

  // Elements from one token's values to the next's: the kernels take 8 at a time.
  [[nodiscard]] int value_stride() const noexcept { return (value_dim + 7) / 8 * 8; }
};

class KvCache final : public SequenceState {
 public:
  // Tokens in a block, and in a tile of the attention.
  static constexpr int kBlock = 64;

  KvCache(const KvShape& shape, KvType type);

  // For one block of one layer and head: keys [key_dim][kBlock], so that scores of neighbouring tokens are one vector;
  // values [kBlock][value_stride], what is beyond value_dim zero. Elements are binary16 bits or floats, as type() says.
  [[nodiscard]] std::byte* keys(int layer, int head, int block) noexcept;
  [[nodiscard]] std::byte* values(int layer, int head, int block) noexcept;
  [[nodiscard]] KvType type() const noexcept { return type_; }
  [[nodiscard]] const KvShape& shape() const noexcept { return shape_; }

  // Bytes for `tokens` tokens.
  [[nodiscard]] static std::size_t bytes_for(const KvShape& shape, KvType type, int tokens) noexcept;

  void reserve(int count) override;
  [[nodiscard]] bool truncate(int length) override;
  [[nodiscard]] Checkpoint checkpoint() const override { return {length()}; }
  void rollback(const Checkpoint& checkpoint) override;
  void clear() override;  // gives its memory back, too
  [[nodiscard]] std::size_t bytes() const noexcept override { return blocks_.size() * block_bytes_; }

 private:
  KvShape shape_;
  KvType type_;
  std::size_t element_;     // bytes
  std::size_t head_bytes_;  // keys and values of one head in a block
  std::size_t block_bytes_;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace sotto::engine
