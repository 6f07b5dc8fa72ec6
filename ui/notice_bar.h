// A sentence that stands where something happened, with at most one action. Never a modal.
#pragma once

#include <QFrame>
#include <functional>
#include <optional>

class QPushButton;
class QTimer;
class QToolButton;

namespace sotto::ui {

class Label;

class NoticeBar : public QFrame {
  Q_OBJECT
 public:
  enum class Kind {
    plain,
    error  // an amber rule at its side; stays until it is closed, and comes back after plain ones
  };
  explicit NoticeBar(QWidget* parent);

  // `forMs` 0: until it is closed. An empty `action`: no button. Replaces what was shown; an error that a plain
  // sentence replaces is shown again after it.
  void say(Kind kind, const QString& sentence, const QString& action = {}, std::function<void()> act = {},
           int forMs = 0);
  void dismiss();
  // The error with this sentence is over.
  void withdraw(const QString& sentence);
  [[nodiscard]] QString sentence() const;
  [[nodiscard]] Kind kind() const { return shown_.kind; }

 signals:
  void dismissed();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  struct Notice {
    Kind kind = Kind::plain;
    QString sentence = {};
    QString action = {};
    std::function<void()> act = {};
    int forMs = 0;
  };
  void show(Notice notice);

  Notice shown_;
  std::optional<Notice> covered_;  // an error under a plain one
  Label* text_;
  QPushButton* action_;
  QToolButton* close_;
  QTimer* timer_;
};

}  // namespace sotto::ui
