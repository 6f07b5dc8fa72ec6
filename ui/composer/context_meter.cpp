#include "composer/context_meter.h"

#include <QLocale>
#include <QPainter>
#include <algorithm>

#include "theme/paint.h"
#include "theme/theme.h"

namespace sotto::ui {

namespace {

constexpr int kBar = 120, kGap = 10;
constexpr double kNearlyFull = 0.9;

}  // namespace

ContextMeter::ContextMeter(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("Context use"));
  setFont(Theme::instance().textFont(12));
  setFixedHeight(20);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  changed();
}

void ContextMeter::setUse(int used, int total) {
  if (used == used_ && total == total_) return;
  used_ = used;
  total_ = total;
  changed();
}

void ContextMeter::setActivity(const QString& words) {
  if (words == activity_) return;
  activity_ = words;
  changed();
}

void ContextMeter::setActivityShare(double share) {
  share_ = share;
  update();
}

QString ContextMeter::text() const {
  if (!activity_.isEmpty()) return activity_;
  if (total_ <= 0) return {};
  const QLocale locale;
  if (used_ < 0) return tr("%1 tokens of context").arg(locale.toString(total_));
  return tr("%1 of %2 tokens").arg(locale.toString(used_), locale.toString(total_));
}

QString ContextMeter::textWithin(int width) const {
  const QString words = text();
  if (!activity_.isEmpty() || total_ <= 0 || used_ < 0 || tabularWidth(fontMetrics(), words) <= width) return words;
  const QLocale locale;
  return QStringLiteral("%1 / %2").arg(locale.toString(used_), locale.toString(total_));
}

void ContextMeter::changed() {
  setAccessibleName(text().isEmpty() ? QStringLiteral("Context use") : text());
  updateGeometry();
  update();
}

QSize ContextMeter::sizeHint() const {
  return {text().isEmpty() ? 0 : tabularWidth(fontMetrics(), text()) + kGap + kBar, 20};
}

QSize ContextMeter::minimumSizeHint() const { return {0, 20}; }

void ContextMeter::paintEvent(QPaintEvent*) {
  const QString words = textWithin(width());
  if (words.isEmpty()) return;
  QPainter painter(this);
  const Palette& p = Theme::instance().palette();
  const int textWidth = tabularWidth(painter.fontMetrics(), words);
  // Where it gets narrow the bar goes first, then the words are cut.
  const bool bar = width() >= textWidth + kGap + 40;
  const bool mirrored = layoutDirection() == Qt::RightToLeft;
  const bool full = activity_.isEmpty() && total_ > 0 && used_ > kNearlyFull * total_;
  painter.setPen(full ? p.caution : p.secondaryText);
  int barWidth = 0;
  if (bar) {
    barWidth = std::min(kBar, width() - textWidth - kGap);
    const QRectF track(mirrored ? 0 : width() - barWidth, height() / 2.0 - 2, barWidth, 4);
    double share = total_ > 0 ? std::clamp(static_cast<double>(used_) / total_, 0.0, 1.0) : 0;
    if (!activity_.isEmpty()) share = share_;
    if (share >= 0) {
      paintRounded(&painter, track, 2, p.track, {});
      QRectF filled = track;
      filled.setWidth(track.width() * share);
      if (mirrored) filled.moveRight(track.right());
      if (filled.width() >= 1) paintRounded(&painter, filled, 2, full ? p.caution : p.accent, {});
    } else {
      barWidth = -kGap;
    }
  }
  const int room = width() - (bar ? barWidth + kGap : 0);
  QRect line(mirrored ? width() - room : 0, 0, room, height());
  if (textWidth <= room) {
    paintTabular(&painter, line, mirrored ? Qt::AlignLeft : Qt::AlignRight, words);
  } else {
    painter.drawText(line, Qt::AlignVCenter | Qt::AlignTrailing,
                     painter.fontMetrics().elidedText(words, Qt::ElideRight, room));
  }
}

}  // namespace sotto::ui
