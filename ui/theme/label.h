// Labels in the colour of a role, which follow the theme.
#pragma once

#include <QLabel>

#include "theme/theme.h"

namespace sotto::ui {

class Label : public QLabel {
  Q_OBJECT
 public:
  Label(const QString& text, ColorRole role, int px, QWidget* parent, QFont::Weight weight = QFont::Normal);

 private:
  void recolor();
  ColorRole role_;
};

// One line, cut with an ellipsis where it does not fit; the whole text is its tool tip then.
class ElidedLabel : public QWidget {
  Q_OBJECT
 public:
  ElidedLabel(ColorRole role, int px, QWidget* parent, QFont::Weight weight = QFont::Normal);
  void setText(const QString& text);
  [[nodiscard]] QString text() const { return text_; }
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  [[nodiscard]] int textWidth() const;
  QString text_;
  ColorRole role_;
};

}  // namespace sotto::ui
