// "WordPiece", the longest piece first, and "WordLevel", whole words.
#include "text/json/json_vocabulary.h"
#include "text/json/model_kinds.h"
#include "text/unigram_lattice.h"
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
    for (std::size_t id = 0; id < pieces_.size(); ++id) {
      const std::string_view piece = pieces_[id];
      first_.add(piece, static_cast<Token>(id), 0);
      if (piece.starts_with(prefix_)) later_.add(piece.substr(prefix_.size()), static_cast<Token>(id), 0);
    }
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
    for (std::size_t at = 0; at < word.size();) {
      const UnigramLattice::Cut found = (at > 0 ? later_ : first_).longest(word.substr(at));
      if (found.token < 0) return false;
      ids.push_back(found.token);
      at += found.end;
    }
    return true;
  }

  Token unknown_;
  std::string prefix_;
  std::int64_t most_characters_;
  UnigramLattice first_, later_;  // pieces that begin a word, and those that go on with one
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
