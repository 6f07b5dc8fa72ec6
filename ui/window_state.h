// How the window was left: known before the database is open, so that the first frame is right. A small file of its own
// in the data directory.
#pragma once

#include <QByteArray>
#include <QString>

#include "theme/theme.h"

namespace sotto::ui {

struct WindowState {
  QByteArray geometry;  // QWidget::saveGeometry
  bool listOpen = true;
  bool samplingOpen = true;
  Theme::Mode mode = Theme::Mode::followDesktop;
  friend bool operator==(const WindowState&, const WindowState&) = default;

  // A missing or damaged file is a first start. An empty path keeps nothing.
  [[nodiscard]] static WindowState load(const QString& path);
  void save(const QString& path) const;
};

}  // namespace sotto::ui
