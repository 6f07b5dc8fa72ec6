#include "transcript/fragment.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "theme/paint.h"

namespace sotto::ui {

using markdown::Container;

bool isRightToLeft(const markdown::Block& block) {
  return block.kind != markdown::BlockKind::code && block.text.isRightToLeft();
}

Formats formatsOf(const markdown::Block& block, int from, int to, const Look& look) {
  Formats formats;
  auto span = std::lower_bound(block.spans.begin(), block.spans.end(), from,
                               [](const markdown::Span& s, int value) { return s.start + s.length <= value; });
  for (; span != block.spans.end() && span->start < to; ++span) {
    QTextCharFormat format;
    if (span->style & markdown::StyleFlag::code) {
      format.setFont(look.inlineCode);
    }
    if (span->style & markdown::StyleFlag::bold) format.setFontWeight(QFont::Bold);
    if (span->style & markdown::StyleFlag::italic) format.setFontItalic(true);
    if (span->style & markdown::StyleFlag::strike) format.setFontStrikeOut(true);
    if (span->link >= 0) format.setUnderlineStyle(QTextCharFormat::SingleUnderline);
    QTextLayout::FormatRange range;
    range.start = std::max(span->start - from, 0);
    range.length = std::min(span->start + span->length, to) - from - range.start;
    range.format = format;
    if (range.length > 0) formats.push_back(range);
  }
  return formats;
}

Formats selectionIn(const PaintContext& context, int from, int to) {
  const int begin = std::max(context.selectedFrom, from);
  const int end = std::min(context.selectedTo, to);
  if (begin >= end) return {};
  QTextLayout::FormatRange range;
  range.start = begin - from;
  range.length = end - begin;
  range.format.setBackground(context.look.palette.selection);
  return {range};
}

void paintCodeGrounds(const markdown::Block& block, const TextLines& lines, int from, int to,
                      const PaintContext& context, QPoint place) {
  QPainter& painter = *context.painter;
  auto at = std::lower_bound(block.spans.begin(), block.spans.end(), from,
                             [](const markdown::Span& s, int value) { return s.start < value; });
  for (; at != block.spans.end() && at->start < to; ++at) {
    const markdown::Span& span = *at;
    if (!(span.style & markdown::StyleFlag::code)) continue;
    for (const QRectF& rect : lines.rects(span.start - from, span.start + span.length - from)) {
      const QRectF ground = rect.translated(place).adjusted(-2.5, 2, 2.5, -2);
      if (ground.bottom() < context.clip.top()) continue;
      if (ground.top() > context.clip.bottom()) return;
      painter.setPen(Qt::NoPen);
      painter.setBrush(context.look.palette.code);
      painter.drawRoundedRect(ground, 4, 4);
    }
  }
}

namespace {

void paintBullet(const Frame::Mark& mark, const PaintContext& context, QRect box) {
  QPainter& painter = *context.painter;
  const Palette& palette = context.look.palette;
  // On the height of small letters.
  const QPointF middle(box.left() + 0.5 * box.width(),
                       box.top() + context.look.text.baseline - QFontMetricsF(context.look.text.font).xHeight() / 2);
  painter.setPen(Qt::NoPen);
  painter.setBrush(palette.secondaryText);
  if (mark.depth % 3 == 1) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette.secondaryText, 1.2));
    painter.drawEllipse(middle, 2.4, 2.4);
  } else if (mark.depth % 3 == 2) {
    painter.drawRect(QRectF(middle.x() - 2, middle.y() - 2, 4, 4));
  } else {
    painter.drawEllipse(middle, 2.6, 2.6);
  }
}

void paintTask(const Frame::Mark& mark, const PaintContext& context, QRect box) {
  QPainter& painter = *context.painter;
  const Palette& palette = context.look.palette;
  const double y = box.top() + (context.look.text.height - 14) / 2.0;
  const QRectF square(box.left() + (box.width() - 14) / 2.0 - 1, y, 14, 14);
  painter.setPen(QPen(palette.quietText, 1.2));
  painter.setBrush(Qt::NoBrush);
  painter.drawRoundedRect(square.adjusted(0.6, 0.6, -0.6, -0.6), 3.5, 3.5);
  if (mark.item.task != Container::Task::done) return;
  QPainterPath tick;
  tick.moveTo(square.left() + 3.5, square.top() + 7.2);
  tick.lineTo(square.left() + 6, square.top() + 9.8);
  tick.lineTo(square.left() + 10.5, square.top() + 4.4);
  painter.setPen(QPen(palette.accent, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawPath(tick);
}

QString numberOf(const Container& item) { return QString::number(item.number) + item.delimiter; }

}  // namespace

Frame frameOf(const markdown::Block& block, const Look& look, int columnWidth) {
  Frame frame;
  frame.rightToLeft = isRightToLeft(block);
  const QFontMetricsF metrics(look.text.font);
  int depth = 0;
  const int count = int(block.containers.size());
  for (int i = 0; i < count; ++i) {
    const Container& container = block.containers[size_t(i)];
    int wide = space::quote;
    if (container.type == Container::Type::number) {
      wide = std::max(space::bullet, int(metrics.horizontalAdvance(numberOf(container))) + 7);
    } else if (container.type == Container::Type::bullet) {
      wide = space::bullet;
    }
    // However deep the nesting, text needs some room.
    if (frame.indent + wide > columnWidth / 2) break;
    if (!markdown::isItem(container.type)) {
      frame.bars.push_back({frame.indent, i >= count - block.opens});
    } else if (i >= count - block.opens) {
      frame.marks.push_back({frame.indent, wide, depth, container});
    }
    if (container.type == Container::Type::bullet) ++depth;
    frame.indent += wide;
  }
  return frame;
}

void paintFrame(const Fragment& fragment, const PaintContext& context, QPoint at) {
  const Frame& frame = fragment.frame;
  if (frame.bars.empty() && frame.marks.empty()) return;
  QPainter& painter = *context.painter;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  // The place of what is `wide` px wide and `from` px from the side on which lines begin.
  const auto place = [&](int from, int wide) {
    return frame.rightToLeft ? at.x() + fragment.width + frame.indent - from - wide : at.x() - frame.indent + from;
  };
  for (const Frame::Bar& bar : frame.bars) {
    // From where it has been, and through the space between two blocks of one quote.
    const int above = bar.begins && fragment.start == 0 ? 0 : fragment.above;
    painter.fillRect(QRect(place(bar.x, 3), at.y() - above, 3, fragment.height + above), context.look.palette.track);
  }
  for (const Frame::Mark& mark : frame.marks) {
    const QRect box(place(mark.x, mark.width), at.y(), mark.width, context.look.text.height);
    if (mark.item.type == Container::Type::number) {
      const QString number = numberOf(mark.item);
      const double advance = QFontMetricsF(context.look.text.font).horizontalAdvance(number);
      painter.setFont(context.look.text.font);
      painter.setPen(context.look.palette.text);
      painter.drawText(
          QPointF(box.left() + (frame.rightToLeft ? mark.width - advance : 0), at.y() + context.look.text.baseline),
          number);
    } else if (mark.item.task != Container::Task::none) {
      paintTask(mark, context, box);
    } else {
      paintBullet(mark, context, box);
    }
  }
  painter.restore();
}

void paintMark(const QString& text, const PaintContext& context, const QRect& box, bool rightToLeft) {
  QPainter& painter = *context.painter;
  const QRect bar(rightToLeft ? box.right() - 1 : box.left(), box.top(), 2, box.height());
  painter.fillRect(bar, context.look.palette.accent);
  QFont font = context.look.small.font;
  font.setPixelSize(11);
  painter.setFont(font);
  painter.setPen(context.look.palette.accent);
  paintLine(&painter, box.adjusted(8, 0, -8, 0), rightToLeft ? Qt::AlignRight : Qt::AlignLeft, text);
}

int estimatedLines(QStringView text, int width, const LineGrid& grid) {
  const int columns = std::max(1, int(width / grid.letter));
  int lines = 0;
  for (qsizetype from = 0; from <= text.size();) {
    qsizetype to = text.indexOf(u'\n', from);
    if (to < 0) to = text.size();
    // Letters beyond Latin are about twice as wide; a sample tells.
    int wide = 0;
    const qsizetype sample = std::min<qsizetype>(to - from, 64);
    for (qsizetype i = from; i < from + sample; ++i) wide += text[i].unicode() >= 0x2E80 ? 1 : 0;
    const double factor = sample > 0 ? 1.0 + double(wide) / double(sample) : 1.0;
    lines += std::max(1, int((double(to - from) * factor + columns - 1) / columns));
    from = to + 1;
  }
  return lines;
}

}  // namespace sotto::ui
