#include "text/tokenizer_factory.h"

#include "io/printable.h"
#include "text/bpe_tokenizer.h"
#include "text/spm_tokenizer.h"
#include "text/vocabulary.h"

namespace sotto::engine {

std::unique_ptr<const Tokenizer> make_tokenizer(const GgufFile& file) {
  const std::optional<std::string> kind = file.string(vocabulary_keys::model);
  Vocabulary vocabulary;
  vocabulary.source = file.path().filename().string();
  if (!kind) {
    throw vocabulary_error(vocabulary, vocabulary_keys::model,
                           "The file has no vocabulary (tokenizer.ggml.model is missing)");
  }
  if (*kind == "llama") return std::make_unique<const SpmTokenizer>(read_vocabulary(file));
  if (*kind == "gpt2" && !file.has(vocabulary_keys::merges)) {
    throw vocabulary_error(vocabulary, vocabulary_keys::merges,
                           "The file has no merges for its vocabulary (tokenizer.ggml.merges is missing)");
  }
  if (*kind == "gpt2") return std::make_unique<const BpeTokenizer>(read_vocabulary(file));
  throw vocabulary_error(vocabulary, vocabulary_keys::model, "The tokenizer " + in_quotes(*kind) + " is not supported",
                         ErrorCode::unsupported);
}

std::unique_ptr<const Tokenizer> load_tokenizer(const std::filesystem::path& file) {
  return make_tokenizer(*GgufFile::open(file));
}

std::vector<Token> Tokenizer::encode(std::string_view text, bool parse_special) const {
  const Fragment fragment{parse_special ? Fragment::Kind::markup : Fragment::Kind::text, std::string(text), {}};
  return encode(std::span(&fragment, 1), false);
}

}  // namespace sotto::engine
