#include "text/json/json_vocabulary.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/printable.h"

namespace sotto::engine {

std::vector<std::string> read_vocab(const JsonEntry& vocab) {
  if (!vocab.is_object()) throw vocab.error("is not an object of pieces and ids");
  const std::size_t most = vocab.size() * 2 + 100'000;  // ids have gaps, but not many
  std::vector<std::string> pieces;
  std::vector<bool> taken;
  for (const auto& [piece, id] : vocab.value().items()) {
    const std::int64_t at = JsonEntry(id, "the id of " + in_quotes(piece), vocab.source()).integer();
    if (at < 0 || static_cast<std::uint64_t>(at) >= most)
      throw vocab.error("gives " + in_quotes(piece) + " an impossible id");
    const auto index = static_cast<std::size_t>(at);
    if (index >= pieces.size()) {
      pieces.resize(index + 1);
      taken.resize(index + 1);
    }
    if (taken[index]) throw vocab.error("gives two pieces the id " + std::to_string(at));
    taken[index] = true;
    pieces[index] = piece;
  }
  return pieces;
}

std::array<Token, 256> byte_tokens_of(const PieceIndex& index) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::array<Token, 256> tokens{};
  for (std::size_t byte = 0; byte < tokens.size(); ++byte) {
    const std::string name{'<', '0', 'x', digits[byte >> 4U], digits[byte & 15U], '>'};
    tokens[byte] = index.find(name);
  }
  return tokens;
}

bool append_bytes(const std::array<Token, 256>& byte_tokens, std::string_view bytes, std::vector<Token>& out) {
  const auto token = [&](char c) { return byte_tokens[static_cast<unsigned char>(c)]; };
  if (!std::ranges::all_of(bytes, [&](char c) { return token(c) >= 0; })) return false;
  for (const char c : bytes) out.push_back(token(c));
  return true;
}

Token unknown_of(const JsonEntry& model, const PieceIndex& index) {
  const JsonEntry entry = model.at("unk_token");
  if (!entry.is_there()) return -1;
  return index.find(entry.string());
}

Error no_json_token() {
  return {ErrorCode::unsupported,
          "This model's vocabulary has no token for a character of the text, nor one for unknown characters."};
}

}  // namespace sotto::engine
