#include "dialogs/text_area.h"

#include <QEvent>
#include <QFontDatabase>
#include <QPainter>

#include "theme/paint.h"
#include "theme/theme.h"

namespace sotto::ui {

TextArea::TextArea(const char* name, QWidget* parent) : QPlainTextEdit(parent) {
  setObjectName(QString::fromLatin1(name));
  setAccessibleName(QString::fromLatin1(name));
  setTabChangesFocus(true);
  setFrameShape(QFrame::NoFrame);
  viewport()->setAutoFillBackground(false);
  setViewportMargins(8, 6, 4, 6);
  document()->setDocumentMargin(0);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  // Not Theme::codeFont: its ligatures draw "<|" as one sign, and here every character counts.
  QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
  font.setPixelSize(12);
  setFont(font);
}

bool TextArea::viewportEvent(QEvent* event) {
  const bool done = QPlainTextEdit::viewportEvent(event);
  if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
  return done;
}

bool TextArea::event(QEvent* event) {
  if (event->type() == QEvent::Paint) {
    QPainter painter(this);
    const Palette& p = Theme::instance().palette();
    paintRounded(&painter, rect(), Metrics::radiusControl, isReadOnly() ? p.code : p.field,
                 hasFocus() ? p.accent : p.hairline);
    return true;
  }
  return QPlainTextEdit::event(event);
}

}  // namespace sotto::ui
