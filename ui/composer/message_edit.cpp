#include "composer/message_edit.h"

#include <QAbstractTextDocumentLayout>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QScrollBar>
#include <QTextBlock>
#include <algorithm>
#include <cmath>
#include <utility>

#include "theme/theme.h"

namespace sotto::ui {

namespace {

constexpr int kLongParagraph = 250;  // letters; shorter ones are laid out in no time

constexpr qsizetype kSlice = 1'000'000;  // letters that are pasted at a time

bool isTyped(const QString& text) {
  return !text.isEmpty() &&
         std::all_of(text.begin(), text.end(), [](QChar c) { return c.isPrint() || c.isSurrogate(); });
}

}  // namespace

MessageEdit::MessageEdit(QWidget* parent) : QPlainTextEdit(parent) {
  setObjectName(QStringLiteral("Message"));
  setAccessibleName(QStringLiteral("Message"));
  setFrameShape(QFrame::NoFrame);
  setTabChangesFocus(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  viewport()->setAutoFillBackground(false);
  document()->setDocumentMargin(0);
  setFont(Theme::instance().textFont(14));
  connect(this, &QPlainTextEdit::textChanged, this, &MessageEdit::fit);
  fit();
}

void MessageEdit::setMaximumLines(int lines) {
  lines_ = std::max(1, lines);
  fit();
}

void MessageEdit::fit() {
  const int line = fontMetrics().lineSpacing();
  const int most = line * lines_;
  double height = 0;  // of the first paragraphs alone, where they are enough
  for (QTextBlock block = document()->begin(); block.isValid() && height <= most; block = block.next()) {
    height += document()->documentLayout()->blockBoundingRect(block).height();
  }
  const int wanted = static_cast<int>(std::ceil(height));
  setVerticalScrollBarPolicy(wanted > most ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
  setFixedHeight(std::clamp(wanted, line, most) + 4);
}

void MessageEdit::resizeEvent(QResizeEvent* event) {
  QPlainTextEdit::resizeEvent(event);
  fit();
}

bool MessageEdit::isBlank() const {
  for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
    const QString text = block.text();
    if (!std::all_of(text.begin(), text.end(), [](QChar c) { return c.isSpace(); })) return false;
  }
  return true;
}

void MessageEdit::setPlainText(const QString& text) {
  settle();
  QPlainTextEdit::setPlainText(text);
}

// A paragraph is shaped anew at every letter, all of it. Within an edit block nothing is laid out.
bool MessageEdit::typeInBurst(const QString& text) {
  if (!burst_) {
    pasteOn(true);
    const QTextCursor cursor = textCursor();
    if (cursor.block().length() < kLongParagraph || isReadOnly() || overwriteMode() || composing_) return false;
    burst_ = cursor;
    burst_->beginEditBlock();
    QMetaObject::invokeMethod(this, &MessageEdit::endBurst, Qt::QueuedConnection);
  }
  burst_->insertText(text);
  return true;
}

void MessageEdit::endBurst() {
  if (!burst_) return;
  QTextCursor cursor = *std::exchange(burst_, std::nullopt);
  cursor.endEditBlock();
  ensureCursorVisible();
}

void MessageEdit::pasteOn(bool all) {
  if (!paste_) return;
  Paste& paste = *paste_;
  const qsizetype from = paste.done;
  const qsizetype lineEnd = all ? -1 : paste.text.indexOf(QLatin1Char('\n'), from + kSlice);
  paste.done = lineEnd < 0 ? paste.text.size() : lineEnd + 1;
  const QString slice = paste.text.mid(from, paste.done - from);
  QTextCursor cursor = paste.cursor;
  const bool ended = paste.done == paste.text.size();
  if (ended) {
    paste_.reset();
  } else {
    QMetaObject::invokeMethod(
        this, [this] { pasteOn(false); }, Qt::QueuedConnection);
  }
  if (from == 0) {
    cursor.beginEditBlock();
  } else {
    cursor.joinPreviousEditBlock();
  }
  cursor.insertText(slice);
  cursor.endEditBlock();
  if (paste_) paste_->cursor = cursor;
  if (ended) ensureCursorVisible();
}

void MessageEdit::settle() {
  endBurst();
  pasteOn(true);
}

bool MessageEdit::event(QEvent* event) {
  switch (event->type()) {
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
    case QEvent::ShortcutOverride:
    case QEvent::InputMethod:
      break;
    default:
      endBurst();
  }
  return QPlainTextEdit::event(event);
}

bool MessageEdit::viewportEvent(QEvent* event) {
  endBurst();
  return QPlainTextEdit::viewportEvent(event);
}

void MessageEdit::keyPressEvent(QKeyEvent* event) {
  const bool plain = (event->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == 0;
  if (plain && isTyped(event->text()) && typeInBurst(event->text())) {
    event->accept();
    return;
  }
  settle();
  const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
  if (enter && !composing_ && !event->isAutoRepeat()) {
    const Qt::KeyboardModifiers held = event->modifiers() & ~Qt::KeypadModifier;
    if (held == Qt::NoModifier || held == Qt::ControlModifier) {
      emit submitted();
      event->accept();
      return;
    }
    if (held == Qt::ShiftModifier) {
      insertPlainText(QStringLiteral("\n"));
      ensureCursorVisible();
      event->accept();
      return;
    }
  }
  if (enter && (composing_ || event->isAutoRepeat())) {
    event->accept();
    return;
  }
  if (event->key() == Qt::Key_Up && event->modifiers() == Qt::NoModifier && document()->isEmpty() && !composing_) {
    emit editLastRequested();
    return;
  }
  QPlainTextEdit::keyPressEvent(event);
}

void MessageEdit::inputMethodEvent(QInputMethodEvent* event) {
  const bool typed = !composing_ && event->preeditString().isEmpty() && event->replacementLength() == 0;
  if (typed && isTyped(event->commitString()) && typeInBurst(event->commitString())) {
    event->accept();
    return;
  }
  settle();
  composing_ = !event->preeditString().isEmpty();
  QPlainTextEdit::inputMethodEvent(event);
}

void MessageEdit::focusOutEvent(QFocusEvent* event) {
  composing_ = false;  // leaving the field ends or drops what was being composed
  QPlainTextEdit::focusOutEvent(event);
}

bool MessageEdit::canInsertFromMimeData(const QMimeData* source) const {
  // Files that are dropped here are for the window to open.
  return source->hasText() && !source->hasUrls();
}

void MessageEdit::insertFromMimeData(const QMimeData* source) {
  settle();
  if (!source->hasText()) return;
  paste_ = {.text = source->text(), .done = 0, .cursor = textCursor()};
  pasteOn(false);
}

}  // namespace sotto::ui
