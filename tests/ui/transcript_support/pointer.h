// The mouse and the eyes of the transcript's tests.
#pragma once

#include <QPoint>
#include <memory>

#include "transcript/transcript_view.h"
#include "ui/transcript_support/mock_source.h"

// Sends mouse events to the view's viewport, with the buttons that are down.
class Pointer {
 public:
  explicit Pointer(sotto::ui::TranscriptView& view) : view_(view) {}
  void move(QPoint to);
  void press(QPoint at, Qt::KeyboardModifiers modifiers = {}, Qt::MouseButton button = Qt::LeftButton);
  void release(QPoint at);
  void doubleClick(QPoint at);  // its second press; without the release
  void click(QPoint at, Qt::KeyboardModifiers modifiers = {});
  void drag(QPoint from, QPoint to);

 private:
  void send(QEvent::Type type, QPoint at, Qt::MouseButton button, Qt::KeyboardModifiers modifiers = {});
  sotto::ui::TranscriptView& view_;
  Qt::MouseButtons down_;
};

// A view on a log, shown, 800 x 600 unless told.
struct Stage {
  explicit Stage(QSize size = {800, 600});
  MockSource source;
  sotto::ui::TranscriptView view;
  Pointer pointer;
  // The left edge's middle of a letter; moves the view when it is not in the viewport.
  [[nodiscard]] QPoint letter(qint64 message, int block, int offset);
};
