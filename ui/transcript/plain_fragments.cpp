#include "transcript/plain_fragments.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>

#include "theme/paint.h"

namespace sotto::ui {

namespace {
constexpr int kChevron = 16;  // px, with the space behind it
}

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

QString ThoughtFragment::label() const {
  return thinking_ ? QCoreApplication::translate("Transcript", "Thinking…")
                   : QCoreApplication::translate("Transcript", "Thought");
}

void ThoughtFragment::layOut(const markdown::Block&, const Look& look) {
  height = look.text.height;
  buttonWidth_ = kChevron + int(QFontMetricsF(look.small.font).horizontalAdvance(label())) + 6;
  exact = true;
}

void ThoughtFragment::paint(const markdown::Block&, const PaintContext& context, QPoint at) const {
  QPainter& painter = *context.painter;
  const bool mirrored = context.look.mirrored;
  const QRect box = mirrored ? QRect(at.x() + width - buttonWidth_, at.y(), buttonWidth_, height)
                             : QRect(at, QSize(buttonWidth_, height));
  const QColor color = context.thoughtHovered ? context.look.palette.text : context.look.palette.secondaryText;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.translate(mirrored ? box.right() - 4.5 : box.left() + 5.5, box.center().y() + 0.5);
  if (!folded_) painter.rotate(90);
  if (mirrored && folded_) painter.scale(-1, 1);
  painter.setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawPolyline(QPolygonF({{-1.75, -3.5}, {1.75, 0}, {-1.75, 3.5}}));
  painter.restore();
  painter.setFont(context.look.small.font);
  painter.setPen(color);
  paintLine(&painter, box.adjusted(mirrored ? 0 : kChevron, 0, mirrored ? -kChevron : 0, 0),
            mirrored ? Qt::AlignRight : Qt::AlignLeft, label());
}

void MarkFragment::paint(const markdown::Block& block, const PaintContext& context, QPoint at) const {
  paintMark(text_, context, QRect(at, QSize(width, space::markHeight)), isRightToLeft(block));
}

}  // namespace sotto::ui
