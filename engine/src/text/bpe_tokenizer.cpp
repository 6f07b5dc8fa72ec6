#include "text/bpe_tokenizer.h"

#include "io/printable.h"
#include "text/byte_alphabet.h"
#include "text/stop_point.h"
#include "text/utf8.h"
#include "text/word_cache.h"

namespace sotto::engine {
namespace {

namespace keys = vocabulary_keys;

// Whether a text may become such a piece by merging.
bool is_word(PieceType type) {
  return type == PieceType::normal || type == PieceType::undefined || type == PieceType::user_defined;
}

std::vector<std::string> bytes_of(const Vocabulary& vocabulary) {
  std::vector<std::string> bytes(vocabulary.pieces.size());
  StopPoint point(vocabulary.stop);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    point.pass();
    const std::string& piece = vocabulary.pieces[i];
    switch (vocabulary.types[i]) {
      case PieceType::byte:
        bytes[i] = std::string(1, static_cast<char>(*named_byte(piece)));
        break;
      case PieceType::normal:
      case PieceType::undefined:
      case PieceType::unused:
        bytes[i] = alphabet_to_bytes(piece).value_or(piece);
        break;
      case PieceType::control:
      case PieceType::unknown:
      case PieceType::user_defined:
        bytes[i] = piece;
        break;
    }
  }
  return bytes;
}

std::uint64_t pair_key(Token left, Token right) {
  return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

}  // namespace

struct BpeTokenizer::Work {
  std::vector<Symbol> symbols;
  std::vector<Merge> pairs;
};

BpeTokenizer::Completed BpeTokenizer::completed(Vocabulary vocabulary) {
  PieceIndex by_text = complete(vocabulary);
  const std::string name = vocabulary.pre.value_or(std::string(default_pre_tokenizer));
  const std::optional<PreTokenizerKind> kind = find_pre_tokenizer(name);
  if (!kind) {
    throw vocabulary_error(vocabulary, keys::pre,
                           "its pre-tokenizer " + in_quotes(name) + " (tokenizer.ggml.pre) is not supported",
                           ErrorCode::unsupported);
  }
  return {std::move(vocabulary), std::move(by_text), *kind};
}

BpeTokenizer::BpeTokenizer(Vocabulary vocabulary) : BpeTokenizer(completed(std::move(vocabulary))) {}

BpeTokenizer::BpeTokenizer(const Completed& completed)
    : VocabularyTokenizer(completed.vocabulary, bytes_of(completed.vocabulary), completed.pre.adds_bos),
      pre_tokenizer_(completed.pre),
      ignore_merges_(completed.pre.ignore_merges),
      words_(completed.pre.ignore_merges ? completed.vocabulary.pieces.size() : 0),
      merges_(completed.vocabulary.merges.size()),
      byte_tokens_(256, -1),
      unknown_(completed.vocabulary.unknown) {
  const Vocabulary& vocabulary = completed.vocabulary;
  for (std::size_t byte = 0; byte < byte_tokens_.size(); ++byte) {
    std::string character;
    append_utf8(character, byte_alphabet()[byte]);
    const Token id = completed.by_text.find(character);
    if (id >= 0 && is_word(type(id))) byte_tokens_[byte] = id;
  }
  read_merges(vocabulary, completed.by_text);
  if (!ignore_merges_) return;
  StopPoint point(vocabulary.stop);
  for (Token id = 0; id < size(); ++id) {
    point.pass();
    // A piece with characters outside the alphabet stands for no word, even where its bytes are those of one.
    const bool of_alphabet = type(id) == PieceType::user_defined || bytes(id) != vocabulary.piece(id) ||
                             alphabet_to_bytes(vocabulary.piece(id)).has_value();
    if (is_word(type(id)) && of_alphabet && !bytes(id).empty()) words_.insert(bytes(id), id);
  }
}

void BpeTokenizer::read_merges(const Vocabulary& vocabulary, const PieceIndex& by_text) {
  std::string joined;
  StopPoint point(vocabulary.stop);
  for (std::size_t i = 0; i < vocabulary.merges.size(); ++i) {
    point.pass();
    const std::string& merge = vocabulary.merges[i];
    const auto refuse = [&](const std::string& why) {
      return vocabulary_error(vocabulary, keys::merges, "tokenizer.ggml.merges[" + std::to_string(i) + "] " + why);
    };
    const std::size_t blank = merge.find(' ', 1);
    if (blank == std::string::npos || blank + 1 == merge.size()) throw refuse("is not two pieces with a blank between");
    const std::string_view both = merge;
    joined.assign(both.substr(0, blank)).append(both.substr(blank + 1));
    const Token left = by_text.find(both.substr(0, blank));
    const Token right = by_text.find(both.substr(blank + 1));
    const Token result = by_text.find(joined);
    if (left < 0 || right < 0) throw refuse("names a piece that is not in the vocabulary");
    if (result < 0) throw refuse("makes a piece that is not in the vocabulary");
    if (!is_word(type(left)) || !is_word(type(right)) || !is_word(type(result))) continue;
    merges_.insert(pair_key(left, right), {static_cast<std::int32_t>(i), result});
  }
}

void BpeTokenizer::encode_word(std::string_view word, Work& work, std::vector<Token>& out) const {
  if (ignore_merges_) {
    const Token whole = words_.find(word);
    if (whole >= 0) return out.push_back(whole);
  }
  work.symbols.clear();
  for (std::size_t i = 0; i < word.size(); ++i) {
    const Token id = byte_tokens_[static_cast<unsigned char>(word[i])];
    if (id < 0 && unknown_ < 0) throw no_token();
    work.symbols.push_back({static_cast<std::int32_t>(i), 1, id});
  }
  const auto find = [&](const Symbol& left, const Symbol& right) -> Merge {
    if (left.id < 0 || right.id < 0) return {};
    const Merge* merge = merges_.find(pair_key(left.id, right.id));
    return merge != nullptr ? *merge : Merge{};
  };
  merge_symbols(work.symbols, find, work.pairs);
  for (const Symbol& symbol : work.symbols) out.push_back(symbol.id >= 0 ? symbol.id : unknown_);
}

void BpeTokenizer::encode_text(std::string_view text, bool /*after_special*/, std::vector<Token>& out) const {
  WordCache cache(text.size());
  Work work;
  std::size_t begin = 0;
  for (const std::int32_t end : pre_tokenizer_.split(text)) {
    const std::string_view word = text.substr(begin, static_cast<std::size_t>(end) - begin);
    cache.append(word, out, [&] { encode_word(word, work, out); });
    begin = static_cast<std::size_t>(end);
  }
}

}  // namespace sotto::engine
