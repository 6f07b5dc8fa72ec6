// Character classes that decide where emphasis may begin and end.
#pragma once

#include <QChar>

namespace sotto::ui::markdown {

// As CommonMark sees them; a null character stands for the beginning or end of the text.
[[nodiscard]] inline bool isWhite(QChar c) { return c.isNull() || c.isSpace(); }
[[nodiscard]] inline bool isPunctuation(QChar c) {
  if (c.unicode() < 128) return c.unicode() > 32 && c.unicode() != 127 && !c.isLetterOrNumber();
  return c.isPunct();
}
// Chinese, Japanese and Korean letters and full-width punctuation.
[[nodiscard]] inline bool isEastAsian(QChar c) {
  const char16_t u = c.unicode();
  return (u >= 0x2E80 && u <= 0x9FFF) || (u >= 0xAC00 && u <= 0xD7AF) || (u >= 0xF900 && u <= 0xFAFF) ||
         (u >= 0xFE30 && u <= 0xFE4F) || (u >= 0xFF00 && u <= 0xFFEF) || (u >= 0x1100 && u <= 0x11FF);
}
[[nodiscard]] inline bool isAsciiWord(QChar c) { return c.unicode() < 128 && c.isLetterOrNumber(); }

}  // namespace sotto::ui::markdown
