#include "dialogs/name_dialog.h"

#include <QBoxLayout>
#include <QLineEdit>
#include <QPushButton>

#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

NameDialog::NameDialog(const QString& title, const QString& label, const QString& initial, QWidget* parent)
    : QDialog(parent), field_(new QLineEdit(initial, this)) {
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(title);
  setMinimumWidth(360);
  field_->setAccessibleName(label);
  field_->setFixedHeight(Metrics::controlHeight);
  field_->setMaxLength(120);
  field_->selectAll();

  auto* cancel = new QPushButton(tr("Cancel"), this);
  auto* accept = new QPushButton(tr("Save"), this);
  setButtonKind(accept, ButtonKind::primary);
  accept->setDefault(true);
  cancel->setAutoDefault(false);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 20, 20, 20);
  column->setSpacing(12);
  column->addWidget(new Label(title, &Palette::text, 15, this, QFont::DemiBold));
  column->addWidget(field_);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  row->addStretch();
  row->addWidget(cancel);
  row->addWidget(accept);
  column->addLayout(row);

  const auto allow = [this, accept] { accept->setEnabled(!field_->text().trimmed().isEmpty()); };
  allow();
  connect(field_, &QLineEdit::textChanged, accept, allow);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(accept, &QPushButton::clicked, this, [this] {
    emit named(field_->text().trimmed());
    QDialog::accept();
  });
}

}  // namespace sotto::ui
