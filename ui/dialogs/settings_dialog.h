// What can be set for the whole program: how it looks. And where things are: the data directory, the shortcuts.
#pragma once

#include <QDialog>

#include "theme/theme.h"

namespace sotto::ui {

class SettingsDialog : public QDialog {
  Q_OBJECT
 public:
  // Deletes itself when it is closed. Changes hold at once.
  SettingsDialog(const QString& dataDir, QWidget* parent);

 signals:
  void modeChosen(sotto::ui::Theme::Mode mode);
};

}  // namespace sotto::ui
