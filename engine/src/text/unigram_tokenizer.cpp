#include "text/unigram_tokenizer.h"

#include <algorithm>
#include <limits>

#include "text/sentencepiece_pieces.h"
#include "text/stop_point.h"

namespace sotto::engine {
namespace {

constexpr float kUnknownPenalty = 10;  // below the least likely piece, as SentencePiece has it

Vocabulary scored(Vocabulary vocabulary) {
  if (vocabulary.scores.empty()) {
    throw vocabulary_error(vocabulary, vocabulary_keys::scores, "tokenizer.ggml.scores is missing");
  }
  return completed_sentencepiece(std::move(vocabulary));
}

}  // namespace

UnigramTokenizer::UnigramTokenizer(Vocabulary vocabulary, SentencePieceNormalizer normalizer)
    : UnigramTokenizer(Completed{scored(std::move(vocabulary))}, std::move(normalizer)) {}

UnigramTokenizer::UnigramTokenizer(Completed completed, SentencePieceNormalizer normalizer)
    : VocabularyTokenizer(completed.vocabulary, sentencepiece_bytes(completed.vocabulary), false),
      byte_tokens_(256, -1),
      normalizer_(std::move(normalizer)),
      unknown_(completed.vocabulary.unknown),
      space_prefix_(completed.vocabulary.add_space_prefix.value_or(true)) {
  StopPoint point(completed.vocabulary.stop);
  float least = std::numeric_limits<float>::max();
  for (Token id = 0; id < size(); ++id) {
    point.pass();
    const std::string& piece = completed.vocabulary.piece(id);
    const float score = completed.vocabulary.scores[static_cast<std::size_t>(id)];
    switch (type(id)) {
      case PieceType::byte:
        byte_tokens_[*named_byte(piece)] = id;
        break;
      case PieceType::normal:
      case PieceType::undefined:
        least = std::min(least, score);
        [[fallthrough]];
      case PieceType::unused:
        lattice_.add(piece, id, static_cast<double>(score));
        break;
      case PieceType::user_defined:
        lattice_.add(piece, id, 0);
        break;
      case PieceType::control:
      case PieceType::unknown:
        break;
    }
  }
  lattice_.set_unknown_score(
      static_cast<double>((least == std::numeric_limits<float>::max() ? 0 : least) - kUnknownPenalty));
  has_bytes_ = std::ranges::none_of(byte_tokens_, [](Token token) { return token < 0; });
}

void UnigramTokenizer::append_unknown(std::string_view characters, std::vector<Token>& out) const {
  if (has_bytes_) {
    for (const char c : characters) out.push_back(byte_tokens_[static_cast<unsigned char>(c)]);
  } else if (unknown_ < 0) {
    throw no_token();
  } else {
    out.push_back(unknown_);
  }
}

void UnigramTokenizer::encode_text(std::string_view text, bool, std::vector<Token>& out) const {
  const std::string normal = normalizer_.normalized(text);
  check_length(normal);
  for (const UnigramLattice::Cut& cut : lattice_.best(normal)) {
    if (cut.token >= 0) {
      out.push_back(cut.token);
    } else {
      append_unknown(std::string_view(normal).substr(cut.begin, cut.end - cut.begin), out);
    }
  }
}

}  // namespace sotto::engine
