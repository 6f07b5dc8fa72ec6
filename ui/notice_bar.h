// A sentence that stands where something happened, with at most one action. Never a modal.
#pragma once

#include <QFrame>
#include <functional>

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
    error  // an amber rule at its side; stays until it is closed
  };
  explicit NoticeBar(QWidget* parent);

  // `forMs` 0: until it is closed. An empty `action`: no button. Replaces what was shown.
  void say(Kind kind, const QString& sentence, const QString& action = {}, std::function<void()> act = {},
           int forMs = 0);
  void dismiss();
  [[nodiscard]] QString sentence() const;
  [[nodiscard]] Kind kind() const { return kind_; }

 signals:
  void dismissed();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Kind kind_ = Kind::plain;
  Label* text_;
  QPushButton* action_;
  QToolButton* close_;
  QTimer* timer_;
  std::function<void()> act_;
};

}  // namespace sotto::ui
