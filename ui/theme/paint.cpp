#include "theme/paint.h"

#include <QFontMetrics>
#include <QPainter>
#include <algorithm>

#include "theme/theme.h"

namespace sotto::ui {

namespace {

int digitCell(const QFontMetrics& metrics) {
  int widest = 0;
  for (char digit = '0'; digit <= '9'; ++digit) {
    widest = std::max(widest, metrics.horizontalAdvance(QLatin1Char(digit)));
  }
  return widest;
}

bool hasRightToLeft(const QString& text) {
  return std::any_of(text.begin(), text.end(),
                     [](QChar c) { return c.direction() == QChar::DirR || c.direction() == QChar::DirAL; });
}

// Calls place(piece, x) for every digit and for every run of what is not one (whole, so that kerning and shaping hold);
// returns the width of all.
template <class Place>
int placeTabular(const QFontMetrics& metrics, const QString& text, const Place& place) {
  // Pieces could not be put in their order here.
  if (hasRightToLeft(text)) {
    place(text, 0);
    return metrics.horizontalAdvance(text);
  }
  const int cell = digitCell(metrics);
  int x = 0;
  qsizetype begin = 0;
  while (begin < text.size()) {
    qsizetype end = begin + 1;
    const bool digit = text[begin].isDigit();
    while (!digit && end < text.size() && !text[end].isDigit()) ++end;
    const QString piece = text.mid(begin, end - begin);
    const int advance = metrics.horizontalAdvance(piece);
    place(piece, digit ? x + (cell - advance) / 2 : x);
    x += digit ? cell : advance;
    begin = end;
  }
  return x;
}

}  // namespace

void paintRounded(QPainter* painter, const QRectF& rect, double radius, const QColor& fill, const QColor& border) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
  QRectF shape = rect;
  if (border.isValid()) {
    painter->setPen(QPen(border, 1));
    shape.adjust(0.5, 0.5, -0.5, -0.5);
  } else {
    painter->setPen(Qt::NoPen);
  }
  const double most = std::min(shape.width(), shape.height()) / 2;
  painter->drawRoundedRect(shape, std::min(radius, most), std::min(radius, most));
  painter->restore();
}

void paintFocusRing(QPainter* painter, const QRectF& rect, double radius) {
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  painter->setBrush(Qt::NoBrush);
  painter->setPen(QPen(Theme::instance().palette().accent, 2));
  const QRectF shape = rect.adjusted(1, 1, -1, -1);
  const double r = std::min(radius, std::min(shape.width(), shape.height()) / 2);
  painter->drawRoundedRect(shape, r, r);
  painter->restore();
}

int tabularWidth(const QFontMetrics& metrics, const QString& text) {
  return placeTabular(metrics, text, [](const QString&, int) {});
}

void paintTabular(QPainter* painter, const QRect& rect, Qt::Alignment alignment, const QString& text) {
  const QFontMetrics metrics = painter->fontMetrics();
  const int width = tabularWidth(metrics, text);
  int left = rect.left();
  if (alignment & Qt::AlignRight) left = rect.right() + 1 - width;
  if (alignment & Qt::AlignHCenter) left = rect.left() + (rect.width() - width) / 2;
  const int baseline = rect.top() + (rect.height() - metrics.height()) / 2 + metrics.ascent();
  const Qt::LayoutDirection before = painter->layoutDirection();
  painter->setLayoutDirection(text.isRightToLeft() ? Qt::RightToLeft : Qt::LeftToRight);
  placeTabular(metrics, text, [&](const QString& piece, int x) { painter->drawText(left + x, baseline, piece); });
  painter->setLayoutDirection(before);
}

void paintLine(QPainter* painter, const QRect& rect, Qt::Alignment side, const QString& text) {
  const int direction = text.isRightToLeft() ? Qt::TextForceRightToLeft : Qt::TextForceLeftToRight;
  painter->drawText(rect, int(side | Qt::AlignAbsolute | Qt::AlignVCenter) | direction | Qt::TextSingleLine,
                    painter->fontMetrics().elidedText(text, Qt::ElideRight, rect.width()));
}

Qt::Alignment leadingSide(Qt::LayoutDirection direction) {
  return direction == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft;
}

}  // namespace sotto::ui
