// The field a message is written in: plain text, as high as its text up to a limit. Enter sends, Shift+Enter breaks the
// line; while an input method composes, Enter is the input method's.
#pragma once

#include <QPlainTextEdit>
#include <QTextCursor>
#include <optional>

namespace sotto::ui {

// A plain text edit lays out what is seen of its text alone, so that megabytes can be pasted.
class MessageEdit : public QPlainTextEdit {
  Q_OBJECT
 public:
  explicit MessageEdit(QWidget* parent);

  void setMaximumLines(int lines);
  [[nodiscard]] bool composing() const { return composing_; }
  [[nodiscard]] bool isBlank() const;  // nothing but white space
  void setPlainText(const QString& text);
  // What is still on its way into the text, typed in a burst or pasted by the megabyte, is in it, and textChanged is
  // sent. Up to half a second for ten megabytes.
  void settle();

 signals:
  void submitted();
  void editLastRequested();  // the up key in an empty field

 protected:
  bool event(QEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void inputMethodEvent(QInputMethodEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  [[nodiscard]] bool canInsertFromMimeData(const QMimeData* source) const override;
  void insertFromMimeData(const QMimeData* source) override;

 private:
  void fit();
  // Letters that come faster than a long paragraph is laid out are laid out together. False: not now.
  [[nodiscard]] bool typeInBurst(const QString& text);
  void endBurst();
  void pasteOn(bool all);  // the next slice, or all that is left
  struct Paste {
    QString text;
    qsizetype done = 0;
    QTextCursor cursor;
  };
  int lines_ = 10;
  std::optional<QTextCursor> burst_;  // has an edit block open
  std::optional<Paste> paste_;
  bool composing_ = false;  // an input method shows text that is not yet entered
};

}  // namespace sotto::ui
