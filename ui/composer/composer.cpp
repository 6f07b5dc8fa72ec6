#include "composer/composer.h"

#include <QBoxLayout>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QTimer>

#include "chat/chat_controller.h"
#include "composer/context_meter.h"
#include "composer/message_edit.h"
#include "menu_button.h"
#include "sampling/preset_menu.h"
#include "settings/draft_key.h"
#include "theme/icon.h"
#include "theme/label.h"
#include "theme/paint.h"
#include "theme/style.h"

namespace sotto::ui {

namespace {

constexpr int kShadow = 6;  // px below the frame
constexpr int kDraftMs = 700;
constexpr int kReadMs = 400;

template <class Button = QPushButton>
Button* makeButton(const char* name, const QString& text, ButtonKind kind, QWidget* parent) {
  auto* button = new Button(text, parent);
  button->setObjectName(QString::fromLatin1(name));
  button->setAccessibleName(QString::fromLatin1(name));
  setButtonKind(button, kind);
  return button;
}

}  // namespace

Composer::Composer(app::ChatController* controller, QWidget* parent)
    : QWidget(parent),
      controller_(controller),
      edit_(new MessageEdit(this)),
      editBar_(new QWidget(this)),
      hintBar_(new QWidget(this)),
      hint_(new Label({}, &Palette::caution, 12, this)),
      preset_(makeButton<MenuButton>("Preset of the composer", {}, ButtonKind::quiet, this)),
      thinking_(makeButton("Thinking", tr("Think first"), ButtonKind::chip, this)),
      continue_(makeButton("Continue", tr("Continue"), ButtonKind::outline, this)),
      openModel_(makeButton("Open model", tr("Open model"), ButtonKind::outline, this)),
      send_(makeButton("Send", tr("Send"), ButtonKind::primary, this)),
      stop_(makeButton("Stop", tr("Stop"), ButtonKind::primary, this)),
      meter_(new ContextMeter(this)),
      draftTimer_(new QTimer(this)),
      readTimer_(new QTimer(this)) {
  layOut();
  edit_->setPlaceholderText(tr("Message"));
  edit_->installEventFilter(this);
  preset_->attachMenu(new PresetMenu(controller, preset_));
  preset_->setIcon(icon(QStringLiteral("chevron-down")));
  preset_->setIconSize({14, 14});
  preset_->setLayoutDirection(layoutDirection() == Qt::RightToLeft ? Qt::LeftToRight : Qt::RightToLeft);
  send_->setToolTip(tr("Send (Enter)"));
  stop_->setToolTip(tr("Stop (Esc)"));
  continue_->setToolTip(tr("Continue the reply where it stopped"));

  thinking_->setCheckable(true);
  thinking_->setToolTip(tr("Whether the model thinks before it answers, from the next reply on"));
  connect(thinking_, &QPushButton::clicked, this, [this](bool on) {
    const bool usual = controller_->modelStatus().chatTemplate.thinks;
    controller_->setThinking(on == usual ? std::nullopt : std::optional(on));
    focusMessage();
  });

  connect(edit_, &MessageEdit::submitted, this, &Composer::send);
  connect(edit_, &MessageEdit::editLastRequested, this, &Composer::editLastRequested);
  connect(edit_, &MessageEdit::textChanged, this, [this] {
    if (filling_) return;
    hintBar_->hide();
    if (!editing()) keepDraft(edit_->toPlainText());
    if (!readTimer_->isActive()) readTimer_->start();  // now and then, not after the last key: the model has a start
    refresh();
  });
  connect(send_, &QPushButton::clicked, this, &Composer::send);
  connect(stop_, &QPushButton::clicked, this, [this] { controller_->stop(); });
  connect(continue_, &QPushButton::clicked, this, [this] {
    if (const app::MessageId reply = continuable(); reply.valid()) controller_->continueReply(reply);
    focusMessage();
  });
  connect(openModel_, &QPushButton::clicked, this, &Composer::openModelRequested);

  draftTimer_->setSingleShot(true);
  draftTimer_->setInterval(kDraftMs);
  connect(draftTimer_, &QTimer::timeout, this, &Composer::storeDraft);

  readTimer_->setSingleShot(true);
  readTimer_->setInterval(kReadMs);
  connect(readTimer_, &QTimer::timeout, this, &Composer::readAhead);

  using C = app::ChatController;
  connect(controller, &C::ready, this, &Composer::switchDraft);
  connect(controller, &C::currentChanged, this, &Composer::switchDraft);
  connect(controller, &C::pathChanged, this, [this] {
    if (!shown_.valid()) shown_ = controller_->currentId();  // a new chat that has been stored
    // The message that was being edited may be gone with its branch.
    if (editing() && controller_->current() != nullptr && controller_->current()->find(edited_) == nullptr) endEdit();
    refresh();
  });
  connect(controller, &C::messageChanged, this, &Composer::refresh);
  connect(controller, &C::replyStatusChanged, this, &Composer::refresh);
  connect(controller, &C::modelChanged, this, &Composer::refresh);
  connect(controller, &C::settingsChanged, this, &Composer::refresh);
  connect(controller, &C::presetsChanged, this, &Composer::refresh);
  connect(controller, &C::contextUsedChanged, this, &Composer::refreshMeter);
  switchDraft();
}

void Composer::layOut() {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);

  auto* editing = new QHBoxLayout(editBar_);
  editing->setContentsMargins(0, 0, 0, 0);
  editing->addWidget(
      new Label(tr("Editing your message. Sending it starts a new branch."), &Palette::accent, 12, editBar_));
  editing->addStretch();
  QPushButton* cancel = makeButton("Cancel edit", tr("Cancel"), ButtonKind::quiet, editBar_);
  editing->addWidget(cancel);
  connect(cancel, &QPushButton::clicked, this, &Composer::cancelEdit);
  editBar_->hide();

  auto* hinting = new QHBoxLayout(hintBar_);
  hinting->setContentsMargins(0, 0, 0, 0);
  hint_->setWordWrap(true);
  hinting->addWidget(hint_, 1);
  hintBar_->hide();

  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  row->addWidget(preset_);
  row->addWidget(thinking_);
  row->addWidget(meter_, 1);
  row->addWidget(continue_);
  row->addWidget(openModel_);
  row->addWidget(send_);
  row->addWidget(stop_);
  auto* column = new QVBoxLayout(this);
  constexpr int kButtonPadding = 8;  // of the frameless button: its words stand below those of the field
  const bool mirrored = layoutDirection() == Qt::RightToLeft;
  const int leading = 15 - kButtonPadding;
  column->setContentsMargins(mirrored ? 15 : leading, 14, mirrored ? leading : 15, 11 + kShadow);
  column->setSpacing(8);
  auto* words = new QVBoxLayout;
  words->setContentsMargins(mirrored ? 0 : kButtonPadding, 0, mirrored ? kButtonPadding : 0, 0);
  words->setSpacing(8);
  words->addWidget(editBar_);
  words->addWidget(edit_);
  words->addWidget(hintBar_);
  column->addLayout(words);
  column->addLayout(row);
  setTabOrder(edit_, preset_);
}

void Composer::setMaximumLines(int lines) { edit_->setMaximumLines(lines); }

void Composer::focusMessage() { edit_->setFocus(Qt::OtherFocusReason); }

void Composer::setText(const QString& text) {
  edit_->settle();  // its last letters are the draft's
  const QScopedValueRollback guard(filling_, true);
  edit_->setPlainText(text);
  edit_->moveCursor(QTextCursor::End);
}

void Composer::keepDraft(const QString& text) {
  controller_->setDraft(shown_, text);
  draftTimer_->start();
}

void Composer::readAhead() {
  if (!edit_->isBlank()) controller_->readAhead(edit_->toPlainText(), edited_);
}

void Composer::storeDraft() {
  edit_->settle();
  draftTimer_->stop();
  const QString draft = controller_->draft(shown_);
  if (controller_->setting(app::draftKey(shown_)) != draft) controller_->setSetting(app::draftKey(shown_), draft);
}

void Composer::giveBack(const QString& text) {
  edit_->settle();
  const QString written = edit_->toPlainText();
  setText(edit_->isBlank() ? text : text + QStringLiteral("\n\n") + written);
  keepDraft(edit_->toPlainText());
  refresh();
}

void Composer::switchDraft() {
  edit_->settle();
  if (draftTimer_->isActive()) storeDraft();
  // Leaving the conversation leaves the edit; what was being written before it is still that conversation's draft.
  edited_ = {};
  editBar_->hide();
  shown_ = controller_->currentId();
  QString draft = controller_->draft(shown_);
  if (draft.isEmpty()) draft = controller_->setting(app::draftKey(shown_));
  setText(draft);
  if (!draft.isEmpty()) controller_->setDraft(draft);
  hintBar_->hide();
  refresh();
}

void Composer::beginEdit(app::MessageId message, const QString& text) {
  edit_->settle();
  if (!editing()) draftBeforeEdit_ = edit_->toPlainText();
  edited_ = message;
  setText(text);
  editBar_->show();
  focusMessage();
  refresh();
}

void Composer::cancelEdit() {
  endEdit();
  focusMessage();
}

void Composer::endEdit() {
  edited_ = {};
  editBar_->hide();
  hintBar_->hide();
  setText(draftBeforeEdit_);
  draftBeforeEdit_.clear();
  refresh();
}

void Composer::send() {
  edit_->settle();
  if (edit_->isBlank()) return;
  const QString text = edit_->toPlainText();
  const auto phase = controller_->replyStatus(controller_->currentId()).phase;
  if (phase != app::ReplyPhase::idle && !editing()) return;  // its reply is still being written: Stop stands there
  const app::ModelState model = controller_->modelStatus().state;
  if (model == app::ModelState::none || model == app::ModelState::failed) {
    hint_->setText(tr("No model is open. Your text stays here until one is."));
    hintBar_->show();
    return;
  }
  if (editing()) {
    const app::MessageId message = edited_;
    if (controller_->edit(message, text)) endEdit();
    return;
  }
  setText(QString());  // before sending: a new chat gets its id in there
  if (!controller_->send(text)) {
    setText(text);
    return;
  }
  keepDraft(QString());
  storeDraft();
  refresh();
}

app::MessageId Composer::continuable() const {
  const app::ConversationTree* tree = controller_->current();
  const app::Message* last = tree != nullptr ? tree->find(tree->activeLeaf()) : nullptr;
  if (last == nullptr || last->role != app::Role::assistant || last->state == app::MessageState::streaming) return {};
  const bool cut = last->state == app::MessageState::interrupted || last->stopReason == app::StopReason::stopped ||
                   last->stopReason == app::StopReason::interrupted || last->stopReason == app::StopReason::length;
  return cut ? last->id : app::MessageId{};
}

void Composer::refresh() {
  const app::ReplyStatus status = controller_->replyStatus(controller_->currentId());
  const app::ModelState model = controller_->modelStatus().state;
  const bool busy = status.phase != app::ReplyPhase::idle;
  const bool empty = edit_->isBlank();
  const bool hadFocus = (busy ? send_ : stop_)->hasFocus();
  stop_->setVisible(busy);
  send_->setVisible(!busy || editing());
  send_->setEnabled(!empty);
  if (hadFocus) busy ? stop_->setFocus() : edit_->setFocus();  // the button that had it is gone
  continue_->setVisible(!busy && !editing() && empty && model == app::ModelState::ready && continuable().valid());
  // In an empty chat the welcome above has a button for that.
  const app::ConversationTree* tree = controller_->current();
  const bool welcomed = tree == nullptr || tree->messages().empty();
  openModel_->setVisible(!welcomed && (model == app::ModelState::none || model == app::ModelState::failed));
  if (model == app::ModelState::ready || model == app::ModelState::loading) hintBar_->hide();
  const engine::TemplateUse& chat = controller_->modelStatus().chatTemplate;
  thinking_->setVisible(model == app::ModelState::ready && chat.switches);
  thinking_->setChecked(controller_->settings().thinking.value_or(chat.thinks));
  preset_->setText(presetLabel(*controller_));
  refreshMeter();
}

void Composer::refreshMeter() {
  const app::ReplyStatus status = controller_->replyStatus(controller_->currentId());
  const QLocale locale;
  QString activity;
  double share = -1;
  if (status.phase == app::ReplyPhase::queued) activity = tr("Waits for the reply that is being written");
  if (status.phase == app::ReplyPhase::prefill && status.promptTotal > 0) {
    activity =
        tr("Reading %1 of %2 tokens").arg(locale.toString(status.promptDone), locale.toString(status.promptTotal));
    share = static_cast<double>(status.promptDone) / status.promptTotal;
  }
  meter_->setActivity(activity);
  meter_->setActivityShare(share);
  const app::ModelStatus& model = controller_->modelStatus();
  meter_->setUse(controller_->contextUsed(), model.state == app::ModelState::ready ? model.contextLength : 0);
}

void Composer::mousePressEvent(QMouseEvent*) { focusMessage(); }

bool Composer::eventFilter(QObject* object, QEvent* event) {
  if (object == edit_ && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)) update();
  return QWidget::eventFilter(object, event);
}

void Composer::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = Theme::instance().palette();
  const QRectF frame = QRectF(rect()).adjusted(0, 0, 0, -kShadow);
  QColor shade = p.shadow;
  for (int i = kShadow; i >= 1; --i) {
    shade.setAlpha(p.shadow.alpha() / 9);
    paintRounded(&painter, frame.adjusted(i / 2.0, i, -i / 2.0, i), Metrics::radiusComposer, shade, {});
  }
  paintRounded(&painter, frame, Metrics::radiusComposer, p.field, edit_->hasFocus() ? p.track : p.hairline);
}

}  // namespace sotto::ui
