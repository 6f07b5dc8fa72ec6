// From the bytes of a piece to its token: open addressing over views, for millions of look-ups a second.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// Keeps views only: what they point to must outlive the index and stay where it is.
class PieceIndex {
 public:
  explicit PieceIndex(std::size_t expected = 0) {
    std::size_t capacity = 16;
    while (capacity < expected * 2) capacity *= 2;
    slots_.resize(capacity);
  }

  // At most `expected` pieces. False, and nothing changes, when the piece is there already.
  bool insert(std::string_view piece, Token token) {
    const std::size_t hash = std::hash<std::string_view>{}(piece);
    Slot& slot = slots_[position(piece, hash)];
    if (slot.token >= 0) return false;
    slot = {piece.data(), static_cast<std::uint32_t>(piece.size()), tag(hash), token};
    longest_ = piece.size() > longest_ ? piece.size() : longest_;
    return true;
  }

  // -1: no such piece.
  [[nodiscard]] Token find(std::string_view piece) const noexcept {
    if (piece.size() > longest_) return -1;
    return slots_[position(piece, std::hash<std::string_view>{}(piece))].token;
  }

 private:
  struct Slot {
    const char* data = nullptr;
    std::uint32_t size = 0;
    std::uint32_t tag = 0;
    Token token = -1;
  };
  static std::uint32_t tag(std::size_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32); }

  [[nodiscard]] std::size_t position(std::string_view piece, std::size_t hash) const noexcept {
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].token >= 0) {
      const Slot& slot = slots_[at];
      if (slot.tag == tag(hash) && std::string_view(slot.data, slot.size) == piece) break;
      at = (at + 1) & (slots_.size() - 1);
    }
    return at;
  }

  std::vector<Slot> slots_;
  std::size_t longest_ = 0;
};

}  // namespace sotto::engine
