#include "header_bar.h"

#include <QBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>
#include <initializer_list>

#include "chat/chat_controller.h"
#include "library/model_chip.h"
#include "menu_button.h"
#include "theme/icon.h"
#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

namespace {

constexpr int kRoomy = 640;  // px from which on the chips have words
constexpr int kBranchesShown = 30;

QToolButton* iconButton(const char* name, const char* iconName, const QString& tip, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setObjectName(QString::fromLatin1(name));
  button->setAccessibleName(QString::fromLatin1(name));
  button->setIcon(icon(QString::fromLatin1(iconName)));
  button->setIconSize({20, 20});
  button->setFixedSize(30, 30);
  button->setToolTip(tip);
  button->setFocusPolicy(Qt::TabFocus);
  button->setAutoRaise(true);
  return button;
}

// The leaves of the conversation, each with the path to it being one branch, in the order of the tree.
std::vector<app::MessageId> leaves(const app::ConversationTree& tree) {
  std::vector<app::MessageId> found;
  std::vector<app::MessageId> open = tree.children({});
  std::reverse(open.begin(), open.end());
  while (!open.empty()) {
    const app::MessageId id = open.back();
    open.pop_back();
    std::vector<app::MessageId> below = tree.children(id);
    if (below.empty()) found.push_back(id);
    std::reverse(below.begin(), below.end());
    open.insert(open.end(), below.begin(), below.end());
  }
  return found;
}

}  // namespace

HeaderBar::HeaderBar(app::ChatController* controller, QWidget* parent)
    : QWidget(parent),
      controller_(controller),
      list_(iconButton("Toggle conversations", "list-panel", tr("Show or hide the conversations (Ctrl+B)"), this)),
      sampling_(
          iconButton("Toggle sampling", "sampling-panel", tr("Show or hide the sampling panel (Ctrl+Shift+S)"), this)),
      title_(new ElidedLabel(&Palette::text, 15, this, QFont::DemiBold)),
      branch_(new MenuButton(this)),
      model_(new ModelChip(controller, this)),
      cancelLoading_(iconButton("Cancel loading", "close", tr("Cancel loading"), this)),
      prompt_(new QPushButton(this)),
      export_(new MenuButton(this)),
      branches_(new QMenu(this)) {
  setFixedHeight(Metrics::header);
  title_->setObjectName(QStringLiteral("Title"));
  const auto chip = [](QPushButton* button, const char* name) {
    button->setObjectName(QString::fromLatin1(name));
    button->setAccessibleName(QString::fromLatin1(name));
    setButtonKind(button, ButtonKind::chip);
  };
  chip(branch_, "Branch");
  chip(prompt_, "System prompt");
  chip(export_, "Export");
  branch_->setToolTip(tr("Branches of this conversation"));
  branch_->attachMenu(branches_);
  export_->setText(tr("Export"));
  auto* formats = new QMenu(export_);
  connect(formats, &QMenu::aboutToShow, this, &HeaderBar::fillExport);
  export_->attachMenu(formats);
  prompt_->setCheckable(true);
  cancelLoading_->setIconSize({16, 16});
  layOut();

  connect(list_, &QToolButton::clicked, this, &HeaderBar::listToggled);
  connect(sampling_, &QToolButton::clicked, this, &HeaderBar::samplingToggled);
  connect(prompt_, &QPushButton::clicked, this, &HeaderBar::promptToggled);
  connect(cancelLoading_, &QToolButton::clicked, controller, &app::ChatController::cancelLoading);
  connect(branches_, &QMenu::aboutToShow, this, &HeaderBar::fillBranches);
  using C = app::ChatController;
  connect(controller, &C::currentChanged, this, &HeaderBar::refresh);
  connect(controller, &C::conversationsChanged, this, &HeaderBar::refresh);
  connect(controller, &C::pathChanged, this, &HeaderBar::refresh);
  connect(controller, &C::settingsChanged, this, &HeaderBar::refresh);
  connect(controller, &C::modelChanged, this, &HeaderBar::refresh);
  refresh();
}

void HeaderBar::layOut() {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 0, 12, 1);
  row->setSpacing(8);
  row->addWidget(list_);
  row->addWidget(title_);
  row->addWidget(branch_);
  row->addStretch(1);
  row->addWidget(model_);
  row->addWidget(cancelLoading_);
  row->addWidget(prompt_);
  row->addWidget(export_);
  row->addWidget(sampling_);
}

void HeaderBar::setColumns(bool listOpen, bool samplingOpen) {
  // The switches tell assistive technology what they would do.
  list_->setAccessibleDescription(listOpen ? tr("Hide the conversations") : tr("Show the conversations"));
  sampling_->setAccessibleDescription(samplingOpen ? tr("Hide the sampling panel") : tr("Show the sampling panel"));
}

void HeaderBar::setPromptOpen(bool open) { prompt_->setChecked(open); }

void HeaderBar::openExportMenu() { openMenu(export_->menu(), export_); }

void HeaderBar::fillExport() {
  QMenu* menu = export_->menu();
  menu->clear();
  const bool stored = controller_->currentId().valid();
  const bool any = !controller_->conversations().empty();
  const std::pair<const char*, QString> formats[] = {
      {"md", tr("Markdown…")}, {"txt", tr("Plain text…")}, {"json", tr("JSON…")}};
  const auto add = [&](const QString& title, bool all, bool enabled) {
    menu->addSection(title);
    for (const auto& [format, label] : formats) {
      QAction* action = menu->addAction(
          label, this, [this, all, id = QString::fromLatin1(format)] { emit exportRequested(id, all); });
      action->setEnabled(enabled);
    }
  };
  add(tr("This conversation"), false, stored);
  add(tr("All conversations"), true, any);
}

void HeaderBar::fillBranches() {
  branches_->clear();
  const app::ConversationTree* tree = controller_->current();
  if (tree == nullptr) return;
  const std::vector<app::MessageId> ends = leaves(*tree);
  int number = 0;
  for (const app::MessageId end : ends) {
    if (++number > kBranchesShown) break;
    QString words = tree->find(end)->content.left(200).simplified();
    words = withoutMnemonic(fontMetrics().elidedText(words, Qt::ElideRight, 260));
    QAction* action = branches_->addAction(QStringLiteral("%1   %2").arg(number).arg(words), this,
                                           [this, end] { controller_->showVersion(end); });
    action->setCheckable(true);
    action->setChecked(end == tree->activeLeaf());
  }
}

void HeaderBar::refresh() {
  const app::ConversationTree* tree = controller_->current();
  QString title = tree != nullptr ? tree->title : QString();
  const auto& all = controller_->conversations();
  const auto listed = std::find_if(all.begin(), all.end(), [&](const app::ConversationSummary& conversation) {
    return conversation.id == controller_->currentId();
  });
  if (listed != all.end()) title = listed->title;
  title_->setText(title.isEmpty() ? tr("New chat") : title);

  branch_->hide();
  if (tree != nullptr) {
    const std::vector<app::MessageId> ends = leaves(*tree);
    const auto at = std::find(ends.begin(), ends.end(), tree->activeLeaf());
    if (ends.size() > 1 && at != ends.end()) {
      const int position = static_cast<int>(at - ends.begin()) + 1;
      branch_->setText(QStringLiteral("%1 / %2").arg(position).arg(ends.size()));
      branch_->setAccessibleDescription(tr("Branch %1 of %2").arg(position).arg(ends.size()));
      branch_->show();
    }
  }
  cancelLoading_->setVisible(controller_->modelStatus().state == app::ModelState::loading);
  fit();
}

void HeaderBar::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fit();
}

void HeaderBar::fit() {
  const bool roomy = width() >= kRoomy;
  const bool set = !controller_->settings().systemPrompt.trimmed().isEmpty();
  const ColorRole role = set ? &Palette::accent : &Palette::secondaryText;
  prompt_->setText(roomy ? tr("System prompt") : QString());
  prompt_->setIcon(roomy && !set ? QIcon() : icon(QStringLiteral("system-prompt"), role));
  prompt_->setIconSize({16, 16});
  fitModel();
  prompt_->setToolTip(set ? tr("This conversation has a system prompt") : tr("System prompt of this conversation"));
}

// Title and model share what the other controls leave: the model is shown whole where the title keeps a third of it.
void HeaderBar::fitModel() {
  int others = layout()->contentsMargins().left() + layout()->contentsMargins().right();
  for (const QWidget* control :
       std::initializer_list<const QWidget*>{list_, branch_, cancelLoading_, prompt_, export_, sampling_}) {
    if (!control->isHidden()) others += control->sizeHint().width() + layout()->spacing();
  }
  others += 2 * layout()->spacing();
  const int room = std::max(0, width() - others);
  const int title = std::min(title_->sizeHint().width(), std::max(room / 3, title_->minimumSizeHint().width()));
  model_->setMinimumWidth(std::clamp(room - title, 28, model_->sizeHint().width()));
}

void HeaderBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = Theme::instance().palette();
  painter.fillRect(rect(), p.background);
  painter.fillRect(QRect(0, height() - 1, width(), 1), p.hairline);
}

}  // namespace sotto::ui
