// The real window over a ChatBench: a real controller, engine and database, and a scripted model.
#pragma once

#include <QString>
#include <QWidget>
#include <memory>

#include "main_window.h"
#include "support/app/chat_bench.h"
#include "transcript/message_actions.h"

class QListView;
class QMenu;

namespace sotto::ui {
class Composer;
class ConversationPane;
class MessageEdit;
class TranscriptView;
class ValueSlider;
}  // namespace sotto::ui

namespace sotto::test {

// QTest's helpers below end a test function that fails; functions that wait return false after ten seconds.
class WindowBench : public ChatBench {
 public:
  explicit WindowBench(const std::optional<Script>& script = std::nullopt);
  ~WindowBench();

  // A controller and a window over it, shown, active and ready.
  [[nodiscard]] bool open(ui::MainWindow::Options options = {});
  // As the person closes it; then the controller ends.
  void close();
  [[nodiscard]] bool reopen();
  // Drops the bench's model file on the window, and waits until it is ready.
  [[nodiscard]] bool dropModel();
  // Types into the message field and presses Enter; waits until the reply's row exists.
  [[nodiscard]] bool type(const QString& text);

  // By object name; null where there is none. `T` as QObject::findChild.
  template <class T = QWidget>
  [[nodiscard]] T* find(const char* name) const {
    return window->findChild<T*>(QString::fromLatin1(name));
  }
  void click(const char* name) const;
  // An entry of the menu that is open, by the mouse. False: there is no such entry.
  [[nodiscard]] static bool clickEntry(const QString& text);
  // Clicks a button, then an entry of the menu that it opens.
  [[nodiscard]] bool clickMenu(const char* button, const QString& entry) const;
  // One of the actions under a message.
  void clickAction(app::MessageId message, ui::MessageAction action) const;
  // Puts a file's name into an open file dialog and presses Enter; waits until the dialog is gone.
  [[nodiscard]] bool typeFile(const char* dialog, const QString& path) const;
  [[nodiscard]] ui::MessageEdit* message() const;
  [[nodiscard]] ui::ValueSlider* slider(const char* name) const;
  [[nodiscard]] ui::TranscriptView* transcript() const;
  [[nodiscard]] QListView* list() const;
  [[nodiscard]] QStringList titles() const;  // of the list, groups left out
  [[nodiscard]] QString notice() const;      // the sentence that is shown above the composer

  // Where the thumb is for a value.
  [[nodiscard]] static QPoint thumbAt(const ui::ValueSlider* slider, double amount);
  // Takes the thumb to a value, as the mouse does it.
  static void drag(ui::ValueSlider* slider, double to);

  std::unique_ptr<ui::MainWindow> window;
};

}  // namespace sotto::test
