// Our line icons (resources/icons), painted in the colour of a role.
#pragma once

#include <QIcon>
#include <QString>

#include "theme/theme.h"

namespace sotto::ui {

// `name` is the file's without ".svg". The colour is looked up when it is painted, so that icons follow the theme.
[[nodiscard]] QIcon icon(const QString& name, ColorRole role = &Palette::secondaryText);

}  // namespace sotto::ui
