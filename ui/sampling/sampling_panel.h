// The panel at the right: every parameter of the current conversation. A change acts on the reply being written, from
// its next token on.
#pragma once

#include <QWidget>

#include "sotto/engine/sampling.h"

class QVBoxLayout;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class MenuButton;
class ParameterRow;
class SeedRow;

class SamplingPanel : public QWidget {
  Q_OBJECT
 public:
  SamplingPanel(app::ChatController* controller, QWidget* parent);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void addRows(QVBoxLayout* column, QWidget* parent);
  void show(const engine::SamplingParams& params);
  void refresh();  // from the controller
  void refreshLastSeed();
  // Applies one change to the parameters in force.
  void change(const std::function<void(engine::SamplingParams&)>& edit);

  app::ChatController* controller_;
  MenuButton* preset_;
  ParameterRow *temperature_, *topP_, *topK_, *minP_, *repeat_, *frequency_, *presence_, *maxTokens_;
  SeedRow* seed_;
};

}  // namespace sotto::ui
