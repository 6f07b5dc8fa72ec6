// The column at the left: new chat, filter, conversations, undo of a deletion, models and settings.
#pragma once

#include <QWidget>

#include "domain/ids.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class ConversationList;
class NoticeBar;

class Sidebar : public QWidget {
  Q_OBJECT
 public:
  Sidebar(app::ChatController* controller, QWidget* parent);

  [[nodiscard]] ConversationList* list() const { return list_; }
  [[nodiscard]] QPushButton* modelsButton() const { return models_; }
  void focusFilter();

 signals:
  void newChat();
  void chosen();  // a conversation was opened by the person
  void modelsRequested();
  void settingsRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void offerUndo(app::ConversationId id, const QString& title, bool open);

  app::ChatController* controller_;
  QPushButton* newChat_;  // from here on in the order of the tab key
  QLineEdit* filter_;
  ConversationList* list_;
  NoticeBar* undo_;
  QPushButton* models_;
};

}  // namespace sotto::ui
