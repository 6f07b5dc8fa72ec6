// Export from the window: where to, never over a file without asking, then the controller does it.
#pragma once

#include <QObject>

#include "domain/ids.h"

class QWidget;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class ExportFlow : public QObject {
  Q_OBJECT
 public:
  ExportFlow(app::ChatController* controller, QWidget* window);

  void exportOne(app::ConversationId id, const QString& format);
  void exportAll(const QString& format);

 private:
  void write(app::ConversationId id, const QString& format, const QString& path);
  [[nodiscard]] QString folder() const;
  void rememberFolder(const QString& folder);

  app::ChatController* controller_;
  QWidget* window_;
};

}  // namespace sotto::ui
