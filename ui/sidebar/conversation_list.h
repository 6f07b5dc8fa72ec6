// The list of conversations: opens what is clicked or walked to, renames in place, deletes, offers the row's menu.
#pragma once

#include <QListView>
#include <QString>
#include <optional>

#include "domain/ids.h"

class QLineEdit;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class ConversationListModel;

class ConversationList : public QListView {
  Q_OBJECT
 public:
  ConversationList(app::ChatController* controller, QWidget* parent);

  void setFilter(const QString& text);
  void renameCurrent();
  [[nodiscard]] bool isRenaming() const { return state() == EditingState; }
  void deleteCurrent();
  void openNeighbour(int step);  // the conversation `step` rows further, titles of groups not counted

 signals:
  void deleted(sotto::app::ConversationId id, const QString& title, bool shown);  // shown: it was the open one
  void exportRequested(sotto::app::ConversationId id, const QString& format);
  void opened();  // by a click or Return, which lead on to the message; not by arrows or by the program

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void showCurrent();  // selects what the controller shows
  void remove(app::ConversationId id, const QString& title);
  [[nodiscard]] QModelIndex neighbour(const QModelIndex& from, int step) const;

  // A reply's end reorders the list, which closes the title's field: it is opened anew with what was typed.
  struct Rename {
    app::ConversationId id;
    std::optional<QString> text;  // where some was typed
    int cursor = 0;
  };
  [[nodiscard]] QLineEdit* titleField() const;  // null: no title is being edited
  void keepRename();
  void goOnRenaming();

  app::ChatController* controller_;
  ConversationListModel* model_;
  bool following_ = false;        // the selection is being set by the program
  bool pressing_ = false;         // or by the mouse
  std::optional<Rename> rename_;  // while the list is built anew
};

}  // namespace sotto::ui
