// The model in the header: a dot (accent: ready, amber: loading, red: failed), its name, and how far loading is.
#pragma once

#include "menu_button.h"

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class ModelChip : public MenuButton {
  Q_OBJECT
 public:
  ModelChip(app::ChatController* controller, QWidget* parent);

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void refresh();
  app::ChatController* controller_;
};

}  // namespace sotto::ui
