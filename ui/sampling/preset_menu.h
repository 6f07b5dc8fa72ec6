// The menu of presets, opened from the sampling panel and from the composer.
#pragma once

#include <QMenu>

namespace sotto::app {
class ChatController;
struct Preset;
}  // namespace sotto::app

namespace sotto::ui {

// What the current conversation's settings are called: "Balanced", "Balanced · modified", "Model's own", "Custom". For
// buttons.
[[nodiscard]] QString presetLabel(const app::ChatController& controller);
// Built-in presets have names that are translated, a person's own are shown as written.
[[nodiscard]] QString presetName(const app::Preset& preset);

class PresetMenu : public QMenu {
  Q_OBJECT
 public:
  PresetMenu(app::ChatController* controller, QWidget* parent);

 private:
  void fill();
  void askName(const QString& title, const QString& initial, const std::function<void(const QString&)>& then);
  [[nodiscard]] QString freeName(const QString& wanted) const;
  app::ChatController* controller_;
};

}  // namespace sotto::ui
