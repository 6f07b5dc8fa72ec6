#include "text/tokenizer_factory.h"

#include <utility>

#include "io/printable.h"
#include "text/bpe_tokenizer.h"
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

}  // namespace

std::unique_ptr<const Tokenizer> make_tokenizer(const GgufFile& file, const std::stop_token& stop) {
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
  return make_tokenizer(*GgufFile::open(file));
}

std::vector<Token> Tokenizer::encode(std::string_view text, bool parse_special) const {
  const Fragment fragment{parse_special ? Fragment::Kind::markup : Fragment::Kind::text, std::string(text), {}};
  return encode(std::span(&fragment, 1), false);
}

}  // namespace sotto::engine
