#include "text/unigram_tokenizer.h"

#include <algorithm>
#include <limits>

#include "text/sentencepiece_pieces.h"
#include "text/stop_point.h"
#include "text/utf8.h"

namespace sotto::engine {
namespace {

constexpr float kUnknownPenalty = 10;  // below the least likely piece, as SentencePiece has it

Vocabulary scored(Vocabulary vocabulary) {
  if (vocabulary.scores.empty()) {
    throw vocabulary_error(vocabulary, vocabulary_keys::scores, "tokenizer.ggml.scores is missing");
  }
  return completed_sentencepiece(std::move(vocabulary));
}

std::uint64_t edge(std::int32_t node, char byte) {
  return static_cast<std::uint64_t>(node) << 8U | static_cast<unsigned char>(byte);
}

}  // namespace

UnigramTokenizer::UnigramTokenizer(Vocabulary vocabulary, SentencePieceNormalizer normalizer)
    : UnigramTokenizer(Completed{scored(std::move(vocabulary))}, std::move(normalizer)) {}

UnigramTokenizer::UnigramTokenizer(Completed completed, SentencePieceNormalizer normalizer)
    : VocabularyTokenizer(completed.vocabulary, sentencepiece_bytes(completed.vocabulary), false),
      tokens_(1, -1),
      scores_(completed.vocabulary.scores),
      byte_tokens_(256, -1),
      normalizer_(std::move(normalizer)),
      unknown_(completed.vocabulary.unknown),
      space_prefix_(completed.vocabulary.add_space_prefix.value_or(true)) {
  StopPoint point(completed.vocabulary.stop);
  float least = std::numeric_limits<float>::max();
  for (Token id = 0; id < size(); ++id) {
    point.pass();
    const std::string& piece = completed.vocabulary.piece(id);
    switch (type(id)) {
      case PieceType::byte:
        byte_tokens_[*named_byte(piece)] = id;
        break;
      case PieceType::normal:
      case PieceType::undefined:
        least = std::min(least, scores_[static_cast<std::size_t>(id)]);
        [[fallthrough]];
      case PieceType::unused:
        add(piece, id);
        break;
      case PieceType::user_defined:
        scores_[static_cast<std::size_t>(id)] = 0;
        add(piece, id);
        break;
      case PieceType::control:
      case PieceType::unknown:
        break;
    }
  }
  unknown_score_ = (least == std::numeric_limits<float>::max() ? 0 : least) - kUnknownPenalty;
  has_bytes_ = std::ranges::none_of(byte_tokens_, [](Token token) { return token < 0; });
}

void UnigramTokenizer::add(std::string_view piece, Token id) {
  if (piece.empty()) return;
  std::int32_t node = 0;
  for (const char byte : piece) {
    if (const std::int32_t* next = edges_.find(edge(node, byte))) {
      node = *next;
    } else {
      const auto made = static_cast<std::int32_t>(tokens_.size());
      edges_.insert(edge(node, byte), made);
      tokens_.push_back(-1);
      node = made;
    }
  }
  tokens_[static_cast<std::size_t>(node)] = id;
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
  // The best way to come to each place: by which token, from where.
  struct Best {
    double score = -std::numeric_limits<double>::infinity();
    std::int32_t from = 0;
    Token token = -1;  // none: unknown
  };
  std::vector<Best> best(normal.size() + 1);
  best[0].score = 0;
  for (std::size_t at = 0; at < normal.size();) {
    const std::size_t length = std::min(next_utf8(std::string_view(normal).substr(at)).length, normal.size() - at);
    const auto come = [&](std::size_t to, double score, Token token) {
      if (best[at].score + score > best[to].score) {
        best[to] = {best[at].score + score, static_cast<std::int32_t>(at), token};
      }
    };
    bool single = false;  // the character is a piece
    std::int32_t node = 0;
    for (std::size_t end = at; end < normal.size(); ++end) {
      const std::int32_t* next = edges_.find(edge(node, normal[end]));
      if (next == nullptr) break;
      node = *next;
      const Token token = tokens_[static_cast<std::size_t>(node)];
      if (token < 0) continue;
      single = single || end + 1 - at == length;
      come(end + 1, static_cast<double>(scores_[static_cast<std::size_t>(token)]), token);
    }
    if (!single) come(at + length, static_cast<double>(unknown_score_), -1);
    at += length;
  }
  struct Piece {
    std::size_t begin, end;
    Token token;
  };
  std::vector<Piece> pieces;
  for (std::size_t end = normal.size(); end > 0;) {
    const Best& step = best[end];
    const auto begin = static_cast<std::size_t>(step.from);
    if (step.token < 0 && !pieces.empty() && pieces.back().token < 0) {
      pieces.back().begin = begin;  // unknown neighbours are one
    } else {
      pieces.push_back({begin, end, step.token});
    }
    end = begin;
  }
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
    if (piece->token >= 0) {
      out.push_back(piece->token);
    } else {
      append_unknown(std::string_view(normal).substr(piece->begin, piece->end - piece->begin), out);
    }
  }
}

}  // namespace sotto::engine
