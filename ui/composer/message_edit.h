// The field a message is written in: plain text, as high as its text up to a limit. Enter sends, Shift+Enter breaks the
// line; while an input method composes, Enter is the input method's.
#pragma once

#include <QTextEdit>

namespace sotto::ui {

class MessageEdit : public QTextEdit {
  Q_OBJECT
 public:
  explicit MessageEdit(QWidget* parent);

  void setMaximumLines(int lines);
  [[nodiscard]] bool composing() const { return composing_; }

 signals:
  void submitted();
  void editLastRequested();  // the up key in an empty field

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void inputMethodEvent(QInputMethodEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  [[nodiscard]] bool canInsertFromMimeData(const QMimeData* source) const override;
  void insertFromMimeData(const QMimeData* source) override;

 private:
  void fit();
  void recolor();
  int lines_ = 10;
  bool composing_ = false;  // an input method shows text that is not yet entered
};

}  // namespace sotto::ui
