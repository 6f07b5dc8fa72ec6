// "Unigram" of tokenizer.json: [[piece, logarithm of its probability], ...].
#include <algorithm>
#include <cmath>

#include "text/json/json_vocabulary.h"
#include "text/json/model_kinds.h"
#include "text/unigram_lattice.h"

namespace sotto::engine {
namespace {

constexpr double unknown_penalty = 10;  // below the least likely piece, as SentencePiece has it

std::vector<std::string> pieces_of(const JsonEntry& vocab) {
  std::vector<std::string> pieces;
  pieces.reserve(vocab.size());
  for (std::size_t i = 0; i < vocab.size(); ++i) pieces.push_back(vocab.at(i).at(std::size_t{0}).string());
  return pieces;
}

class JsonUnigram final : public JsonModel {
 public:
  explicit JsonUnigram(const JsonEntry& entry)
      : JsonModel(pieces_of(entry.at("vocab"))),
        bytes_(byte_tokens_of(index_)),
        unknown_(static_cast<Token>(entry.at("unk_id").integer_or(-1))),
        byte_fallback_(entry.at("byte_fallback").boolean_or(false)) {
    const JsonEntry vocab = entry.at("vocab");
    if (pieces_.empty()) throw vocab.error("is empty");
    const std::int64_t unknown = entry.at("unk_id").integer_or(-1);
    if (unknown < -1 || unknown >= static_cast<std::int64_t>(pieces_.size()))
      throw entry.at("unk_id").error("is no id");
    double least = 0;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const JsonEntry score = vocab.at(i).at(std::size_t{1});
      const double value = score.number();
      if (!std::isfinite(value)) throw score.error("is not a number");
      least = i == 0 ? value : std::min(least, value);
      lattice_.add(pieces_[i], static_cast<Token>(i), value);
    }
    lattice_.set_unknown_score(least - unknown_penalty);
  }

  void encode(std::string_view word, std::vector<Token>& out) const override {
    std::vector<UnigramLattice::Cut> cuts;
    for (UnigramLattice::Cut& cut : lattice_.best(word)) {
      if (cut.token == unknown_) cut.token = -1;
      if (cut.token < 0 && !cuts.empty() && cuts.back().token < 0) {
        cuts.back().end = cut.end;
      } else {
        cuts.push_back(cut);
      }
    }
    for (const UnigramLattice::Cut& cut : cuts) {
      const std::string_view text = word.substr(cut.begin, cut.end - cut.begin);
      if (cut.token >= 0) {
        out.push_back(cut.token);
      } else if (const Token whole = index_.find(text); whole >= 0) {
        out.push_back(whole);
      } else if (byte_fallback_ && append_bytes(bytes_, text, out)) {
        continue;
      } else if (unknown_ < 0) {
        throw no_json_token();
      } else {
        out.push_back(unknown_);
      }
    }
  }

 private:
  std::array<Token, 256> bytes_;
  Token unknown_;
  bool byte_fallback_;
  UnigramLattice lattice_;
};

}  // namespace

std::unique_ptr<const JsonModel> make_json_unigram(const JsonEntry& entry) {
  return std::make_unique<const JsonUnigram>(entry);
}

}  // namespace sotto::engine
