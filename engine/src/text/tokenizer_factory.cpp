#include "text/tokenizer_factory.h"

#include <fstream>
#include <limits>
#include <utility>

#include "io/printable.h"
#include "text/bpe_tokenizer.h"
#include "text/json/json_tokenizer.h"
#include "text/spm_tokenizer.h"
#include "text/stop_point.h"
#include "text/unigram_tokenizer.h"
#include "text/vocabulary.h"

namespace sotto::engine {
namespace {

// Bytes, which files have as numbers of either sign.
std::vector<std::uint8_t> charsmap(const GgufFile& file) {
  std::vector<std::uint8_t> bytes;
  for (const std::int64_t byte : file.integers(vocabulary_keys::charsmap).value_or(std::vector<std::int64_t>())) {
    bytes.push_back(static_cast<std::uint8_t>(byte & 0xFF));
  }
  return bytes;
}

constexpr std::string_view json_key = "tokenizer.huggingface.json";

// The tokenizer.json that a file may hold, where the engine cannot use its GGUF vocabulary; else null.
std::unique_ptr<const Tokenizer> from_json_in(const GgufFile& file) {
  if (!file.has(json_key)) return nullptr;
  const std::string kind = file.string(vocabulary_keys::model).value_or("");
  const std::string pre = file.string(vocabulary_keys::pre).value_or(std::string(default_pre_tokenizer));
  if (kind == "llama" || kind == "t5" || (kind == "gpt2" && find_pre_tokenizer(pre))) return nullptr;
  const auto id = [&](std::string_view key) {
    const std::int64_t value = file.integer(key).value_or(-1);
    return value < 0 || value > std::numeric_limits<Token>::max() ? Token{-1} : static_cast<Token>(value);
  };
  return std::make_unique<const JsonTokenizer>(file.string(json_key).value_or(""), id(vocabulary_keys::bos),
                                               id(vocabulary_keys::eos), file.path().filename().string());
}

bool is_json(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  char first = 0;
  in >> first;  // white space goes
  return in.good() && first == '{';
}

}  // namespace

std::unique_ptr<const Tokenizer> make_tokenizer(const GgufFile& file, const std::stop_token& stop) {
  if (auto tokenizer = from_json_in(file)) return tokenizer;
  const std::optional<std::string> kind = file.string(vocabulary_keys::model);
  Vocabulary vocabulary;
  vocabulary.source = file.path().filename().string();
  if (!kind) {
    throw vocabulary_error(vocabulary, vocabulary_keys::model, "it has no vocabulary, tokenizer.ggml.model is missing");
  }
  const bool sentencepiece = *kind == "llama", unigram = *kind == "t5";
  if (!sentencepiece && !unigram && *kind != "gpt2") {
    throw vocabulary_error(vocabulary, vocabulary_keys::model,
                           "its tokenizer " + in_quotes(*kind) + " (tokenizer.ggml.model) is not supported",
                           ErrorCode::unsupported);
  }
  if (*kind == "gpt2" && !file.has(vocabulary_keys::merges)) {
    throw vocabulary_error(vocabulary, vocabulary_keys::merges, "tokenizer.ggml.merges is missing");
  }
  try {
    vocabulary = read_vocabulary(file, stop);
    if (unigram) {
      SentencePieceNormalizer normalizer(charsmap(file), {vocabulary.add_space_prefix.value_or(true),
                                                          file.boolean(vocabulary_keys::merge_spaces).value_or(false)});
      return std::make_unique<const UnigramTokenizer>(std::move(vocabulary), std::move(normalizer));
    }
    if (sentencepiece) return std::make_unique<const SpmTokenizer>(std::move(vocabulary));
    return std::make_unique<const BpeTokenizer>(std::move(vocabulary));
  } catch (const BuildingStopped&) {
    return nullptr;
  }
}

std::unique_ptr<const Tokenizer> load_tokenizer(const std::filesystem::path& file) {
  if (is_json(file)) return load_json_tokenizer(file);
  const auto gguf = GgufFile::open(file);
  try {
    return make_tokenizer(*gguf);
  } catch (const Error& error) {
    throw gguf->at_its_place(error);
  }
}

std::vector<Token> Tokenizer::encode(std::string_view text, bool parse_special) const {
  const Fragment fragment{parse_special ? Fragment::Kind::markup : Fragment::Kind::text, std::string(text), {}};
  return encode(std::span(&fragment, 1), false);
}

}  // namespace sotto::engine
