// What stands in the transcript's place while there is nothing to show: the first start without a model, or a new chat.
#pragma once

#include <QWidget>

class QPushButton;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class Label;

class WelcomeView : public QWidget {
  Q_OBJECT
 public:
  WelcomeView(app::ChatController* controller, QWidget* parent);

 signals:
  void openRequested();
  void pageRequested(const QString& address);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void refresh();
  app::ChatController* controller_;
  Label* title_;
  Label* sentence_;
  QPushButton* open_;
  QPushButton* useStarter_;  // where no model is open, its file having gone, perhaps
  QWidget* starters_;
};

}  // namespace sotto::ui
