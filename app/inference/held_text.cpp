#include "inference/held_text.h"

namespace sotto::app {

std::size_t unfinishedBytes(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0U) == 0x80U) continue;
    const std::size_t needed = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC0U ? 2 : 1;
    return needed > back ? back : 0;
  }
  return 0;
}

std::string completedText(const std::vector<engine::Token>& tokens, const std::string& text,
                          const std::function<std::string(engine::Token)>& piece) {
  std::string whole;
  for (const engine::Token token : tokens) whole += piece(token);
  whole.resize(whole.size() - unfinishedBytes(whole));
  // SentencePiece's first piece brings a blank that the text of a reply may leave out.
  if (whole.starts_with(' ') && !text.starts_with(' ')) whole.erase(0, 1);
  return whole.starts_with(text) ? whole : text;
}

}  // namespace sotto::app
