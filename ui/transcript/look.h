// Fonts and measures of the transcript, from the theme. All sizes are in px.
#pragma once

#include <QFont>

#include "markdown/block.h"
#include "theme/theme.h"

namespace sotto::ui {

// A font, and the grid that its lines stand on.
struct LineGrid {
  QFont font;
  int height = 22;    // of a line
  int baseline = 16;  // below the line's top
  double letter = 7;  // the average width of one
};

struct Look {
  Palette palette;
  LineGrid text, code, small;
  LineGrid heading[6];
  QFont inlineCode;
  int codeColumn = 8;     // the width of a letter of code
  bool mirrored = false;  // the window is right to left: one's own messages stand left

  [[nodiscard]] const LineGrid& grid(const markdown::Block& block) const;
  [[nodiscard]] static Look of(const Theme& theme);
};

namespace space {
constexpr int line = 10;    // between paragraphs
constexpr int item = 6;     // between the items of a list
constexpr int around = 12;  // above and below code and tables
constexpr int codeX = 14, codeY = 12;
constexpr int cellX = 10, cellY = 6;
constexpr int quote = 16;   // a quote's indentation
constexpr int bullet = 19;  // a list's, at least
constexpr int markHeight = 16, markAround = 10;
constexpr int bubbleX = 14, bubbleY = 10;
constexpr int actions = 24;  // height of the row under a message
}  // namespace space

}  // namespace sotto::ui
