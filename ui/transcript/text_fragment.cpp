#include "transcript/text_fragment.h"

#include <QPainter>

namespace sotto::ui {

void TextFragment::layOut(const markdown::Block& block, const Look& look) {
  LinesSetup setup;
  setup.grid = look.grid(block);
  setup.width = width;
  setup.rightToLeft = frame.rightToLeft;
  std::vector<int> gaps;
  for (const Mark& mark : marks) gaps.push_back(mark.position);
  lines_.layOut(block.text, formatsOf(block, 0, int(block.text.size()), look), setup, gaps,
                space::markHeight + 2 * space::markAround);
  height = lines_.height();
  exact = true;
}

void TextFragment::release() {
  lines_.clear();
  exact = false;
}

int TextFragment::estimate(const markdown::Block& block, const Look& look) const {
  const LineGrid& grid = look.grid(block);
  return estimatedLines(block.text, width, grid) * grid.height +
         int(marks.size()) * (space::markHeight + 2 * space::markAround);
}

void TextFragment::paint(const markdown::Block& block, const PaintContext& context, QPoint at) const {
  paintFrame(*this, context, at);
  QPainter& painter = *context.painter;
  painter.setRenderHint(QPainter::Antialiasing);
  paintCodeGrounds(block, lines_, 0, int(block.text.size()), context, at);
  const bool quoted = !frame.bars.empty();
  painter.setPen(quoted ? context.look.palette.secondaryText : context.look.palette.text);
  lines_.draw(&painter, at, context.clip, selectionIn(context, 0, int(block.text.size())));
  for (size_t i = 0; i < lines_.gapTops().size() && i < marks.size(); ++i) {
    const QPoint mark = at + QPoint(0, lines_.gapTops()[i] + space::markAround);
    paintMark(marks[i].text, context, QRect(mark, QSize(width, space::markHeight)), frame.rightToLeft);
    // The very place, as the mark stands between lines.
    const QRectF place = lines_.cursorRect(marks[i].position).translated(at);
    painter.fillRect(QRectF(place.left() - 0.75, place.top() + 4, 1.5, place.height() - 8),
                     context.look.palette.accent);
  }
}

}  // namespace sotto::ui
