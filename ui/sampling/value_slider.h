// A slider over a ValueScale: 4 px track, 14 px thumb. Arrow keys step, double click asks for the reset, the wheel
// scrolls what lies below unless the slider has the focus.
#pragma once

#include <QSlider>

#include "sampling/value_scale.h"

namespace sotto::ui {

class ValueSlider : public QSlider {
  Q_OBJECT
 public:
  ValueSlider(const ValueScale& scale, QWidget* parent);

  [[nodiscard]] double amount() const { return amount_; }
  void setAmount(double amount);  // by the program; emits nothing
  void edit(double amount);       // as the person does it; emits edited when it changes
  [[nodiscard]] const ValueScale& scale() const { return scale_; }
  // Where the filled part starts, as a value (for scales whose middle means "off").
  void setOrigin(double amount);

 signals:
  void edited(double amount);
  void resetRequested();

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;

 private:
  [[nodiscard]] double positionAt(double x) const;
  void showAmount();

  ValueScale scale_;
  double amount_ = 0;
  double grab_ = 0;     // of a drag: from the thumb's centre to the pointer, px
  int wheelDelta_ = 0;  // of the wheel, not yet a whole step
};

// Lets assistive technology read and set the parameter itself, not the slider's inner positions. Call once.
void installSliderAccessibility();

}  // namespace sotto::ui
