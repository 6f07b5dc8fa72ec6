// The menu of models: open one, the recent ones, small ones to start with.
#pragma once

#include <QMenu>

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

// "Llama-3.2-1B-Instruct-Q4_K_M" of "/…/Llama-3.2-1B-Instruct-Q4_K_M.gguf".
[[nodiscard]] QString modelFileName(const QString& path);

class ModelMenu : public QMenu {
  Q_OBJECT
 public:
  ModelMenu(app::ChatController* controller, QWidget* parent);

 signals:
  void openRequested();
  void templateRequested();
  void chosen(const QString& path);  // a recent model
  void pageRequested(const QString& address);

 private:
  void fill();
  app::ChatController* controller_;
};

}  // namespace sotto::ui
