// TranscriptView: the keyboard and its focus.
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QScrollBar>
#include <algorithm>

#include "transcript/transcript_view.h"

namespace sotto::ui {

void TranscriptView::keyPressEvent(QKeyEvent* event) {
  const bool control = event->modifiers() & Qt::ControlModifier;
  if (event->matches(QKeySequence::Copy)) {
    copy();
  } else if (event->matches(QKeySequence::SelectAll)) {
    selectAll();
  } else if (control && (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down)) {
    const int step = event->key() == Qt::Key_Up ? -1 : 1;
    focusRow(focusShown_ && focusRow_ >= 0 ? focusRow_ + step : rows_.count() - 1);
  } else if (focusStop_ && focusShown_ && (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) &&
             event->modifiers() == Qt::NoModifier) {
    moveFocus((event->key() == Qt::Key_Right) == isLeftToRight(), false);
  } else if (focusStop_ && focusShown_ &&
             (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space)) {
    activate(focusRow_, *focusStop_);
  } else if (focusRow_ >= 0 && focusShown_ && !focusStop_ &&
             (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
    QContextMenuEvent menu(QContextMenuEvent::Keyboard, QPoint(), viewport()->mapToGlobal(QPoint()));
    contextMenuEvent(&menu);
  } else if (!selectByKey(event) && !scrollByKey(event)) {
    QAbstractScrollArea::keyPressEvent(event);
  }
}

bool TranscriptView::selectByKey(QKeyEvent* event) {
  struct Entry {
    QKeySequence::StandardKey key;
    Step step;
  };
  static constexpr Entry entries[] = {
      {QKeySequence::SelectPreviousChar, Step::left},     {QKeySequence::SelectNextChar, Step::right},
      {QKeySequence::SelectPreviousWord, Step::wordLeft}, {QKeySequence::SelectNextWord, Step::wordRight},
      {QKeySequence::SelectPreviousLine, Step::up},       {QKeySequence::SelectNextLine, Step::down},
      {QKeySequence::SelectStartOfLine, Step::lineStart}, {QKeySequence::SelectEndOfLine, Step::lineEnd},
      {QKeySequence::SelectStartOfDocument, Step::start}, {QKeySequence::SelectEndOfDocument, Step::end}};
  const auto entry =
      std::find_if(std::begin(entries), std::end(entries), [&](const Entry& each) { return event->matches(each.key); });
  if (entry == std::end(entries) || rows_.count() == 0) return false;
  Selection selection = selection_;
  if (selection.isEmpty() && selection.anchor == Position{}) {
    // From the message with the focus, else from what is seen first.
    const int row = focusShown_ && focusRow_ >= 0 ? focusRow_ : targetAt({columnX(), 0}).row;
    selection.anchor = selection.head = {std::clamp(row, 0, rows_.count() - 1), {}};
  }
  changeRows([&] { selection.head = stepped(rows_, selection.head, entry->step); });
  setSelection(selection);
  showPosition(selection.head);
  return true;
}

bool TranscriptView::scrollByKey(QKeyEvent* event) {
  const int page = verticalScrollBar()->pageStep();
  const int line = look_->text.height * 2;
  int to = scroll_;
  switch (event->key()) {
    case Qt::Key_Up:
      to -= line;
      break;
    case Qt::Key_Down:
      to += line;
      break;
    case Qt::Key_PageUp:
      to -= page;
      break;
    case Qt::Key_PageDown:
      to += page;
      break;
    case Qt::Key_Home:
      to = 0;
      break;
    case Qt::Key_End:
      scrollToEnd();
      return true;
    default:
      return false;
  }
  if (event->modifiers() & (Qt::ShiftModifier | Qt::AltModifier)) return false;
  setScroll(to);
  return true;
}

void TranscriptView::focusRow(int row) {
  if (rows_.count() == 0) return;
  focusRow_ = std::clamp(row, 0, rows_.count() - 1);
  focusShown_ = true;
  showRow(focusRow_);
  focusStop({});
}

void TranscriptView::showRow(int row) {
  changeRows([&] { rows_.layOutRow(row); });
  const int height = viewport()->height();
  const int top = rows_.top(row);
  const int bottom = top + rows_.item(row).height();
  if (top < scroll_ || bottom - top > height) {
    setScroll(top - space::around);
  } else if (bottom > scroll_ + height) {
    setScroll(bottom - height);
  }
}

void TranscriptView::showPosition(const Position& position) {
  const MessageItem& item = rows_.item(position.row);
  if (item.body() == nullptr) return;
  const QRect cursor = item.body()->cursorRect(position.place);
  const int top = rows_.top(position.row) + item.bodyAt().y() + cursor.top();
  if (top < scroll_) {
    setScroll(top - space::around);
  } else if (top + cursor.height() > scroll_ + viewport()->height()) {
    setScroll(top + cursor.height() + space::around - viewport()->height());
  }
}

// Tab goes from a message to what can be pressed in it, one by one, and then on to the next widget.
bool TranscriptView::focusNextPrevChild(bool next) {
  if (!hasFocus() || rows_.count() == 0) return QAbstractScrollArea::focusNextPrevChild(next);
  if (focusRow_ < 0 || focusRow_ >= rows_.count()) focusRow_ = rows_.count() - 1;
  focusShown_ = true;
  return moveFocus(next, true) || QAbstractScrollArea::focusNextPrevChild(next);
}

void TranscriptView::focusInEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusInEvent(event);
  const Qt::FocusReason reason = event->reason();
  if (reason == Qt::PopupFocusReason || reason == Qt::ActiveWindowFocusReason)
    return viewport()->update();  // as it was
  focusShown_ = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason || reason == Qt::ShortcutFocusReason;
  if (focusShown_ && rows_.count() > 0) {
    if (focusRow_ < 0 || focusRow_ >= rows_.count()) focusRow_ = rows_.count() - 1;
    const std::vector<Stop> all = stops(focusRow_);
    focusStop(reason == Qt::BacktabFocusReason && !all.empty() ? std::optional(all.back()) : std::nullopt);
  }
  viewport()->update();
}

void TranscriptView::focusOutEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusOutEvent(event);
  if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason) focusShown_ = false;
  viewport()->update();
}

void TranscriptView::changeEvent(QEvent* event) {
  QAbstractScrollArea::changeEvent(event);
  if (event->type() == QEvent::LayoutDirectionChange) applyLook();
  if (event->type() == QEvent::LanguageChange) {
    changeRows([this] { rows_.setLook(std::make_shared<const Look>(*look_), columnWidth()); });
  }
}

}  // namespace sotto::ui
