// What a model remembers of the tokens it has read. The KV cache is one kind; recurrent families keep states that
// cannot be truncated, only rolled back to a checkpoint.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// Thread guarantee: one thread at a time.
class SequenceState {
 public:
  struct Checkpoint {
    int length = 0;
  };

  virtual ~SequenceState() = default;

  [[nodiscard]] std::span<const Token> tokens() const noexcept { return tokens_; }
  [[nodiscard]] int length() const noexcept { return static_cast<int>(tokens_.size()); }

  // How many tokens at the beginning of `tokens` the state has already read.
  [[nodiscard]] int prefix_length(std::span<const Token> tokens) const noexcept;

  // Makes room for `count` tokens after the present ones, whose entries are then written at positions length() and on;
  // they are not part of the state before append. Throws Error memory, the state as before.
  virtual void reserve(int count) = 0;
  // The entries for these tokens are written: they are now part of the state.
  void append(std::span<const Token> tokens);
  // Forgets everything from position `length` on. False, and nothing done, where this kind of state cannot.
  [[nodiscard]] virtual bool truncate(int length) = 0;
  [[nodiscard]] virtual Checkpoint checkpoint() const = 0;
  // Back to a checkpoint of this state that was not truncated away since.
  virtual void rollback(const Checkpoint& checkpoint) = 0;
  // Forgets everything, keeps the memory.
  virtual void clear() = 0;
  [[nodiscard]] virtual std::size_t bytes() const noexcept = 0;  // held now

 protected:
  std::vector<Token> tokens_;
};

}  // namespace sotto::engine
