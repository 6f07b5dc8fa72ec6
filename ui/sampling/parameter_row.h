// One parameter of the sampling panel: name, exact field, slider.
#pragma once

#include <QWidget>

#include "sampling/value_scale.h"

class QLabel;

namespace sotto::ui {

class NumberField;
class ValueSlider;

class ParameterRow : public QWidget {
  Q_OBJECT
 public:
  // `name` is the English name for tests and assistive technology, `label` what is shown.
  ParameterRow(const QString& name, const QString& label, const ValueScale& scale, QWidget* parent);

  void setAmount(double amount);
  void setResetAmount(double amount) { resetAmount_ = amount; }
  void setOrigin(double amount);
  // The value at which the parameter does nothing; the row then says "off".
  void setOffAt(double amount);
  void setHint(const QString& hint);
  // Not in use now (a filter while the reply is greedy). It can still be set.
  void setIdle(bool idle);

  [[nodiscard]] ValueSlider* slider() const { return slider_; }
  [[nodiscard]] NumberField* field() const { return field_; }

 signals:
  void edited(double amount);

 private:
  void take(double amount);
  void showNote();

  ValueScale scale_;
  QLabel* label_;
  QLabel* note_;
  NumberField* field_;
  ValueSlider* slider_;
  double amount_ = 0;
  double resetAmount_ = 0;
  double offAt_ = 0;
  bool hasOff_ = false, idle_ = false;
};

}  // namespace sotto::ui
