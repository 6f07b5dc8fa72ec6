#include "theme/label.h"

#include <QPainter>
#include <algorithm>

#include "theme/paint.h"

namespace sotto::ui {

Label::Label(const QString& text, ColorRole role, int px, QWidget* parent, QFont::Weight weight)
    : QLabel(text, parent), role_(role) {
  setTextFormat(Qt::PlainText);
  setFont(Theme::instance().textFont(px, weight));
  recolor();
  connect(&Theme::instance(), &Theme::changed, this, &Label::recolor);
}

void Label::recolor() {
  QPalette colors = palette();
  colors.setColor(QPalette::WindowText, Theme::instance().palette().*role_);
  colors.setColor(QPalette::Link, Theme::instance().palette().accent);
  setPalette(colors);
}

ElidedLabel::ElidedLabel(ColorRole role, int px, QWidget* parent, QFont::Weight weight) : QWidget(parent), role_(role) {
  setFont(Theme::instance().textFont(px, weight));
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ElidedLabel::setText(const QString& text) {
  if (text == text_) return;
  text_ = text;
  updateGeometry();
  update();
  setToolTip(textWidth() > width() ? text_ : QString());
}

int ElidedLabel::textWidth() const { return fontMetrics().horizontalAdvance(text_); }

QSize ElidedLabel::sizeHint() const { return {textWidth() + 1, fontMetrics().height()}; }

QSize ElidedLabel::minimumSizeHint() const {
  return {std::min(textWidth() + 1, fontMetrics().averageCharWidth() * 6), fontMetrics().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event) {
  setToolTip(textWidth() > width() ? text_ : QString());
  QWidget::resizeEvent(event);
}

void ElidedLabel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setPen(Theme::instance().palette().*role_);
  paintLine(&painter, rect(), leadingSide(layoutDirection()), text_);
}

}  // namespace sotto::ui
