#include "transcript/plain_fragments.h"

#include <QPainter>

namespace sotto::ui {

void RuleFragment::layOut(const markdown::Block&, const Look&) {
  height = 1;
  exact = true;
}

void RuleFragment::paint(const markdown::Block&, const PaintContext& context, QPoint at) const {
  paintFrame(*this, context, at);
  context.painter->fillRect(QRect(at, QSize(width, 1)), context.look.palette.hairline);
}

void MarkFragment::layOut(const markdown::Block&, const Look&) {
  height = space::markHeight;
  exact = true;
}

void MarkFragment::paint(const markdown::Block& block, const PaintContext& context, QPoint at) const {
  paintMark(text_, context, QRect(at, QSize(width, space::markHeight)), isRightToLeft(block));
}

}  // namespace sotto::ui
