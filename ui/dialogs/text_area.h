// Several lines of code or plain text with the frame of our fields.
#pragma once

#include <QPlainTextEdit>

namespace sotto::ui {

class TextArea : public QPlainTextEdit {
  Q_OBJECT
 public:
  // The name is for tests and screen readers.
  TextArea(const char* name, QWidget* parent);

 protected:
  bool viewportEvent(QEvent* event) override;
  bool event(QEvent* event) override;
};

}  // namespace sotto::ui
