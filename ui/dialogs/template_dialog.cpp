#include "dialogs/template_dialog.h"

#include <QBoxLayout>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <utility>

#include "chat/chat_controller.h"
#include "dialogs/text_area.h"
#include "menu_button.h"
#include "sotto/engine/chat_template.h"
#include "theme/icon.h"
#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

using Origin = engine::TemplateUse::Origin;

namespace {

constexpr int kWaitMs = 250;  // after the last key, before the text is tried

QString text(std::string_view of) { return QString::fromUtf8(of.data(), qsizetype(of.size())); }

}  // namespace

QString templateOrigin(const app::ModelStatus& model) {
  const engine::TemplateUse& use = model.chatTemplate;
  const bool known = use.name != "its own";
  switch (use.origin) {
    case Origin::own:
      return known ? TemplateDialog::tr("The model uses its own template, of the family %1.").arg(text(use.name))
                   : TemplateDialog::tr("The model uses a template of its own.");
    case Origin::family:
      return TemplateDialog::tr("The model brings no template; that of %1 is used, which its name stands for.")
          .arg(text(use.name));
    case Origin::given:
      return TemplateDialog::tr("The model uses a template that you wrote. Reset gives it its own again.");
    case Origin::none:
      break;
  }
  return TemplateDialog::tr("The model has no template: it goes on with your last message and sees nothing else.");
}

TemplateDialog::TemplateDialog(app::ChatController* controller, QWidget* parent)
    : QDialog(parent),
      controller_(controller),
      path_(controller->modelStatus().path),
      own_(text(controller->modelStatus().ownTemplate.text)),
      used_(text(controller->modelStatus().chatTemplate.text)),
      given_(controller->modelStatus().chatTemplate.origin == Origin::given),
      origin_(new Label({}, &Palette::secondaryText, 13, this)),
      edit_(new TextArea("Template text", this)),
      preview_(new TextArea("Template preview", this)),
      error_(new Label({}, &Palette::caution, 12, this)),
      starts_(new MenuButton(this)),
      reset_(new QPushButton(tr("Reset"), this)),
      save_(new QPushButton(tr("Save"), this)) {
  setAttribute(Qt::WA_DeleteOnClose);
  setObjectName(QStringLiteral("Chat template dialog"));
  setWindowTitle(tr("Chat template"));
  resize(720, 680);
  layOut();
  fillStarts();
  origin_->setText(templateOrigin(controller->modelStatus()));
  edit_->setPlainText(used_);
  wait_.setSingleShot(true);
  wait_.setInterval(kWaitMs);
  connect(&wait_, &QTimer::timeout, this, &TemplateDialog::ask);
  connect(edit_, &QPlainTextEdit::textChanged, this, [this] {
    wait_.start();
    refresh();
  });
  connect(controller, &app::ChatController::templatePreviewed, this, &TemplateDialog::onPreview);
  connect(controller, &app::ChatController::modelChanged, this, [this] {
    const app::ModelStatus& model = controller_->modelStatus();
    const bool other = model.state != app::ModelState::ready || model.path != path_;
    if (other && !isChanged()) return QDialog::reject();
    if (std::exchange(gone_, other) && !other) ask();  // the other one could not be opened
    refresh();
  });
  connect(reset_, &QPushButton::clicked, this, [this] { edit_->setPlainText(own_); });
  connect(save_, &QPushButton::clicked, this, [this] {
    const QString written = edit_->toPlainText();
    controller_->setChatTemplate(written == own_ ? QString() : written);
    accept();
  });
  refresh();
  ask();
}

void TemplateDialog::layOut() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(24, 20, 24, 20);
  column->setSpacing(8);
  column->addWidget(new Label(tr("Chat template"), &Palette::text, 15, this, QFont::DemiBold));
  origin_->setWordWrap(true);
  origin_->setObjectName(QStringLiteral("Template origin"));
  auto* top = new QHBoxLayout;
  top->setSpacing(12);
  top->addWidget(origin_, 1);
  starts_->setText(tr("Start from"));
  starts_->setObjectName(QStringLiteral("Start from"));
  starts_->setAccessibleName(QStringLiteral("Start from"));
  starts_->setIcon(icon(QStringLiteral("chevron-down")));
  starts_->setIconSize({14, 14});
  starts_->setLayoutDirection(layoutDirection() == Qt::RightToLeft ? Qt::LeftToRight : Qt::RightToLeft);
  setButtonKind(starts_, ButtonKind::outline);
  top->addWidget(starts_, 0, Qt::AlignTop);
  column->addLayout(top);
  edit_->setPlaceholderText(tr("A Jinja template; “Start from” has some."));
  column->addWidget(edit_, 3);
  column->addWidget(new Label(tr("What the model reads of a short conversation"), &Palette::quietText, 12, this));
  preview_->setReadOnly(true);
  column->addWidget(preview_, 2);
  error_->setWordWrap(true);
  error_->setObjectName(QStringLiteral("Template error"));
  column->addWidget(error_);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  auto* cancel = new QPushButton(tr("Cancel"), this);
  cancel->setAutoDefault(false);
  reset_->setAutoDefault(false);
  reset_->setObjectName(QStringLiteral("Reset template"));
  reset_->setToolTip(tr("Use the model's own template again"));
  save_->setObjectName(QStringLiteral("Save template"));
  setButtonKind(save_, ButtonKind::primary);
  row->addWidget(reset_);
  row->addStretch();
  row->addWidget(cancel);
  row->addWidget(save_);
  column->addLayout(row);
  connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
}

void TemplateDialog::fillStarts() {
  auto* menu = new QMenu(starts_);
  const auto add = [&](const QString& name, const QString& source) {
    menu->addAction(name, edit_, [this, source] { edit_->setPlainText(source); });
  };
  const engine::TemplateUse& own = controller_->modelStatus().ownTemplate;
  if (own.origin == Origin::own) {
    add(tr("The model's own"), text(own.text));
    menu->addSeparator();
  }
  for (const engine::TemplateFamily family : engine::template_families()) {
    add(text(engine::family_name(family)), text(engine::family_template(family)));
  }
  starts_->attachMenu(menu);
}

void TemplateDialog::ask() {
  if (gone_) return;
  if (edit_->toPlainText().isEmpty()) {
    preview_->clear();
    error_->hide();
    return;
  }
  controller_->previewTemplate(edit_->toPlainText());
}

void TemplateDialog::onPreview(const app::TemplatePreview& preview) {
  if (gone_ || preview.text != edit_->toPlainText()) return;
  if (preview.error.isEmpty()) {
    good_ = preview.text;
    preview_->setPlainText(preview.prompt);
  }
  preview_->setEnabled(preview.error.isEmpty());  // else it is of an earlier text
  error_->setText(preview.error);
  error_->setVisible(!preview.error.isEmpty());
  refresh();
}

bool TemplateDialog::isChanged() const { return edit_->toPlainText() != used_; }

// Escape and Cancel: what was typed is not thrown away unasked.
void TemplateDialog::reject() {
  if (!isChanged()) return QDialog::reject();
  auto* question = new QMessageBox(QMessageBox::NoIcon, tr("Chat template"),
                                   tr("Discard your changes to the template?"), QMessageBox::NoButton, this);
  question->setObjectName(QStringLiteral("Discard template"));
  question->setAttribute(Qt::WA_DeleteOnClose);
  QPushButton* discard = question->addButton(tr("Discard"), QMessageBox::DestructiveRole);
  question->setDefaultButton(question->addButton(tr("Keep editing"), QMessageBox::RejectRole));
  connect(discard, &QPushButton::clicked, this, [this] { QDialog::reject(); });
  question->open();
}

void TemplateDialog::refresh() {
  const QString written = edit_->toPlainText();
  if (gone_) {
    error_->setText(tr("Another model is open now, so this cannot be saved; copy the text if you want to keep it."));
    error_->show();
  }
  const bool resets = given_ && written == own_;
  const bool good = !written.isEmpty() && written == good_ && isChanged();
  reset_->setEnabled(!gone_ && written != own_);
  save_->setEnabled(!gone_ && (resets || good));
}

}  // namespace sotto::ui
