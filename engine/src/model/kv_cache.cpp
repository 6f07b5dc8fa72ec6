#include "model/kv_cache.h"

#include <new>
#include <string>

#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

std::size_t element_bytes(KvType type) { return type == KvType::f16 ? 2 : 4; }

std::size_t block_bytes(const KvShape& shape, KvType type) {
  return static_cast<std::size_t>(KvCache::kBlock) * static_cast<std::size_t>(shape.key_dim + shape.value_stride()) *
         static_cast<std::size_t>(shape.kv_heads) * static_cast<std::size_t>(shape.layers) * element_bytes(type);
}

}  // namespace

KvCache::KvCache(const KvShape& shape, KvType type)
    : shape_(shape),
      type_(type),
      element_(element_bytes(type)),
      head_bytes_(static_cast<std::size_t>(kBlock) * static_cast<std::size_t>(shape.key_dim + shape.value_stride()) *
                  element_),
      block_bytes_(engine::block_bytes(shape, type)) {}

std::byte* KvCache::keys(int layer, int head, int block) noexcept {
  const auto index =
      static_cast<std::size_t>(layer) * static_cast<std::size_t>(shape_.kv_heads) + static_cast<std::size_t>(head);
  return blocks_[static_cast<std::size_t>(block)].get() + index * head_bytes_;
}

std::byte* KvCache::values(int layer, int head, int block) noexcept {
  return keys(layer, head, block) +
         static_cast<std::size_t>(kBlock) * static_cast<std::size_t>(shape_.key_dim) * element_;
}

std::size_t KvCache::bytes_for(const KvShape& shape, KvType type, int tokens) noexcept {
  return static_cast<std::size_t>((tokens + kBlock - 1) / kBlock) * engine::block_bytes(shape, type);
}

void KvCache::reserve(int count) {
  const auto needed = static_cast<std::size_t>((length() + count + kBlock - 1) / kBlock);
  while (blocks_.size() < needed) {
    // Zeroed: attention multiplies a tile's unwritten keys before it masks their scores.
    std::unique_ptr<std::byte[]> block(new (std::nothrow) std::byte[block_bytes_]());
    if (!block) {
      throw Error(ErrorCode::memory, "There is no memory for more than " + std::to_string(blocks_.size() * kBlock) +
                                         " tokens of context; close other programs or choose a shorter context");
    }
    blocks_.push_back(std::move(block));
  }
}

bool KvCache::truncate(int length) {
  tokens_.resize(static_cast<std::size_t>(length));
  return true;
}

void KvCache::clear() {
  tokens_.clear();
  blocks_.clear();
}

void KvCache::rollback(const Checkpoint& checkpoint) { tokens_.resize(static_cast<std::size_t>(checkpoint.length)); }

}  // namespace sotto::engine
