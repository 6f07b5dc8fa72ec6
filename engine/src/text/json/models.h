// tokenizer.json's "model": a word becomes ids.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"
#include "text/json/entry.h"
#include "text/piece_index.h"

namespace sotto::engine {

// Thread guarantee: immutable after construction.
class JsonModel {
 public:
  virtual ~JsonModel() = default;
  // `word` is valid UTF-8 and not empty. Throws Error unsupported where a character has no id, nor the model one for
  // unknown characters.
  virtual void encode(std::string_view word, std::vector<Token>& out) const = 0;
  // -1: it has no such piece.
  [[nodiscard]] Token find(std::string_view piece) const noexcept { return index_.find(piece); }
  // By id; ids that nothing has are empty.
  [[nodiscard]] const std::vector<std::string>& pieces() const noexcept { return pieces_; }

 protected:
  explicit JsonModel(std::vector<std::string> pieces);

  std::vector<std::string> pieces_;  // never changed afterwards: the index has views into it
  PieceIndex index_;                 // of all pieces but empty ones
};

// BPE (Sennrich et al. 2016), Unigram (Kudo 2018), WordPiece (Schuster and Nakajima 2012) or WordLevel.
// Throws Error format or unsupported, naming the place.
[[nodiscard]] std::unique_ptr<const JsonModel> make_json_model(const JsonEntry& entry);

}  // namespace sotto::engine
