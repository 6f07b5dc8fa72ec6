#include "text/sentencepiece_pieces.h"

#include "text/stop_point.h"

namespace sotto::engine {
namespace {

std::string with_spaces(const std::string& piece) {
  std::string text;
  for (std::size_t i = 0; i < piece.size();) {
    if (std::string_view(piece).substr(i, sentencepiece_space.size()) == sentencepiece_space) {
      text += ' ';
      i += sentencepiece_space.size();
    } else {
      text += piece[i++];
    }
  }
  return text;
}

}  // namespace

Vocabulary completed_sentencepiece(Vocabulary vocabulary) {
  const bool untyped = vocabulary.types.empty();
  (void)complete(vocabulary);
  if (untyped) {
    for (std::size_t i = 0; i < vocabulary.pieces.size(); ++i) {
      if (named_byte(vocabulary.pieces[i])) vocabulary.types[i] = PieceType::byte;
    }
  }
  return vocabulary;
}

std::vector<std::string> sentencepiece_bytes(const Vocabulary& vocabulary) {
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
        bytes[i] = with_spaces(piece);
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

}  // namespace sotto::engine
