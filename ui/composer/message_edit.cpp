#include "composer/message_edit.h"

#include <QAbstractTextDocumentLayout>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "theme/theme.h"

namespace sotto::ui {

MessageEdit::MessageEdit(QWidget* parent) : QTextEdit(parent) {
  setObjectName(QStringLiteral("Message"));
  setAccessibleName(QStringLiteral("Message"));
  setAcceptRichText(false);
  setFrameShape(QFrame::NoFrame);
  setTabChangesFocus(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  viewport()->setAutoFillBackground(false);
  document()->setDocumentMargin(0);
  setFont(Theme::instance().textFont(14));
  connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this, &MessageEdit::fit);
  fit();
}

void MessageEdit::setMaximumLines(int lines) {
  lines_ = std::max(1, lines);
  fit();
}

void MessageEdit::fit() {
  const int line = fontMetrics().lineSpacing();
  const int wanted = static_cast<int>(std::ceil(document()->size().height()));
  const int most = line * lines_;
  setVerticalScrollBarPolicy(wanted > most ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
  setFixedHeight(std::clamp(wanted, line, most) + 4);
}

void MessageEdit::resizeEvent(QResizeEvent* event) {
  QTextEdit::resizeEvent(event);
  fit();
}

void MessageEdit::keyPressEvent(QKeyEvent* event) {
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
  QTextEdit::keyPressEvent(event);
}

void MessageEdit::inputMethodEvent(QInputMethodEvent* event) {
  composing_ = !event->preeditString().isEmpty();
  QTextEdit::inputMethodEvent(event);
}

void MessageEdit::focusOutEvent(QFocusEvent* event) {
  composing_ = false;  // leaving the field ends or drops what was being composed
  QTextEdit::focusOutEvent(event);
}

bool MessageEdit::canInsertFromMimeData(const QMimeData* source) const {
  // Files that are dropped here are for the window to open.
  return source->hasText() && !source->hasUrls();
}

void MessageEdit::insertFromMimeData(const QMimeData* source) {
  if (source->hasText()) insertPlainText(source->text());
}

}  // namespace sotto::ui
