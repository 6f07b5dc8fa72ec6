// "BPE" of tokenizer.json: characters merge in the order of "merges"; what has no piece becomes its bytes or unknown.
#include <optional>

#include "io/printable.h"
#include "text/flat_map.h"
#include "text/json/json_vocabulary.h"
#include "text/json/model_kinds.h"
#include "text/merge_symbols.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

std::uint64_t pair_key(Token left, Token right) {
  return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

class JsonBpe final : public JsonModel {
 public:
  explicit JsonBpe(const JsonEntry& entry)
      : JsonModel(read_vocab(entry.at("vocab"))),
        merges_(entry.at("merges").size()),
        bytes_(byte_tokens_of(index_)),
        unknown_(unknown_of(entry, index_)),
        prefix_(entry.at("continuing_subword_prefix").string_or("")),
        suffix_(entry.at("end_of_word_suffix").string_or("")),
        byte_fallback_(entry.at("byte_fallback").boolean_or(false)),
        fuse_unknown_(entry.at("fuse_unk").boolean_or(false)),
        ignore_merges_(entry.at("ignore_merges").boolean_or(false)) {
    if (entry.at("unk_token").is_there() && unknown_ < 0) throw entry.at("unk_token").error("is not in the vocabulary");
    read_merges(entry.at("merges"));
  }

  void encode(std::string_view word, std::vector<Token>& out) const override {
    if (ignore_merges_) {
      if (const Token whole = index_.find(word); whole >= 0) return out.push_back(whole);
    }
    Work work;
    add_characters(word, work);
    const auto find = [&](const Symbol& left, const Symbol& right) -> Merge {
      const Merge* merge = merges_.find(pair_key(left.id, right.id));
      return merge != nullptr ? *merge : Merge{};
    };
    merge_symbols(work.symbols, find, work.pairs);
    for (const Symbol& symbol : work.symbols) out.push_back(symbol.id);
  }

 private:
  struct Work {
    std::vector<Symbol> symbols;
    std::vector<Merge> pairs;
    // Lengths are only there to tell whether a neighbour has changed.
    void add(Token id) { symbols.push_back({static_cast<std::int32_t>(symbols.size()), 1, id}); }
  };

  void read_merges(const JsonEntry& merges) {
    std::string joined;
    for (std::size_t i = merges.size(); i-- > 0;) {  // of equals the last counts
      const JsonEntry entry = merges.at(i);
      std::string_view left;
      std::string_view right;
      if (entry.is_array()) {
        if (entry.size() != 2) throw entry.error("is not two pieces");
        left = entry.at(std::size_t{0}).string();
        right = entry.at(std::size_t{1}).string();
      } else {
        const std::string_view both = entry.string();
        const std::size_t blank = both.find(' ');
        if (blank == std::string_view::npos || both.find(' ', blank + 1) != std::string_view::npos) {
          throw entry.error("is not two pieces with a blank between");
        }
        left = both.substr(0, blank);
        right = both.substr(blank + 1);
      }
      const Token a = index_.find(left);
      const Token b = index_.find(right);
      if (a < 0 || b < 0) throw entry.error("names a piece that is not in the vocabulary");
      joined.assign(left).append(right.substr(right.starts_with(prefix_) ? prefix_.size() : 0));
      const Token result = index_.find(joined);
      if (result < 0) throw entry.error("makes a piece that is not in the vocabulary");
      merges_.insert(pair_key(a, b), {static_cast<std::int32_t>(i), result});
    }
  }

  void add_characters(std::string_view word, Work& work) const {
    bool unknown = false;  // one waits: neighbours may be one
    std::string piece;
    for (std::size_t at = 0; at < word.size();) {
      const std::size_t length = next_utf8(word.substr(at)).length;
      const std::string_view character = word.substr(at, length);
      piece.assign(at > 0 ? prefix_ : "").append(character);
      at += length;
      if (at == word.size()) piece += suffix_;
      if (const Token id = index_.find(piece); id >= 0) {
        if (unknown) work.add(unknown_);
        unknown = false;
        work.add(id);
        continue;
      }
      std::vector<Token> fallback;
      if (byte_fallback_ && append_bytes(bytes_, piece, fallback)) {
        for (const Token id : fallback) work.add(id);
        continue;
      }
      if (unknown_ < 0) continue;  // such characters go, as in Hugging Face's tokenizers
      if (unknown && !fuse_unknown_) work.add(unknown_);
      unknown = true;
    }
    if (unknown) work.add(unknown_);
  }

  FlatMap<Merge> merges_;  // by left << 32 | right
  std::array<Token, 256> bytes_;
  Token unknown_;
  std::string prefix_, suffix_;
  bool byte_fallback_, fuse_unknown_, ignore_merges_;
};

}  // namespace

std::unique_ptr<const JsonModel> make_json_bpe(const JsonEntry& entry) {
  return std::make_unique<const JsonBpe>(entry);
}

}  // namespace sotto::engine
