// The window: three columns, shortcuts, files dropped on it, what is kept from one start to the next.
#pragma once

#include <QPointer>
#include <QWidget>

#include "window_state.h"

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class ColumnLayout;
class ConversationPane;
class ExportFlow;
class ModelMenu;
class SamplingPanel;
class Sidebar;

class MainWindow : public QWidget {
  Q_OBJECT
 public:
  struct Options {
    QString dataDir = {};
    QString stateFile = {};  // empty: nothing is kept
    QString model = {};      // to load instead of the last one
    bool newChat = false;    // instead of the last conversation
  };
  // Shows itself at once; what is stored comes when the controller is ready, which the caller starts.
  MainWindow(app::ChatController* controller, Options options);
  ~MainWindow() override;

  // Another start of Sotto: comes to the front and does what that start was asked for.
  void takeOver(const QString& model, bool newChat);

  [[nodiscard]] ConversationPane* pane() const { return pane_; }
  [[nodiscard]] Sidebar* sidebar() const { return sidebar_; }
  [[nodiscard]] SamplingPanel* sampling() const { return sampling_; }
  [[nodiscard]] ColumnLayout* columns() const { return columns_; }

 protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void connectParts();
  void addShortcuts();
  void restoreGeometryOrDefault();
  void onReady();
  void rememberConversation();
  void saveState();
  void leave();   // stores what only the window knows
  bool escape();  // Esc, from any focus; false: it was not for us

  void newChat();
  void openModelDialog();
  void openModel(const QString& path);
  void askPage(const QString& address);
  void openSettings();

  app::ChatController* controller_;
  Options options_;
  WindowState state_;
  Sidebar* sidebar_;
  ConversationPane* pane_;
  SamplingPanel* sampling_;
  ColumnLayout* columns_;
  ModelMenu* models_;
  ExportFlow* exports_;
  bool ready_ = false;
  QPointer<QObject> composing_;  // the field that an input method writes into
};

}  // namespace sotto::ui
