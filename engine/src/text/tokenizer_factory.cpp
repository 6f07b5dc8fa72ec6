#include "text/tokenizer_factory.h"

#include <utility>

#include "io/printable.h"
#include "text/bpe_tokenizer.h"
#include "text/spm_tokenizer.h"
#include "text/stop_point.h"
#include "text/vocabulary.h"

namespace sotto::engine {

std::unique_ptr<const Tokenizer> make_tokenizer(const GgufFile& file, const std::stop_token& stop) {
  const std::optional<std::string> kind = file.string(vocabulary_keys::model);
  Vocabulary vocabulary;
  vocabulary.source = file.path().filename().string();
  if (!kind) {
    throw vocabulary_error(vocabulary, vocabulary_keys::model, "it has no vocabulary, tokenizer.ggml.model is missing");
  }
  const bool sentencepiece = *kind == "llama";
  if (!sentencepiece && *kind != "gpt2") {
    throw vocabulary_error(vocabulary, vocabulary_keys::model,
                           "its tokenizer " + in_quotes(*kind) + " (tokenizer.ggml.model) is not supported",
                           ErrorCode::unsupported);
  }
  if (!sentencepiece && !file.has(vocabulary_keys::merges)) {
    throw vocabulary_error(vocabulary, vocabulary_keys::merges, "tokenizer.ggml.merges is missing");
  }
  try {
    vocabulary = read_vocabulary(file, stop);
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
