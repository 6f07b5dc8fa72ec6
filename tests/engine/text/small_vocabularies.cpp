#include "engine/text/small_vocabularies.h"

#include <algorithm>
#include <random>

#include "text/byte_alphabet.h"
#include "text/utf8.h"

namespace sotto::test {

using engine::PieceType;
using engine::Token;
using engine::Vocabulary;

namespace {

struct Builder {
  Vocabulary vocabulary;

  Token add(std::string piece, PieceType type = PieceType::normal, float score = 0) {
    vocabulary.pieces.push_back(std::move(piece));
    vocabulary.types.push_back(type);
    vocabulary.scores.push_back(score);
    return static_cast<Token>(vocabulary.pieces.size() - 1);
  }
};

std::string character(unsigned char byte) {
  std::string text;
  engine::append_utf8(text, engine::byte_alphabet()[byte]);
  return text;
}

}  // namespace

Vocabulary small_spm() {
  Builder builder;
  builder.vocabulary.source = "small.gguf";
  builder.vocabulary.unknown = builder.add("<unk>", PieceType::unknown);
  builder.vocabulary.bos = builder.add("<s>", PieceType::control);
  builder.vocabulary.eos = builder.add("</s>", PieceType::control);
  constexpr char hex[] = "0123456789ABCDEF";
  for (unsigned byte = 0; byte < 256; ++byte) {
    builder.add({'<', '0', 'x', hex[byte >> 4], hex[byte & 15], '>'}, PieceType::byte);
  }
  float score = -1;
  for (const char* word : {"he",   "▁t", "in",     "er", "ll",   "▁w", "▁▁", "hell", "hello", "▁hello", "or",
                           "▁wor", "ld", "▁world", "th", "▁the", "re", "s>", "on",   "ti",    "tion",   "▁"}) {
    builder.add(word, std::string(word) == "tion" ? PieceType::unused : PieceType::normal, score);
    score -= 1;
  }
  for (char c = 'a'; c <= 'z'; ++c) builder.add(std::string(1, c), PieceType::normal, score -= 1);
  for (char c = 'A'; c <= 'Z'; ++c) builder.add(std::string(1, c), PieceType::normal, score -= 1);
  for (const char* sign : {"<", ">", "/", "é"}) builder.add(sign, PieceType::normal, score -= 1);
  builder.add("<box>", PieceType::user_defined);
  builder.add("\n\n", PieceType::user_defined);
  builder.add("[INST]", PieceType::control);
  builder.add("[/INST]", PieceType::control);
  return std::move(builder.vocabulary);
}

Vocabulary small_bpe(std::string_view pre) {
  Builder builder;
  builder.vocabulary.source = "small.gguf";
  builder.vocabulary.pre = pre;
  for (unsigned byte = 0; byte < 256; ++byte) builder.add(character(static_cast<unsigned char>(byte)));
  for (const char* merge : {"h e", "l l", "he ll", "hell o", "Ġ w", "o r", "Ġw or", "l d", "Ġwor ld", "Ġ hello", "e r",
                            "Ġ t", "Ġt he", "a a", "aa aa", "Ċ Ċ", "Ã ©", "1 2", "Ġ Ġ"}) {
    const std::string text = merge;
    std::string piece = text;
    piece.erase(piece.find(' '), 1);
    builder.add(piece);
    builder.vocabulary.merges.push_back(text);
  }
  // Whole words that no merge makes.
  builder.add("whole");
  builder.vocabulary.bos = builder.add("<|begin_of_text|>", PieceType::control);
  builder.vocabulary.eos = builder.add("<|eot_id|>", PieceType::control);
  builder.add("<box>", PieceType::user_defined);
  builder.vocabulary.scores.clear();
  return std::move(builder.vocabulary);
}

Token id_of(const Vocabulary& vocabulary, std::string_view piece) {
  const auto found = std::find(vocabulary.pieces.begin(), vocabulary.pieces.end(), piece);
  return found == vocabulary.pieces.end() ? -1 : static_cast<Token>(found - vocabulary.pieces.begin());
}

std::vector<Token> ids_of(const Vocabulary& vocabulary, const std::vector<std::string>& pieces) {
  std::vector<Token> ids;
  for (const std::string& piece : pieces) ids.push_back(id_of(vocabulary, piece));
  return ids;
}

std::string random_text(unsigned seed, std::size_t length) {
  static const std::vector<std::string> parts = {"hello",  " world",     " ",        "  ",       "\n",
                                                 "\n\n",   "the",        "<box>",    "<s>",      "</s>",
                                                 "[INST]", "<|eot_id|>", "é",        "日本",     "🙂",
                                                 "\xFF",   "\xC3",       "\xE2\x82", "12",       "3",
                                                 "'s",     "\t",         "\r\n",     "\xC2\xA0", std::string(1, '\0'),
                                                 "<0x41>", "a"};
  std::minstd_rand random(seed + 1);
  std::string text;
  while (text.size() < length) text += parts[random() % parts.size()];
  return text;
}

}  // namespace sotto::test
