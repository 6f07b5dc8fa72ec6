// TranscriptView: the pointer, the selection, what is pressed.
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QHelpEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>

#include "transcript/link_prompt.h"
#include "transcript/transcript_view.h"

namespace sotto::ui {

namespace {
constexpr int copiedMs = 1500;
constexpr int autoScrollMs = 16;
}  // namespace

QPoint TranscriptView::toRow(int row, QPoint point) const {
  return point - QPoint(columnX(), rows_.top(row) - scroll_);
}

TranscriptView::Target TranscriptView::targetAt(QPoint point) const {
  Target target;
  if (rows_.count() == 0) return target;
  target.row = rows_.rowAt(scroll_ + point.y());
  const MessageItem& item = rows_.item(target.row);
  const QPoint inRow = toRow(target.row, point);
  target.position.row = target.row;
  target.button = item.buttonAt(inRow, true);
  if (item.body() == nullptr) return target;
  if (inRow.y() >= item.bodyRect().bottom() + 1) {
    target.position.place = item.body()->end();
  } else {
    target.hit = item.body()->hit(inRow - item.bodyAt());
    target.position.place = target.hit.place;
  }
  return target;
}

void TranscriptView::hover(QPoint point) {
  lastMouse_ = point;
  const bool inside = viewport()->rect().contains(point);
  const Target target = inside ? targetAt(point) : Target{};
  const int copy = target.row >= 0 ? target.hit.copy : -1;
  const bool thought = target.row >= 0 && target.hit.thought;
  if (target.row != hoverRow_ || target.button != hoverButton_ || copy != hoverCopy_ || thought != hoverThought_) {
    hoverRow_ = target.row;
    hoverButton_ = target.button;
    hoverCopy_ = copy;
    hoverThought_ = thought;
    viewport()->update();
  }
  if (selecting_) return;
  const bool press = target.button >= 0 || copy >= 0 || thought || !target.hit.link.isEmpty();
  viewport()->setCursor(press ? Qt::PointingHandCursor : target.hit.inText ? Qt::IBeamCursor : Qt::ArrowCursor);
}

void TranscriptView::setSelection(const Selection& selection) {
  if (selection == selection_) return;
  selection_ = selection;
  viewport()->update();
  emit selectionChanged();
}

void TranscriptView::mousePressEvent(QMouseEvent* event) {
  if (focusShown_) {
    focusShown_ = false;
    viewport()->update();
  }
  if (event->button() != Qt::LeftButton || rows_.count() == 0) return;
  const QPoint point = event->position().toPoint();
  pressedAt_ = point;
  pressed_ = targetAt(point);
  focusRow_ = pressed_.row;
  focusStop_.reset();
  if (pressed_.button >= 0 || pressed_.hit.copy >= 0 || pressed_.hit.thought) return;
  const bool tripled = sinceDoubleClick_.isValid() &&
                       sinceDoubleClick_.elapsed() < QApplication::doubleClickInterval() &&
                       (point - lastMouse_).manhattanLength() < QApplication::startDragDistance();
  sinceDoubleClick_.invalidate();
  selecting_ = true;
  if (event->modifiers() & Qt::ShiftModifier) {
    extendSelection(point);
    return;
  }
  unit_ = tripled ? TextUnit::paragraph : TextUnit::letter;
  const MessageBody* body = rows_.item(pressed_.row).body();
  if (body == nullptr) return;
  const auto unit = unitAround(*body, pressed_.position.place, unit_);
  unitAnchor_ = {{pressed_.row, unit.first}, {pressed_.row, unit.second}};
  setSelection({unitAnchor_.first, unitAnchor_.second});
}

void TranscriptView::mouseDoubleClickEvent(QMouseEvent* event) {
  const QPoint point = event->position().toPoint();
  const Target target = targetAt(point);
  if (event->button() != Qt::LeftButton || target.row < 0 || target.button >= 0 || target.hit.copy >= 0 ||
      target.hit.thought) {
    mousePressEvent(event);
    return;
  }
  const MessageBody* body = rows_.item(target.row).body();
  if (body == nullptr) return;
  pressedAt_ = point;
  pressed_ = target;
  unit_ = TextUnit::word;
  const auto unit = unitAround(*body, target.position.place, unit_);
  unitAnchor_ = {{target.row, unit.first}, {target.row, unit.second}};
  setSelection({unitAnchor_.first, unitAnchor_.second});
  selecting_ = true;
  sinceDoubleClick_.start();
  lastMouse_ = point;
}

void TranscriptView::extendSelection(QPoint point) {
  const Target target = targetAt(point);
  if (target.row < 0) return;
  Position from = target.position;
  Position to = target.position;
  const MessageBody* body = rows_.item(target.row).body();
  if (unit_ != TextUnit::letter && body != nullptr) {
    const auto unit = unitAround(*body, target.position.place, unit_);
    from.place = unit.first;
    to.place = unit.second;
  }
  if (unit_ == TextUnit::letter) {
    setSelection({selection_.anchor, target.position});
  } else if (from < unitAnchor_.first) {
    setSelection({unitAnchor_.second, from});
  } else {
    setSelection({unitAnchor_.first, std::max(to, unitAnchor_.second)});
  }
}

void TranscriptView::mouseMoveEvent(QMouseEvent* event) {
  const QPoint point = event->position().toPoint();
  if (selecting_ && (event->buttons() & Qt::LeftButton)) {
    lastMouse_ = point;
    if ((point - pressedAt_).manhattanLength() >= 3 || !selection_.isEmpty()) extendSelection(point);
    const bool outside = point.y() < 0 || point.y() >= viewport()->height();
    if (outside && !autoScroll_.isActive()) autoScroll_.start(autoScrollMs, this);
    if (!outside) autoScroll_.stop();
  }
  hover(point);
}

void TranscriptView::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  autoScroll_.stop();
  const bool wasSelecting = std::exchange(selecting_, false);
  // A reply that went on below the selection does not take it away.
  if (wasSelecting && !selection_.isEmpty()) stick_ = stick_ && scroll_ >= maximum() - 1;
  const QPoint point = event->position().toPoint();
  const Target target = targetAt(point);
  const Target pressed = std::exchange(pressed_, Target{});
  if (wasSelecting && !selection_.isEmpty()) {
    QClipboard* clipboard = QApplication::clipboard();
    if (clipboard->supportsSelection()) clipboard->setText(selectedText(), QClipboard::Selection);
  } else if (target.row >= 0 && target.row == pressed.row) {
    if (pressed.button >= 0 && target.button == pressed.button) {
      press(target.row, target.button);
    } else if (pressed.hit.copy >= 0 && target.hit.copy == pressed.hit.copy) {
      copyCode(target.row, target.hit.copy);
    } else if (pressed.hit.thought && target.hit.thought) {
      toggleThought(target.row);
    } else if (!pressed.hit.link.isEmpty() && target.hit.link == pressed.hit.link) {
      openLink(target.hit.link);
    }
  }
  if (wasSelecting && stick_) settle({});
  hover(point);
}

void TranscriptView::timerEvent(QTimerEvent* event) {
  if (event->timerId() == autoScroll_.timerId()) {
    const int over = lastMouse_.y() < 0 ? lastMouse_.y() : lastMouse_.y() - viewport()->height() + 1;
    setScroll(scroll_ + std::clamp(over / 3, -60, 60) + (over < 0 ? -1 : 1));
    extendSelection({lastMouse_.x(), std::clamp(lastMouse_.y(), 0, viewport()->height() - 1)});
  } else if (event->timerId() == reading_.timerId()) {
    if (const int row = rows_.partlyRead(); row >= 0) {
      onMessageChanged(row);
    } else {
      reading_.stop();
    }
  } else if (event->timerId() == copiedTimer_.timerId()) {
    copiedTimer_.stop();
    viewport()->update();
  } else {
    QAbstractScrollArea::timerEvent(event);
  }
}

void TranscriptView::press(int row, int button) {
  const std::vector<MessageItem::Button>& buttons = rows_.item(row).buttons();
  if (!source_ || button < 0 || button >= int(buttons.size())) return;
  const app::MessageId id = rows_.item(row).id();
  switch (buttons[size_t(button)].item.action) {
    case MessageAction::previousVersion:
      emit versionRequested(source_->versions(row).previous);
      break;
    case MessageAction::nextVersion:
      emit versionRequested(source_->versions(row).next);
      break;
    case MessageAction::copy:
      copyToClipboard(answerTextOf(source_->at(row)));
      copiedMessage_ = id;
      copiedBlock_ = -1;
      copiedTimer_.start(copiedMs, this);
      viewport()->update();
      break;
    case MessageAction::regenerate:
      emit regenerateRequested(id);
      break;
    case MessageAction::edit:
      emit editStarted(id);
      break;
    case MessageAction::continueReply:
      emit continueRequested(id);
      break;
    case MessageAction::newChat:
      emit newChatRequested(id);
      break;
    case MessageAction::cancel:
      emit cancelRequested(id);
      break;
    case MessageAction::none:
      break;
  }
}

// Its line stays where it is.
void TranscriptView::toggleThought(int row) {
  stick_ = false;
  const TranscriptRows::Anchor anchor = rows_.anchorAt(scroll_);
  rows_.toggleThought(row);
  settle(anchor);
}

void TranscriptView::copyCode(int row, int block) {
  const MessageBody* body = rows_.item(row).body();
  if (body == nullptr || block >= int(body->blocks().size())) return;
  copyToClipboard(body->blocks()[size_t(block)].text);
  copiedMessage_ = rows_.item(row).id();
  copiedBlock_ = block;
  copiedTimer_.start(copiedMs, this);
  viewport()->update();
}

void TranscriptView::copyToClipboard(const QString& text) {
  if (!text.isEmpty()) QApplication::clipboard()->setText(text);
}

void TranscriptView::openLink(const QString& address) {
  askToOpen(this, address, [this](const QUrl& url) { emit linkActivated(url); });
}

QString TranscriptView::selectedText() const {
  return source_ ? sotto::ui::selectedText(rows_, *source_, selection_) : QString();
}

QString TranscriptView::selectedMarkdown() const {
  return source_ ? sotto::ui::selectedMarkdown(rows_, *source_, selection_) : QString();
}

QString TranscriptView::allText() const {
  QStringList parts;
  for (int row = 0; source_ && row < source_->count(); ++row) parts << plainTextOf(source_->at(row));
  return parts.join(QStringLiteral("\n\n"));
}

void TranscriptView::copy() {
  if (!selection_.isEmpty()) {
    copyToClipboard(selectedText());
  } else if (source_ && focusRow_ >= 0 && focusRow_ < rows_.count() && focusShown_) {
    copyToClipboard(answerTextOf(source_->at(focusRow_)));
  }
}

void TranscriptView::copyMarkdown() { copyToClipboard(selectedMarkdown()); }

void TranscriptView::selectAll() {
  if (rows_.count() == 0) return;
  const int last = rows_.count() - 1;
  setSelection({{0, {}}, stepped(rows_, {last, {}}, Step::end)});
  settle(rows_.anchorAt(scroll_));
}

QMenu* TranscriptView::menuAt(QPoint point) {
  auto* menu = new QMenu(this);
  const Target target = targetAt(point);
  if (target.row < 0) return menu;
  if (!selection_.isEmpty()) {
    menu->addAction(tr("Copy"), this, &TranscriptView::copy);
    menu->addAction(tr("Copy as Markdown"), this, &TranscriptView::copyMarkdown);
  }
  const QString link = target.hit.link;
  if (!link.isEmpty()) {
    menu->addAction(tr("Open link…"), this, [this, link] { openLink(link); });
    menu->addAction(tr("Copy link address"), this, [this, link] { copyToClipboard(shownAddress(link)); });
  }
  const int block = target.position.place.block;
  const MessageBody* body = rows_.item(target.row).body();
  if (target.hit.inText && body != nullptr && body->blocks()[size_t(block)].kind == markdown::BlockKind::code) {
    menu->addAction(tr("Copy code"), this, [this, row = target.row, block] { copyCode(row, block); });
  }
  if (!menu->isEmpty()) menu->addSeparator();
  if (source_ && !source_->at(target.row).content.isEmpty()) {
    const QString content = answerMarkdownOf(source_->at(target.row));
    const QString plain = answerTextOf(source_->at(target.row));
    menu->addAction(tr("Copy message"), this, [this, plain] { copyToClipboard(plain); });
    menu->addAction(tr("Copy message as Markdown"), this, [this, content] { copyToClipboard(content); });
  }
  if (body != nullptr && !body->blocks().empty() && body->blocks().front().isThought()) {
    menu->addAction(body->isThoughtFolded() ? tr("Show thought") : tr("Hide thought"), this,
                    [this, id = rows_.item(target.row).id()] {
                      if (const int row = rows_.rowOf(id); row >= 0) toggleThought(row);
                    });
  }
  for (const MessageItem::Button& button : rows_.item(target.row).buttons()) {
    const ActionItem& item = button.item;
    if (item.action == MessageAction::none || item.action == MessageAction::copy) continue;
    QAction* action = menu->addAction(sotto::ui::nameOf(item));
    action->setEnabled(item.enabled);
    // The row may be another by the time that the menu is used.
    connect(action, &QAction::triggered, this, [this, id = rows_.item(target.row).id(), kind = item.action] {
      const int row = rows_.rowOf(id);
      if (row < 0) return;
      const auto& now = rows_.item(row).buttons();
      for (size_t at = 0; at < now.size(); ++at) {
        if (now[at].item.action == kind) {
          press(row, int(at));
          return;
        }
      }
    });
  }
  menu->addSeparator();
  menu->addAction(tr("Select all"), this, &TranscriptView::selectAll);
  return menu;
}

void TranscriptView::contextMenuEvent(QContextMenuEvent* event) {
  QPoint point = viewport()->mapFromGlobal(event->globalPos());
  QPoint place = event->globalPos();
  if (event->reason() == QContextMenuEvent::Keyboard && focusRow_ >= 0 && focusRow_ < rows_.count()) {
    const QRect outline = messageRect(rows_.item(focusRow_).id()) & viewport()->rect();
    point = outline.topLeft() + QPoint(4, 4);
    if (focusShown_ && focusStop_ && focusStop_->button < 0) point = rectOf(focusRow_, *focusStop_).center();
    place = viewport()->mapToGlobal(point);
  }
  QMenu* menu = menuAt(point);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->popup(place);
}

bool TranscriptView::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::Leave) hover({-1, -1});
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const Target target = targetAt(help->pos());
    // Nothing in it could be HTML, which a tool tip would read as such.
    QToolTip::showText(help->globalPos(), target.row >= 0 ? shownAddress(target.hit.link) : QString(), viewport());
    return true;
  }
  return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace sotto::ui
