// How much of the model's context the conversation takes: a line of words and a 4 px bar.
#pragma once

#include <QWidget>

namespace sotto::ui {

class ContextMeter : public QWidget {
  Q_OBJECT
 public:
  explicit ContextMeter(QWidget* parent);

  void setUse(int used, int total);        // tokens; used < 0: not known
  void setActivity(const QString& words);  // instead of the use, such as "Reading 512 of 3,120 tokens"; empty: the use
  void setActivityShare(double share);     // 0 to 1, with an activity; negative: no bar

  [[nodiscard]] QString text() const;
  // The same in fewer words, where it is wider than `width`.
  [[nodiscard]] QString textWithin(int width) const;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  void changed();
  int used_ = -1, total_ = 0;
  QString activity_;
  double share_ = -1;
};

}  // namespace sotto::ui
