// A number that can be typed exactly, dragged sideways ("scrubbed"), or stepped with the arrow keys. Its digits stand
// in equal cells, so that a value that changes does not tremble.
#pragma once

#include <QLineEdit>
#include <QPoint>

#include "sampling/value_scale.h"

namespace sotto::ui {

class NumberField : public QLineEdit {
  Q_OBJECT
 public:
  NumberField(const ValueScale& scale, QWidget* parent);

  [[nodiscard]] double amount() const { return amount_; }
  void setAmount(double amount);  // by the program; emits nothing, does not disturb what is being typed
  // A word for one value, such as "No limit" for 0; typing a number replaces it.
  void setWordFor(double amount, const QString& word);
  void setIdle(bool idle);  // the value is not in use now: quiet text

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 signals:
  void edited(double amount);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  void edit(double amount);
  void commit();  // what was typed, or back to what was there
  [[nodiscard]] QString shown() const;

  ValueScale scale_;
  double amount_ = 0;
  double wordAmount_ = 0;
  QString word_;
  bool idle_ = false;
  bool pressed_ = false, scrubbing_ = false;
  QPoint pressAt_;
  double pressAmount_ = 0;
};

}  // namespace sotto::ui
