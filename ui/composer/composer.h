// Where messages are written: the field, the preset, the context's use, Send or Stop, Continue, Open model.
#pragma once

#include <QWidget>

#include "domain/ids.h"

class QPushButton;
class QTimer;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class ContextMeter;
class Label;
class MenuButton;
class MessageEdit;

class Composer : public QWidget {
  Q_OBJECT
 public:
  Composer(app::ChatController* controller, QWidget* parent);

  // Writes a sibling of this message of the person's when it is sent; the text being written comes back afterwards.
  void beginEdit(app::MessageId message, const QString& text);
  [[nodiscard]] bool editing() const { return edited_.valid(); }
  void cancelEdit();
  void focusMessage();
  // A text that could not be sent after all comes back, before what was written since.
  void giveBack(const QString& text);
  // Drafts are stored a moment after the last key; this stores at once.
  void storeDraft();
  void setMaximumLines(int lines);
  [[nodiscard]] MessageEdit* message() const { return edit_; }

 signals:
  void openModelRequested();
  void editLastRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void layOut();
  void send();
  void refresh();  // buttons and meter
  void refreshMeter();
  void switchDraft();  // another conversation is shown
  void keepDraft(const QString& text);
  void readAhead();
  void setText(const QString& text);
  void endEdit();
  [[nodiscard]] app::MessageId continuable() const;

  app::ChatController* controller_;
  MessageEdit* edit_;
  QWidget* editBar_;
  QWidget* hintBar_;
  Label* hint_;
  MenuButton* preset_;
  QPushButton* thinking_;  // whether a reasoning model thinks first
  QPushButton *continue_, *openModel_, *send_, *stop_;
  ContextMeter* meter_;
  QTimer* draftTimer_;
  QTimer* readTimer_;  // while text is being written
  app::ConversationId shown_;
  app::MessageId edited_;
  QString draftBeforeEdit_;
  bool filling_ = false;  // the text is being set by the program
};

}  // namespace sotto::ui
