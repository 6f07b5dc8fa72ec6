#include "sampling/number_field.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyleOptionFrame>
#include <algorithm>

#include "theme/paint.h"
#include "theme/theme.h"

namespace sotto::ui {

namespace {

constexpr int kSide = 8;          // px beside the number
constexpr double kScrubPx = 3.0;  // px of a drag per step

}  // namespace

NumberField::NumberField(const ValueScale& scale, QWidget* parent) : QLineEdit(parent), scale_(scale) {
  setFont(Theme::instance().textFont(12));
  setAlignment(Qt::AlignRight);
  setFixedHeight(Metrics::fieldHeight);
  setFocusPolicy(Qt::TabFocus);  // a click sets it on release, for a press may become a scrub
  setCursor(Qt::SizeHorCursor);
  setContextMenuPolicy(Qt::NoContextMenu);
  connect(this, &QLineEdit::returnPressed, this, [this] {
    commit();
    selectAll();
  });
}

QString NumberField::shown() const {
  if (!word_.isEmpty() && amount_ == wordAmount_) return word_;
  return formatValue(amount_, scale_.decimals);
}

void NumberField::setAmount(double amount) {
  if (hasFocus() && isModified()) return;
  amount_ = amount;
  setText(shown());
  updateGeometry();
  update();
}

void NumberField::setWordFor(double amount, const QString& word) {
  wordAmount_ = amount;
  word_ = word;
  setAmount(amount_);
}

void NumberField::setIdle(bool idle) {
  idle_ = idle;
  update();
}

QSize NumberField::sizeHint() const {
  const QFontMetrics metrics(font());
  return {std::max(34, tabularWidth(metrics, shown()) + 2 * kSide + 1), Metrics::fieldHeight};
}

void NumberField::edit(double amount) {
  setModified(false);
  if (amount == amount_) {
    setText(shown());
    return;
  }
  amount_ = amount;
  setText(shown());
  updateGeometry();
  emit edited(amount_);
}

void NumberField::commit() {
  double typed = 0;
  if (isModified() && parseValue(text(), &typed)) return edit(scale_.snapped(typed));
  setModified(false);
  setText(shown());
}

void NumberField::paintEvent(QPaintEvent* event) {
  if (hasFocus()) return QLineEdit::paintEvent(event);
  QPainter painter(this);
  QStyleOptionFrame option;
  initStyleOption(&option);
  style()->drawPrimitive(QStyle::PE_PanelLineEdit, &option, &painter, this);
  const Palette& p = Theme::instance().palette();
  painter.setFont(font());
  painter.setPen(idle_ ? p.quietText : p.text);
  paintTabular(&painter, rect().adjusted(kSide, 0, -kSide, 0), Qt::AlignRight, shown());
}

void NumberField::keyPressEvent(QKeyEvent* event) {
  int steps = 0;
  switch (event->key()) {
    case Qt::Key_Up:
      steps = 1;
      break;
    case Qt::Key_Down:
      steps = -1;
      break;
    case Qt::Key_PageUp:
      steps = 10;
      break;
    case Qt::Key_PageDown:
      steps = -10;
      break;
    case Qt::Key_Escape:
      setModified(false);
      setText(shown());
      selectAll();
      return;
    default:
      return QLineEdit::keyPressEvent(event);
  }
  commit();
  edit(scale_.stepped(amount_, steps));
  selectAll();
}

void NumberField::mousePressEvent(QMouseEvent* event) {
  if (hasFocus() || event->button() != Qt::LeftButton) return QLineEdit::mousePressEvent(event);
  pressed_ = true;
  scrubbing_ = false;
  pressAt_ = event->position().toPoint();
  pressAmount_ = amount_;
}

void NumberField::mouseMoveEvent(QMouseEvent* event) {
  if (!pressed_) return QLineEdit::mouseMoveEvent(event);
  const int moved = event->position().toPoint().x() - pressAt_.x();
  if (!scrubbing_ && std::abs(moved) < QApplication::startDragDistance() / 2) return;
  scrubbing_ = true;
  edit(scale_.stepped(pressAmount_, static_cast<int>(moved / kScrubPx)));
}

void NumberField::mouseReleaseEvent(QMouseEvent* event) {
  if (!pressed_) return QLineEdit::mouseReleaseEvent(event);
  pressed_ = false;
  if (!scrubbing_) setFocus(Qt::MouseFocusReason);
}

void NumberField::wheelEvent(QWheelEvent* event) {
  if (!hasFocus()) return event->ignore();
  commit();
  const int delta = event->angleDelta().y();
  if (delta != 0) edit(scale_.stepped(amount_, delta > 0 ? 1 : -1));
  event->accept();
}

void NumberField::focusInEvent(QFocusEvent* event) {
  QLineEdit::focusInEvent(event);
  setText(shown());
  setModified(false);
  setCursor(Qt::IBeamCursor);
  selectAll();
}

void NumberField::focusOutEvent(QFocusEvent* event) {
  commit();
  deselect();
  setCursor(Qt::SizeHorCursor);
  QLineEdit::focusOutEvent(event);
}

}  // namespace sotto::ui
