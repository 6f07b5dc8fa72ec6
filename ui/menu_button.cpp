#include "menu_button.h"

#include <QAccessibleWidget>
#include <QCursor>
#include <QMenu>
#include <QScreen>

namespace sotto::ui {

namespace {

QPoint placeOf(const QMenu* menu, const QWidget* beside) {
  const QSize size = menu->sizeHint();
  const QRect around(beside->mapToGlobal(QPoint()), beside->size());
  const QRect room = beside->screen()->availableGeometry();
  const bool below = around.bottom() + size.height() <= room.bottom() || around.top() - size.height() < room.top();
  // The window's: a button may be turned round, to have its arrow at the end.
  const bool mirrored = beside->window()->layoutDirection() == Qt::RightToLeft;
  return {mirrored ? around.right() + 1 - size.width() : around.left(),
          below ? around.bottom() + 1 : around.top() - size.height()};
}

// Qt's own would press by QPushButton::showMenu(), and so by exec().
class MenuButtonAccessible : public QAccessibleWidget {
 public:
  explicit MenuButtonAccessible(MenuButton* button)
      : QAccessibleWidget(button, QAccessible::ButtonMenu), button_(button) {}

  [[nodiscard]] QString text(QAccessible::Text kind) const override {
    const QString given = QAccessibleWidget::text(kind);
    return given.isEmpty() && kind == QAccessible::Name ? button_->text() : given;
  }
  [[nodiscard]] QAccessible::State state() const override {
    QAccessible::State state = QAccessibleWidget::state();
    state.hasPopup = true;
    state.pressed = button_->isDown();
    return state;
  }
  [[nodiscard]] QStringList actionNames() const override {
    return QStringList{pressAction(), showMenuAction()} + QAccessibleWidget::actionNames();
  }
  void doAction(const QString& action) override {
    if (action != pressAction() && action != showMenuAction()) return QAccessibleWidget::doAction(action);
    if (button_->isEnabled()) openMenu(button_->menu(), button_);
  }

 private:
  MenuButton* button_;
};

QAccessibleInterface* accessibleOf(const QString& /*className*/, QObject* object) {
  auto* button = qobject_cast<MenuButton*>(object);
  return button != nullptr ? new MenuButtonAccessible(button) : nullptr;
}

}  // namespace

void MenuButton::attachMenu(QMenu* menu) {
  [[maybe_unused]] static const bool installed = (QAccessible::installFactory(accessibleOf), true);
  setMenu(menu);  // for how it looks
  disconnect(this, &QPushButton::pressed, this, nullptr);
  connect(this, &QPushButton::pressed, this, [this] { openMenu(this->menu(), this); });
}

void openMenu(QMenu* menu, QWidget* beside) {
  if (menu == nullptr || menu->isVisible()) return;
  emit menu->aboutToShow();  // entries that are filled in then count for its size
  auto* button = qobject_cast<QPushButton*>(beside);
  menu->setAttribute(Qt::WA_NoMouseReplay, false);
  QObject::connect(
      menu, &QMenu::aboutToHide, beside,
      [menu, beside, button] {
        if (button != nullptr) button->setDown(false);
        // The press on the button that closes the menu must not open it again.
        const bool onIt = beside->rect().contains(beside->mapFromGlobal(QCursor::pos()));
        menu->setAttribute(Qt::WA_NoMouseReplay, onIt);
      },
      Qt::SingleShotConnection);
  if (button != nullptr) button->setDown(true);
  menu->popup(placeOf(menu, beside));
}

}  // namespace sotto::ui
