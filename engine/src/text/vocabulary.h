// What a model file says about its tokens (GGUF tokenizer.ggml.*), checked.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/error.h"
#include "sotto/engine/tokenizer.h"
#include "text/piece_index.h"

namespace sotto::engine {

class GgufFile;

// The numbers are those of tokenizer.ggml.token_type.
enum class PieceType : std::uint8_t {
  undefined = 0,
  normal = 1,
  unknown = 2,       // stands for what has no other token
  control = 3,       // never comes from a user's words, gives no text
  user_defined = 4,  // always one token, wherever it stands in a text
  unused = 5,
  byte = 6  // "<0xE9>"
};

// Plain values, as read; tests make them by hand.
struct Vocabulary {
  std::string source;               // the file, for messages
  std::vector<std::string> pieces;  // by token id
  std::vector<float> scores;        // by token id, or empty
  std::vector<PieceType> types;     // by token id, or empty: all normal
  std::vector<std::string> merges;  // "left right", the first goes first
  std::optional<std::string> pre;   // name of the pre-tokenizer
  Token bos = -1;                   // -1: none
  Token eos = -1;
  Token eot = -1;
  Token eom = -1;
  Token unknown = -1;
  std::optional<bool> add_bos;
  std::optional<bool> add_space_prefix;
  bool strip_after_special = false;  // special tokens swallow the white space after them (Phi-3)
  std::stop_token stop;              // what is built from this throws BuildingStopped once it is requested

  [[nodiscard]] PieceType type(Token id) const { return types[static_cast<std::size_t>(id)]; }
  [[nodiscard]] const std::string& piece(Token id) const { return pieces[static_cast<std::size_t>(id)]; }
};

namespace vocabulary_keys {
inline constexpr std::string_view model = "tokenizer.ggml.model";
inline constexpr std::string_view pre = "tokenizer.ggml.pre";
inline constexpr std::string_view pieces = "tokenizer.ggml.tokens";
inline constexpr std::string_view scores = "tokenizer.ggml.scores";
inline constexpr std::string_view types = "tokenizer.ggml.token_type";
inline constexpr std::string_view merges = "tokenizer.ggml.merges";
inline constexpr std::string_view bos = "tokenizer.ggml.bos_token_id";
inline constexpr std::string_view eos = "tokenizer.ggml.eos_token_id";
inline constexpr std::string_view add_bos = "tokenizer.ggml.add_bos_token";
inline constexpr std::string_view charsmap = "tokenizer.ggml.precompiled_charsmap";
inline constexpr std::string_view merge_spaces = "tokenizer.ggml.remove_extra_whitespaces";
inline constexpr std::string_view add_space_prefix = "tokenizer.ggml.add_space_prefix";
}  // namespace vocabulary_keys

// Throws Error format naming the key, where the file has no vocabulary or one of another shape; BuildingStopped.
[[nodiscard]] Vocabulary read_vocabulary(const GgufFile& file, const std::stop_token& stop = {});

// Makes `vocabulary` whole: types for every piece, control for what only can be control (end and turn markers that a
// converter mislabelled). Throws Error format naming key and index: no pieces, scores or types shorter than the pieces
// or not finite, duplicate pieces, special ids out of range, byte pieces that name no byte.
// The index has every piece but empty ones, and points into the vocabulary.
[[nodiscard]] PieceIndex complete(Vocabulary& vocabulary);

// An Error that names the file and the problem, a clause; where() is the key.
[[nodiscard]] Error vocabulary_error(const Vocabulary& vocabulary, std::string_view key, const std::string& problem,
                                     ErrorCode code = ErrorCode::format);

// The byte that "<0xE9>" names; nullopt for everything else.
[[nodiscard]] std::optional<unsigned char> named_byte(std::string_view piece) noexcept;

}  // namespace sotto::engine
