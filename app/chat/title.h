// A conversation's first title, from its first message.
#pragma once

#include <QString>

namespace sotto::app {

// The first line that holds a word, without Markdown's marks (leading ones, of bold text and of code), blanks run
// together, cut at a word's end to at most `limit` characters (an ellipsis included). "New chat" (translated) when
// there is no word.
[[nodiscard]] QString titleFromMessage(const QString& message, int limit = 60);
// At most `limit` UTF-16 units: cut at a word's end where there is one in the second half, never inside a letter.
[[nodiscard]] QString cutTitle(const QString& text, int limit);

}  // namespace sotto::app
