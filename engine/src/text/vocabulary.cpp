#include "text/vocabulary.h"

#include <cmath>
#include <limits>

#include "io/gguf.h"
#include "io/printable.h"
#include "text/special_tokens.h"
#include "text/stop_point.h"

namespace sotto::engine {
namespace {

namespace keys = vocabulary_keys;

// Every key that holds a token id.
constexpr std::string_view id_keys[] = {"bos",     "eos",     "eot",     "eom",     "unknown", "seperator", "separator",
                                        "padding", "cls",     "mask",    "prefix",  "suffix",  "middle",    "fim_pre",
                                        "fim_suf", "fim_mid", "fim_pad", "fim_rep", "fim_sep"};
constexpr std::int64_t no_token = 0xFFFFFFFF;

// nullopt: the key is missing; -1: it says that there is none.
std::optional<Token> token_id(const GgufFile& file, const Vocabulary& vocabulary, std::string_view name) {
  const std::string key = "tokenizer.ggml." + std::string(name) + "_token_id";
  const std::optional<std::int64_t> value = file.integer(key);
  if (!value) return std::nullopt;
  if (*value == no_token || *value == -1) return -1;
  if (*value < 0 || *value >= static_cast<std::int64_t>(vocabulary.pieces.size())) {
    throw vocabulary_error(vocabulary, key,
                           key + " is " + std::to_string(*value) + ", but the vocabulary has " +
                               std::to_string(vocabulary.pieces.size()) + " tokens");
  }
  return static_cast<Token>(*value);
}

bool contains_phi3(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name.find("phi-3") != std::string::npos || name.find("phi3") != std::string::npos;
}

void check_length(const Vocabulary& vocabulary, std::string_view key, std::size_t length) {
  if (length >= vocabulary.pieces.size()) return;
  throw vocabulary_error(vocabulary, key,
                         std::string(key) + " has " + std::to_string(length) + " entries for " +
                             std::to_string(vocabulary.pieces.size()) + " tokens");
}

void check_id(const Vocabulary& vocabulary, std::string_view key, Token id) {
  if (id >= -1 && id < static_cast<Token>(vocabulary.pieces.size())) return;
  throw vocabulary_error(vocabulary, key,
                         std::string(key) + " is " + std::to_string(id) + ", but the vocabulary has " +
                             std::to_string(vocabulary.pieces.size()) + " tokens");
}

}  // namespace

Error vocabulary_error(const Vocabulary& vocabulary, std::string_view key, const std::string& problem, ErrorCode code) {
  return {code, in_quotes(vocabulary.source) + " cannot be used: " + problem + ".", std::string(key)};
}

std::optional<unsigned char> named_byte(std::string_view piece) noexcept {
  if (piece.size() != 6 || piece.substr(0, 3) != "<0x" || piece[5] != '>') return std::nullopt;
  unsigned value = 0;
  for (const char c : piece.substr(3, 2)) {
    value <<= 4;
    if (c >= '0' && c <= '9') {
      value |= static_cast<unsigned>(c - '0');
    } else if (c >= 'A' && c <= 'F') {
      value |= static_cast<unsigned>(c - 'A' + 10);
    } else if (c >= 'a' && c <= 'f') {
      value |= static_cast<unsigned>(c - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return static_cast<unsigned char>(value);
}

Vocabulary read_vocabulary(const GgufFile& file, const std::stop_token& stop) {
  Vocabulary vocabulary;
  vocabulary.stop = stop;
  StopPoint point(stop);
  vocabulary.source = file.path().filename().string();
  auto pieces = file.strings(keys::pieces);
  if (!pieces)
    throw vocabulary_error(vocabulary, keys::pieces, "it has no vocabulary, tokenizer.ggml.tokens is missing");
  if (pieces->empty()) throw vocabulary_error(vocabulary, keys::pieces, "tokenizer.ggml.tokens is empty");
  vocabulary.pieces = std::move(*pieces);
  point.look();

  if (const auto scores = file.numbers(keys::scores)) {
    vocabulary.scores.reserve(scores->size());
    for (const double score : *scores) vocabulary.scores.push_back(static_cast<float>(score));
    check_length(vocabulary, keys::scores, vocabulary.scores.size());
  }
  if (const auto types = file.integers(keys::types)) {
    vocabulary.types.reserve(types->size());
    for (const std::int64_t type : *types) {
      vocabulary.types.push_back(type >= 0 && type <= 6 ? static_cast<PieceType>(type) : PieceType::undefined);
    }
    check_length(vocabulary, keys::types, vocabulary.types.size());
  }
  point.look();
  if (auto merges = file.strings(keys::merges)) vocabulary.merges = std::move(*merges);
  vocabulary.pre = file.string(keys::pre);

  const auto model = file.string(keys::model);
  const bool sentence_piece = model == "llama", unigram = model == "t5";
  // Where a key is missing the ids are those that llama.cpp takes.
  const auto usual = [&](Token id) {
    return (sentence_piece || unigram) && static_cast<std::size_t>(id) < vocabulary.pieces.size() ? id : -1;
  };
  for (const std::string_view name : id_keys) (void)token_id(file, vocabulary, name);
  vocabulary.bos = token_id(file, vocabulary, "bos").value_or(unigram ? -1 : usual(1));
  vocabulary.eos = token_id(file, vocabulary, "eos").value_or(usual(unigram ? 1 : 2));
  vocabulary.unknown = token_id(file, vocabulary, "unknown").value_or(usual(unigram ? 2 : 0));
  vocabulary.eot = token_id(file, vocabulary, "eot").value_or(-1);
  vocabulary.eom = token_id(file, vocabulary, "eom").value_or(-1);
  vocabulary.add_bos = file.boolean(keys::add_bos);
  vocabulary.add_space_prefix = file.boolean(keys::add_space_prefix);
  vocabulary.strip_after_special = contains_phi3(file.string("general.name").value_or(""));
  return vocabulary;
}

PieceIndex complete(Vocabulary& vocabulary) {
  const std::size_t count = vocabulary.pieces.size();
  if (count == 0) throw vocabulary_error(vocabulary, keys::pieces, "tokenizer.ggml.tokens is empty");
  if (count > static_cast<std::size_t>(std::numeric_limits<Token>::max())) {
    throw vocabulary_error(vocabulary, keys::pieces, "tokenizer.ggml.tokens has more than 2^31 entries");
  }
  const bool untyped = vocabulary.types.empty();
  if (!vocabulary.scores.empty()) check_length(vocabulary, keys::scores, vocabulary.scores.size());
  if (!untyped) check_length(vocabulary, keys::types, vocabulary.types.size());
  vocabulary.types.resize(count, PieceType::normal);
  if (!vocabulary.scores.empty()) vocabulary.scores.resize(count);
  for (std::size_t i = 0; i < vocabulary.scores.size(); ++i) {
    if (!std::isfinite(vocabulary.scores[i])) {
      throw vocabulary_error(vocabulary, keys::scores,
                             "tokenizer.ggml.scores[" + std::to_string(i) + "] is not a number");
    }
  }
  check_id(vocabulary, keys::bos, vocabulary.bos);
  check_id(vocabulary, keys::eos, vocabulary.eos);
  check_id(vocabulary, "tokenizer.ggml.eot_token_id", vocabulary.eot);
  check_id(vocabulary, "tokenizer.ggml.eom_token_id", vocabulary.eom);
  check_id(vocabulary, "tokenizer.ggml.unknown_token_id", vocabulary.unknown);
  if (vocabulary.add_bos.value_or(false) && vocabulary.bos < 0) {
    throw vocabulary_error(vocabulary, keys::add_bos,
                           "tokenizer.ggml.add_bos_token is true, but tokenizer.ggml.bos_token_id is missing");
  }

  PieceIndex index(count);
  StopPoint point(vocabulary.stop);
  const auto name = [](std::size_t i) { return "tokenizer.ggml.tokens[" + std::to_string(i) + "]"; };
  for (std::size_t i = 0; i < count; ++i) {
    point.pass();
    const std::string& piece = vocabulary.pieces[i];
    PieceType& type = vocabulary.types[i];
    if (type == PieceType::byte && !named_byte(piece)) {
      throw vocabulary_error(vocabulary, keys::pieces,
                             name(i) + " is a byte token, but " + in_quotes(piece) + " names no byte");
    }
    // Converters leave gaps as empty pieces; nothing can be looked up by them.
    if (!piece.empty() && !index.insert(piece, static_cast<Token>(i))) {
      const auto first = static_cast<std::size_t>(index.find(piece));
      throw vocabulary_error(vocabulary, keys::pieces, name(i) + " is " + in_quotes(piece) + ", as is " + name(first));
    }
    if (is_marker(piece, type == PieceType::normal && !untyped)) type = PieceType::control;
  }
  return index;
}

}  // namespace sotto::engine
