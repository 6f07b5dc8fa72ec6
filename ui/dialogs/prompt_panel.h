// The system prompt of the current conversation, edited between header and transcript. What is
// written holds at once.
#pragma once

#include <QWidget>

class QTextEdit;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class PromptPanel : public QWidget {
  Q_OBJECT
 public:
  PromptPanel(app::ChatController* controller, QWidget* parent);

  void open();
  void shut();

 signals:
  void closed();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void refresh();
  app::ChatController* controller_;
  QTextEdit* edit_;
  bool filling_ = false;
};

}  // namespace sotto::ui
