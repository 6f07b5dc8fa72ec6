// Asks before a page is opened in the browser: the address in full, to copy or to open.
#pragma once

#include <QDialog>

namespace sotto::ui {

class PageDialog : public QDialog {
  Q_OBJECT
 public:
  // Deletes itself when it is closed.
  PageDialog(const QString& address, QWidget* parent);

 signals:
  void openRequested(const QString& address);
};

}  // namespace sotto::ui
