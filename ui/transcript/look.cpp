#include "transcript/look.h"

#include <QFontMetricsF>
#include <algorithm>

namespace sotto::ui {

namespace {

LineGrid gridOf(const QFont& font, double lineHeight) {
  const QFontMetricsF metrics(font);
  LineGrid grid;
  grid.font = font;
  grid.height = std::max(qRound(font.pixelSize() * lineHeight), qRound(metrics.ascent() + metrics.descent()));
  grid.baseline = qRound((grid.height - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent());
  grid.letter = std::max(1.0, metrics.averageCharWidth());
  return grid;
}

}  // namespace

const LineGrid& Look::grid(const markdown::Block& block) const {
  switch (block.kind) {
    case markdown::BlockKind::code:
      return code;
    case markdown::BlockKind::heading:
      return heading[std::clamp(block.level, 1, 6) - 1];
    default:
      return text;
  }
}

Look Look::of(const Theme& theme) {
  Look look;
  look.palette = theme.palette();
  look.text = gridOf(theme.textFont(14), Metrics::lineHeight);
  look.code = gridOf(theme.codeFont(13), 1.5);
  look.small = gridOf(theme.textFont(12), 1.4);
  constexpr int sizes[] = {20, 17, 15, 14, 14, 14};
  for (int i = 0; i < 6; ++i) look.heading[i] = gridOf(theme.textFont(sizes[i], QFont::DemiBold), 1.4);
  look.inlineCode = theme.codeFont(13);
  look.codeColumn = std::max(1, qRound(QFontMetricsF(look.code.font).horizontalAdvance(u'0')));
  return look;
}

}  // namespace sotto::ui
