#include "dialogs/page_dialog.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>

#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

PageDialog::PageDialog(const QString& address, QWidget* parent) : QDialog(parent) {
  setAttribute(Qt::WA_DeleteOnClose);
  setObjectName(QStringLiteral("Open page"));
  const QString title = tr("Open this page in your browser?");
  setWindowTitle(title);
  setMinimumWidth(480);

  auto* field = new QLineEdit(address, this);
  field->setReadOnly(true);
  field->setAccessibleName(QStringLiteral("Address"));
  field->setFont(Theme::instance().codeFont(12));
  field->setFixedHeight(Metrics::controlHeight);
  field->setCursorPosition(0);
  auto* copy = new QPushButton(tr("Copy address"), this);
  auto* cancel = new QPushButton(tr("Cancel"), this);
  auto* open = new QPushButton(tr("Open"), this);
  setButtonKind(open, ButtonKind::primary);
  open->setDefault(true);
  copy->setAutoDefault(false);
  cancel->setAutoDefault(false);

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(20, 20, 20, 20);
  column->setSpacing(12);
  column->addWidget(new Label(title, &Palette::text, 15, this, QFont::DemiBold));
  column->addWidget(field);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  row->addWidget(copy);
  row->addStretch();
  row->addWidget(cancel);
  row->addWidget(open);
  column->addLayout(row);
  open->setFocus();

  connect(copy, &QPushButton::clicked, this, [address, copy] {
    QGuiApplication::clipboard()->setText(address);
    copy->setText(tr("Copied"));
  });
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
  connect(open, &QPushButton::clicked, this, [this, address] {
    emit openRequested(address);
    accept();
  });
}

}  // namespace sotto::ui
