#include "sampling/seed_row.h"

#include <QBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QRandomGenerator>
#include <QRegularExpressionValidator>

#include "theme/icon.h"
#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

SeedRow::SeedRow(QWidget* parent) : QWidget(parent), field_(new QLineEdit(this)), mode_(new QPushButton(this)) {
  field_->setObjectName(QStringLiteral("Seed"));
  field_->setAccessibleName(QStringLiteral("Seed"));
  field_->setFont(Theme::instance().textFont(12));
  field_->setAlignment(Qt::AlignRight);
  field_->setFixedHeight(Metrics::chipHeight);
  field_->setFixedWidth(160);  // all digits of the largest
  field_->setPlaceholderText(tr("random"));
  field_->setToolTip(tr("The same seed, model and settings give the same text. Empty: a new one for every reply."));
  field_->setValidator(new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{0,20}")), field_));
  setButtonKind(mode_, ButtonKind::outline);
  mode_->setIconSize({16, 16});
  mode_->setFixedSize(Metrics::chipHeight, Metrics::chipHeight);
  mode_->setObjectName(QStringLiteral("Seed mode"));
  mode_->setAccessibleName(QStringLiteral("Seed mode"));

  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(4);
  auto* label = new Label(tr("Seed"), &Palette::text, 13, this);
  label->setBuddy(field_);
  row->addWidget(label);
  row->addStretch();
  row->addWidget(field_);
  row->addWidget(mode_);

  connect(field_, &QLineEdit::editingFinished, this, &SeedRow::commit);
  connect(mode_, &QPushButton::clicked, this, [this] {
    if (seed_) return take(std::nullopt);
    take(last_.value_or(QRandomGenerator::global()->bounded(1, 1'000'000)));
  });
  setSeed(std::nullopt);
}

void SeedRow::setSeed(std::optional<quint64> seed) {
  seed_ = seed;
  if (!(field_->hasFocus() && field_->isModified())) field_->setText(seed ? QString::number(*seed) : QString());
  // The icon is of what the button does; the field says what is.
  mode_->setIcon(icon(seed ? QStringLiteral("dice") : QStringLiteral("pin-number")));
  mode_->setToolTip(seed ? tr("Use a new seed for every reply") : tr("Keep the seed of the last reply"));
  mode_->setAccessibleDescription(mode_->toolTip());
}

void SeedRow::commit() {
  const QString text = field_->text().trimmed();
  if (text.isEmpty()) return take(std::nullopt);
  bool ok = false;
  const quint64 seed = text.toULongLong(&ok);
  take(ok ? std::optional(seed) : seed_);  // a number that is too large leaves what was there
}

void SeedRow::take(std::optional<quint64> seed) {
  const bool changed = seed != seed_;
  field_->setModified(false);
  setSeed(seed);
  if (changed) emit edited(seed);
}

}  // namespace sotto::ui
