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
  const int cell = digitCell(metrics);
  int width = 0;
  for (const QChar c : text) width += c.isDigit() ? cell : metrics.horizontalAdvance(c);
  return width;
}

void paintTabular(QPainter* painter, const QRect& rect, Qt::Alignment alignment, const QString& text) {
  const QFontMetrics metrics = painter->fontMetrics();
  const int cell = digitCell(metrics);
  const int width = tabularWidth(metrics, text);
  int x = rect.left();
  if (alignment & Qt::AlignRight) x = rect.right() + 1 - width;
  if (alignment & Qt::AlignHCenter) x = rect.left() + (rect.width() - width) / 2;
  const int baseline = rect.top() + (rect.height() - metrics.height()) / 2 + metrics.ascent();
  QString run;  // what is not a digit is drawn in one piece, so that kerning and shaping hold
  const auto flush = [&] {
    if (run.isEmpty()) return;
    painter->drawText(x, baseline, run);
    x += metrics.horizontalAdvance(run);
    run.clear();
  };
  for (const QChar c : text) {
    if (!c.isDigit()) {
      run += c;
      continue;
    }
    flush();
    painter->drawText(x + (cell - metrics.horizontalAdvance(c)) / 2, baseline, QString(c));
    x += cell;
  }
  flush();
}

}  // namespace sotto::ui
