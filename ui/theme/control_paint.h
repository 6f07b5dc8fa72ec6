// How buttons, fields, check marks and menu items look; Style says when.
#pragma once

#include "theme/style.h"

class QPainter;
class QStyleOption;
class QStyleOptionButton;
class QStyleOptionMenuItem;

namespace sotto::ui {

inline constexpr char kButtonKind[] = "sottoButtonKind";  // the property that setButtonKind() sets

struct MenuMetrics {
  static constexpr int item = 30, check = 26, margin = 10, padding = 5;  // px
};

// Focus is shown to whoever moves it with the keyboard, and always in fields.
[[nodiscard]] bool showsFocus(const QStyleOption* option);
[[nodiscard]] ButtonKind kindOf(const QWidget* widget);
void paintButton(const QStyleOption* option, QPainter* painter, const QWidget* widget);
void paintButtonLabel(const QStyleOptionButton& button, QPainter* painter, const QWidget* widget);
[[nodiscard]] int buttonLabelWidth(const QStyleOptionButton& button);  // icon and words, without the sides
void paintField(const QStyleOption* option, QPainter* painter, const QWidget* widget);
void paintIndicator(const QStyleOption* option, QPainter* painter, bool round);
void paintMenuItem(const QStyleOptionMenuItem* item, QPainter* painter);

}  // namespace sotto::ui
