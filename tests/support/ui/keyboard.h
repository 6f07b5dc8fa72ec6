// A person without a mouse: keys go where the window system would send them, to what has the focus.
#pragma once

#include <QString>
#include <Qt>

class QWidget;

namespace sotto::test::keyboard {

// To the focused widget of the focused window, or to the open menu; shortcuts work.
void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier, int times = 1);
void type(const QString& text);
// Presses Tab until the widget with this object name has the focus. False: it never has, within two rounds.
[[nodiscard]] bool tabTo(const char* name);
// In the menu that is open: Down until the entry with this text is chosen, then Enter.
[[nodiscard]] bool choose(const QString& entry);
// What has the focus in the active window; null: nothing.
[[nodiscard]] QWidget* focus();

}  // namespace sotto::test::keyboard
