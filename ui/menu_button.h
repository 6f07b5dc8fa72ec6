// Buttons that open a menu. QPushButton opens its own with QMenu::exec(), which does not come back before the menu is
// closed; these come back at once.
#pragma once

#include <QPushButton>

class QMenu;

namespace sotto::ui {

class MenuButton : public QPushButton {
  Q_OBJECT
 public:
  using QPushButton::QPushButton;

  // Instead of setMenu: the menu opens when the button is pressed, by mouse, by key or by assistive technology.
  void attachMenu(QMenu* menu);
};

// Opens a menu below a widget, or above it where there is no room below. The widget is held down meanwhile, if it is a
// button.
void openMenu(QMenu* menu, QWidget* beside);

}  // namespace sotto::ui
