// The window's three columns. The outer two can be shut; in a narrow window they are drawers over the middle one, with
// a veil that shuts them. An open drawer has the focus; what had it before gets it back.
#pragma once

#include <QPointer>
#include <QVariantAnimation>
#include <QWidget>

namespace sotto::ui {

class ColumnLayout : public QWidget {
  Q_OBJECT
 public:
  enum class Side {
    left,
    right
  };
  ColumnLayout(QWidget* left, QWidget* middle, QWidget* right, QWidget* parent);
  ~ColumnLayout() override;

  // Whether the column is open where there is room for it. A drawer starts shut and forgets its state.
  [[nodiscard]] bool wanted(Side side) const;
  void setWanted(Side side, bool open);
  [[nodiscard]] bool isDrawer(Side side) const;
  [[nodiscard]] bool isOpen(Side side) const;  // visible now, docked or as a drawer
  void toggle(Side side);
  void open(Side side);
  bool shutDrawers();  // false when none was open

 signals:
  void changed();  // what is open, or what is a drawer

 protected:
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  struct Column {
    QWidget* widget = nullptr;
    int width = 0;
    int drawerBelow = 0;
    bool wanted = true;
    bool drawer = false;
    bool drawerOpen = false;
    QVariantAnimation* slide = nullptr;  // 0: shut, 1: open
    double at = 0;
  };
  [[nodiscard]] Column& column(Side side) { return side == Side::left ? left_ : right_; }
  [[nodiscard]] const Column& column(Side side) const { return side == Side::left ? left_ : right_; }
  void prepare(Column& column);
  void setDrawerOpen(Column& column, bool open);
  void place();
  void takeFocus(const Column& column);
  void followFocus(QWidget* now);

  Column left_, right_;
  QWidget* middle_;
  QWidget* veil_;
  QPointer<QWidget> before_;  // had the focus when a drawer opened
};

}  // namespace sotto::ui
