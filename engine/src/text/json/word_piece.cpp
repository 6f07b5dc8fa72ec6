// "WordPiece", the longest piece first, and "WordLevel", whole words.
#include <algorithm>

#include "text/json/json_vocabulary.h"
#include "text/json/model_kinds.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

class WordPiece final : public JsonModel {
 public:
  explicit WordPiece(const JsonEntry& entry)
      : JsonModel(read_vocab(entry.at("vocab"))),
        unknown_(index_.find(entry.at("unk_token").string_or("[UNK]"))),
        prefix_(entry.at("continuing_subword_prefix").string_or("##")),
        most_characters_(entry.at("max_input_chars_per_word").integer_or(100)) {
    for (const std::string& piece : pieces_) longest_ = std::max(longest_, piece.size());
  }

  void encode(std::string_view word, std::vector<Token>& out) const override {
    std::vector<Token> ids;
    if (!cut(word, ids)) {
      if (unknown_ < 0) throw no_json_token();
      ids.assign(1, unknown_);
    }
    out.insert(out.end(), ids.begin(), ids.end());
  }

 private:
  [[nodiscard]] bool cut(std::string_view word, std::vector<Token>& ids) const {
    std::int64_t characters = 0;
    for (std::size_t at = 0; at < word.size(); at += next_utf8(word.substr(at)).length) {
      if (++characters > most_characters_) return false;
    }
    std::string piece;
    for (std::size_t at = 0; at < word.size();) {
      Token found = -1;
      std::size_t length = std::min(word.size() - at, longest_);
      for (; length > 0; --length) {
        if (at + length < word.size() && (static_cast<unsigned char>(word[at + length]) & 0xC0U) == 0x80U) continue;
        piece.assign(at > 0 ? prefix_ : "").append(word.substr(at, length));
        found = index_.find(piece);
        if (found >= 0) break;
      }
      if (found < 0) return false;
      ids.push_back(found);
      at += length;
    }
    return true;
  }

  Token unknown_;
  std::string prefix_;
  std::int64_t most_characters_;
  std::size_t longest_ = 0;  // bytes
};

class WordLevel final : public JsonModel {
 public:
  explicit WordLevel(const JsonEntry& entry)
      : JsonModel(read_vocab(entry.at("vocab"))), unknown_(index_.find(entry.at("unk_token").string_or("<unk>"))) {}

  void encode(std::string_view word, std::vector<Token>& out) const override {
    const Token id = index_.find(word);
    if (id < 0 && unknown_ < 0) throw no_json_token();
    out.push_back(id >= 0 ? id : unknown_);
  }

 private:
  Token unknown_;
};

}  // namespace

std::unique_ptr<const JsonModel> make_word_piece(const JsonEntry& entry) {
  return std::make_unique<const WordPiece>(entry);
}
std::unique_ptr<const JsonModel> make_word_level(const JsonEntry& entry) {
  return std::make_unique<const WordLevel>(entry);
}

}  // namespace sotto::engine
