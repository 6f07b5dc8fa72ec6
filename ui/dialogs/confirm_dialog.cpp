#include "dialogs/confirm_dialog.h"

#include <QBoxLayout>
#include <QPushButton>

#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

ConfirmDialog::ConfirmDialog(const QString& question, const QString& sentence, const QString& accept, QWidget* parent)
    : QDialog(parent) {
  setAttribute(Qt::WA_DeleteOnClose);
  setObjectName(QStringLiteral("Confirm"));
  setWindowTitle(question);
  setMinimumWidth(380);
  auto* yes = new QPushButton(accept, this);
  yes->setObjectName(QStringLiteral("Accept"));
  auto* no = new QPushButton(tr("Cancel"), this);
  no->setObjectName(QStringLiteral("Cancel"));
  setButtonKind(no, ButtonKind::primary);
  no->setDefault(true);
  yes->setAutoDefault(false);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 20, 20, 20);
  column->setSpacing(10);
  column->addWidget(new Label(question, &Palette::text, 15, this, QFont::DemiBold));
  auto* words = new Label(sentence, &Palette::secondaryText, 13, this);
  words->setWordWrap(true);
  column->addWidget(words);
  column->addSpacing(6);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  row->addStretch();
  row->addWidget(yes);
  row->addWidget(no);
  column->addLayout(row);
  connect(yes, &QPushButton::clicked, this, &QDialog::accept);
  connect(no, &QPushButton::clicked, this, &QDialog::reject);
}

}  // namespace sotto::ui
