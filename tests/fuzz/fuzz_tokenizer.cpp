// Any text through every kind of tokenizer: what comes out are tokens, and byte-level BPE and SentencePiece with bytes
// give the text back. The first two bytes choose the pre-tokenizer and how much of the input is the table of
// replacements.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/error.h"
#include "text/bpe_tokenizer.h"
#include "text/byte_alphabet.h"
#include "text/spm_tokenizer.h"
#include "text/unigram_tokenizer.h"
#include "text/utf8.h"

using namespace sotto::engine;

namespace {

constexpr std::array kNames = {"default",        "gpt-2",       "llama-bpe", "qwen2",      "qwen35",     "deepseek-llm",
                               "deepseek-coder", "deepseek-v3", "falcon",    "starcoder",  "tekken",     "gpt-4o",
                               "bloom",          "viking",      "chameleon", "bailingmoe", "seed-coder", "youtu",
                               "kimi-k2",        "afmoe",       "superbpe",  "tiny_aya",   "exaone-moe", "jais-2",
                               "minicpm5",       "spark2_5",    "laguna",    "ufakzeka"};

const BpeTokenizer& bpe(std::size_t which) {
  static std::array<std::unique_ptr<const BpeTokenizer>, kNames.size()> made;
  if (!made[which]) {
    Vocabulary vocabulary;
    vocabulary.source = "fuzz.gguf";
    vocabulary.pre = kNames[which];
    for (int byte = 0; byte < 256; ++byte) {
      std::string piece;
      append_utf8(piece, byte_alphabet()[static_cast<unsigned char>(byte)]);
      vocabulary.pieces.push_back(piece);
    }
    for (const char* merge : {"a b", "ab ab", "\u0120 a", "1 2", "\u00C3 \u00A9", "\u010A \u010A"}) {
      std::string piece = merge;
      piece.erase(piece.find(' '), 1);
      vocabulary.pieces.push_back(piece);
      vocabulary.merges.emplace_back(merge);
    }
    made[which] = std::make_unique<const BpeTokenizer>(std::move(vocabulary));
  }
  return *made[which];
}

Vocabulary sentencepiece() {
  Vocabulary vocabulary;
  vocabulary.source = "fuzz.gguf";
  vocabulary.pieces = {"<unk>", "\u2581", "a", "b", "ab", "\u2581a", "abab", "\u4E2D", "<box>"};
  vocabulary.types.assign(vocabulary.pieces.size(), PieceType::normal);
  vocabulary.types.front() = PieceType::unknown;
  vocabulary.types.back() = PieceType::user_defined;
  for (std::size_t i = 0; i < vocabulary.pieces.size(); ++i) vocabulary.scores.push_back(-static_cast<float>(i));
  for (int byte = 0; byte < 256; ++byte) {
    constexpr char hex[] = "0123456789ABCDEF";
    vocabulary.pieces.push_back({'<', '0', 'x', hex[byte >> 4], hex[byte & 15], '>'});
    vocabulary.types.push_back(PieceType::byte);
    vocabulary.scores.push_back(0);
  }
  vocabulary.unknown = 0;
  return vocabulary;
}

void check(bool right) {
  if (!right) __builtin_trap();
}

std::vector<Token> encoded(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<Token> tokens = tokenizer.encode(text, true);
  for (const Token token : tokens) check(token >= 0 && token < tokenizer.size());
  return tokens;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const BpeTokenizer& words = bpe(data[0] % kNames.size());
  check(words.decode(encoded(words, text), true) == text);

  static const SpmTokenizer pieces(sentencepiece());
  if (text.find("\u2581") == std::string_view::npos) check(pieces.decode(encoded(pieces, text), true) == text);

  const std::size_t table = std::min<std::size_t>(data[1], text.size());
  const std::string_view front = text.substr(0, table);
  const UnigramTokenizer unigram(
      sentencepiece(), SentencePieceNormalizer({front.begin(), front.end()}, {(data[0] & 1) != 0, (data[0] & 2) != 0}));
  (void)encoded(unigram, text.substr(table));
  return 0;
}
