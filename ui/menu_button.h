// Buttons that open a menu. QPushButton opens its own with QMenu::exec(), which does not come back before the menu is
// closed; these come back at once.
#pragma once

class QMenu;
class QPushButton;
class QWidget;

namespace sotto::ui {

// Instead of QPushButton::setMenu: the menu opens when the button is pressed, by mouse or by key.
void attachMenu(QPushButton* button, QMenu* menu);
// Opens a menu below a widget, or above it where there is no room below. The widget is held down meanwhile, if it is a
// button.
void openMenu(QMenu* menu, QWidget* beside);

}  // namespace sotto::ui
