#include "ui/transcript_support/pointer.h"

#include <QApplication>
#include <QMouseEvent>

void Pointer::send(QEvent::Type type, QPoint at, Qt::MouseButton button, Qt::KeyboardModifiers modifiers) {
  QWidget* target = view_.viewport();
  QMouseEvent event(type, QPointF(at), QPointF(target->mapToGlobal(at)), button, down_, modifiers);
  QApplication::sendEvent(target, &event);
}

void Pointer::move(QPoint to) { send(QEvent::MouseMove, to, Qt::NoButton); }

void Pointer::press(QPoint at, Qt::KeyboardModifiers modifiers, Qt::MouseButton button) {
  down_ |= button;
  send(QEvent::MouseButtonPress, at, button, modifiers);
}

void Pointer::release(QPoint at) {
  down_ &= ~Qt::MouseButtons(Qt::LeftButton);
  send(QEvent::MouseButtonRelease, at, Qt::LeftButton);
}

void Pointer::doubleClick(QPoint at) {
  click(at);
  down_ |= Qt::LeftButton;
  send(QEvent::MouseButtonDblClick, at, Qt::LeftButton);
}

void Pointer::click(QPoint at, Qt::KeyboardModifiers modifiers) {
  move(at);
  press(at, modifiers);
  release(at);
}

void Pointer::drag(QPoint from, QPoint to) {
  move(from);
  press(from);
  move((from + to) / 2);
  move(to);
  release(to);
}

Stage::Stage(QSize size) : pointer(view) {
  view.setSource(&source);
  view.resize(size);
  view.show();
  QApplication::processEvents();
}

QPoint Stage::letter(qint64 message, int block, int offset) {
  QRect rect = view.letterRect({message}, block, offset);
  if (!view.viewport()->rect().contains(rect.center())) {
    view.scrollToMessage({message});
    rect = view.letterRect({message}, block, offset);
  }
  return {rect.left(), rect.center().y()};
}
