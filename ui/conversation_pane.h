// The middle column: header, notices, the transcript or what stands in its place, the composer.
#pragma once

#include <QWidget>

#include "domain/ids.h"

class QStackedWidget;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class Composer;
class HeaderBar;
class NoticeBar;
class PromptPanel;
class TranscriptView;
class WelcomeView;

class ConversationPane : public QWidget {
  Q_OBJECT
 public:
  ConversationPane(app::ChatController* controller, QWidget* parent);

  [[nodiscard]] HeaderBar* header() const { return header_; }
  [[nodiscard]] Composer* composer() const { return composer_; }
  [[nodiscard]] NoticeBar* notice() const { return notice_; }
  [[nodiscard]] TranscriptView* transcript() const { return transcript_; }
  [[nodiscard]] PromptPanel* prompt() const { return prompt_; }

 signals:
  void openModelRequested();
  void pageRequested(const QString& address);
  void newChatRequested(const QString& text);  // to go on with

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void chooseView();
  void showModelFailure();
  void sayModelFailure(const QString& sentence);
  void connectNotices();
  void connectTranscript();
  void edit(app::MessageId message);
  void editLast();
  void newChatAfter(app::MessageId reply);

  app::ChatController* controller_;
  HeaderBar* header_;
  PromptPanel* prompt_;
  NoticeBar* notice_;
  QStackedWidget* stack_;
  TranscriptView* transcript_;
  WelcomeView* welcome_;
  Composer* composer_;
  QWidget* composerRow_;
  QString modelFailure_;  // that the notice says
  QString storageFailure_;
};

}  // namespace sotto::ui
