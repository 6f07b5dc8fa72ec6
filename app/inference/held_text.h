// A reply's ids can be ahead of its text: when the process died while text was held back because it might have become a
// stop string. Before the reply is continued its text is brought up to its ids.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/tokenizer.h"

namespace sotto::app {

// `text`, completed by the whole characters that `tokens` stand for. Where text and ids have nothing to do with each
// other the text stays as it is. `piece` gives the bytes of one token.
[[nodiscard]] std::string completedText(const std::vector<engine::Token>& tokens, const std::string& text,
                                        const std::function<std::string(engine::Token)>& piece);

// Bytes at the end of `text` that begin a UTF-8 character without finishing it: 0 to 3.
[[nodiscard]] std::size_t unfinishedBytes(std::string_view text);

}  // namespace sotto::app
