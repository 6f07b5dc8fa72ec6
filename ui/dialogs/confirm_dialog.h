// One question, two answers; for what cannot be undone.
#pragma once

#include <QDialog>

namespace sotto::ui {

class ConfirmDialog : public QDialog {
  Q_OBJECT
 public:
  // Deletes itself when it is closed. Cancel is the default answer.
  ConfirmDialog(const QString& question, const QString& sentence, const QString& accept, QWidget* parent);
};

}  // namespace sotto::ui
