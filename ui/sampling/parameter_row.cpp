#include "sampling/parameter_row.h"

#include <QGridLayout>
#include <QLabel>
#include <cmath>

#include "sampling/number_field.h"
#include "sampling/value_slider.h"
#include "theme/label.h"
#include "theme/theme.h"

namespace sotto::ui {

ParameterRow::ParameterRow(const QString& name, const QString& label, const ValueScale& scale, QWidget* parent)
    : QWidget(parent),
      scale_(scale),
      label_(new Label(label, &Palette::text, 13, this)),
      note_(new Label({}, &Palette::quietText, 12, this)),
      field_(new NumberField(scale, this)),
      slider_(new ValueSlider(scale, this)) {
  slider_->setObjectName(name);
  slider_->setAccessibleName(name);
  field_->setObjectName(name + QStringLiteral(" value"));
  field_->setAccessibleName(name + QStringLiteral(" value"));
  label_->setBuddy(field_);

  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(1);
  grid->addWidget(label_, 0, 0);
  grid->addWidget(note_, 0, 1);
  grid->setColumnStretch(1, 1);
  grid->addWidget(field_, 0, 2);
  grid->addWidget(slider_, 1, 0, 1, 3);

  connect(slider_, &ValueSlider::edited, this, &ParameterRow::take);
  connect(field_, &NumberField::edited, this, &ParameterRow::take);
  connect(slider_, &ValueSlider::resetRequested, this, [this] { take(resetAmount_); });
}

void ParameterRow::setAmount(double amount) {
  amount_ = scale_.snapped(amount);
  slider_->setAmount(amount_);
  field_->setAmount(amount_);
  showNote();
}

void ParameterRow::take(double amount) {
  setAmount(amount);
  emit edited(amount_);
}

void ParameterRow::setOrigin(double amount) { slider_->setOrigin(amount); }

void ParameterRow::setOffAt(double amount) {
  hasOff_ = true;
  offAt_ = amount;
  showNote();
}

void ParameterRow::setHint(const QString& hint) {
  setToolTip(hint);
  slider_->setAccessibleDescription(hint);
}

void ParameterRow::setIdle(bool idle) {
  idle_ = idle;
  slider_->setProperty("idle", idle);
  slider_->update();
  field_->setIdle(idle);
  showNote();
}

void ParameterRow::showNote() {
  const bool off = hasOff_ && std::abs(amount_ - offAt_) < 1e-9;
  note_->setText(idle_ ? tr("not used") : off ? tr("off") : QString());
}

}  // namespace sotto::ui
