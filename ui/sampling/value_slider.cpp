#include "sampling/value_slider.h"

#include <QAccessible>
#include <QAccessibleValueInterface>
#include <QAccessibleWidget>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QStyleOptionSlider>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace sotto::ui {

namespace {

constexpr int kPositions = 10'000;

class AccessibleSlider : public QAccessibleWidget, public QAccessibleValueInterface {
 public:
  explicit AccessibleSlider(ValueSlider* slider) : QAccessibleWidget(slider, QAccessible::Slider) {}

  void* interface_cast(QAccessible::InterfaceType type) override {
    if (type == QAccessible::ValueInterface) return static_cast<QAccessibleValueInterface*>(this);
    return QAccessibleWidget::interface_cast(type);
  }
  [[nodiscard]] QVariant currentValue() const override { return slider()->amount(); }
  void setCurrentValue(const QVariant& value) override { slider()->edit(slider()->scale().snapped(value.toDouble())); }
  [[nodiscard]] QVariant minimumValue() const override { return slider()->scale().minimum; }
  [[nodiscard]] QVariant maximumValue() const override { return slider()->scale().maximum; }
  [[nodiscard]] QVariant minimumStepSize() const override { return slider()->scale().step; }
  [[nodiscard]] QString text(QAccessible::Text kind) const override {
    if (kind == QAccessible::Value) return formatValue(slider()->amount(), slider()->scale().decimals);
    return QAccessibleWidget::text(kind);
  }

 private:
  [[nodiscard]] ValueSlider* slider() const { return static_cast<ValueSlider*>(widget()); }
};

QAccessibleInterface* makeAccessible(const QString&, QObject* object) {
  auto* slider = qobject_cast<ValueSlider*>(object);
  return slider != nullptr ? new AccessibleSlider(slider) : nullptr;
}

}  // namespace

void installSliderAccessibility() { QAccessible::installFactory(makeAccessible); }

ValueSlider::ValueSlider(const ValueScale& scale, QWidget* parent) : QSlider(Qt::Horizontal, parent), scale_(scale) {
  setRange(0, kPositions);
  setFocusPolicy(Qt::StrongFocus);
  setMinimumWidth(80);
}

void ValueSlider::setAmount(double amount) {
  amount_ = amount;
  showAmount();
}

void ValueSlider::edit(double amount) {
  if (amount == amount_) return;
  amount_ = amount;
  showAmount();
  emit edited(amount_);
}

void ValueSlider::showAmount() {
  setValue(static_cast<int>(std::lround(scale_.position(amount_) * kPositions)));
  QAccessibleValueChangeEvent event(this, amount_);
  QAccessible::updateAccessibility(&event);
}

void ValueSlider::setOrigin(double amount) { setProperty("origin", scale_.position(amount)); }

double ValueSlider::positionAt(double x) const {
  QStyleOptionSlider option;
  initStyleOption(&option);
  const QRect groove = style()->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderGroove, this);
  const QRect thumb = style()->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, this);
  const double span = std::max(1, groove.width() - thumb.width());
  const double t = (x - groove.left() - thumb.width() / 2.0) / span;
  return layoutDirection() == Qt::RightToLeft ? 1 - t : t;
}

void ValueSlider::keyPressEvent(QKeyEvent* event) {
  const int ahead = layoutDirection() == Qt::RightToLeft ? -1 : 1;
  switch (event->key()) {
    case Qt::Key_Up:
      return edit(scale_.stepped(amount_, 1));
    case Qt::Key_Down:
      return edit(scale_.stepped(amount_, -1));
    case Qt::Key_Right:
      return edit(scale_.stepped(amount_, ahead));
    case Qt::Key_Left:
      return edit(scale_.stepped(amount_, -ahead));
    case Qt::Key_PageUp:
      return edit(scale_.stepped(amount_, 10));
    case Qt::Key_PageDown:
      return edit(scale_.stepped(amount_, -10));
    case Qt::Key_Home:
      return edit(scale_.minimum);
    case Qt::Key_End:
      return edit(scale_.maximum);
    default:
      event->ignore();
  }
}

void ValueSlider::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return event->ignore();
  setSliderDown(true);
  QStyleOptionSlider option;
  initStyleOption(&option);
  const QRect thumb = style()->subControlRect(QStyle::CC_Slider, &option, QStyle::SC_SliderHandle, this);
  const double x = event->position().x();
  if (thumb.contains(event->position().toPoint())) {
    grab_ = x - thumb.center().x();  // the thumb does not jump under the pointer
  } else {
    grab_ = 0;
    edit(scale_.value(positionAt(x)));
  }
  event->accept();
}

void ValueSlider::mouseMoveEvent(QMouseEvent* event) {
  if (!isSliderDown()) return event->ignore();
  edit(scale_.value(positionAt(event->position().x() - grab_)));
}

void ValueSlider::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) setSliderDown(false);
}

void ValueSlider::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) emit resetRequested();
}

void ValueSlider::wheelEvent(QWheelEvent* event) {
  if (!hasFocus()) return event->ignore();
  wheelDelta_ += event->angleDelta().y();
  const int steps = wheelDelta_ / QWheelEvent::DefaultDeltasPerStep;
  wheelDelta_ -= steps * QWheelEvent::DefaultDeltasPerStep;
  if (steps != 0) edit(scale_.stepped(amount_, steps));
  event->accept();
}

}  // namespace sotto::ui
