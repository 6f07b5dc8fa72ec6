// Asks for a name: one field, two buttons.
#pragma once

#include <QDialog>

class QLineEdit;

namespace sotto::ui {

class NameDialog : public QDialog {
  Q_OBJECT
 public:
  // Deletes itself when it is closed.
  NameDialog(const QString& title, const QString& label, const QString& initial, QWidget* parent);

 signals:
  void named(const QString& name);  // not empty

 private:
  QLineEdit* field_;
};

}  // namespace sotto::ui
