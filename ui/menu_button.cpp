#include "menu_button.h"

#include <QCursor>
#include <QMenu>
#include <QPushButton>
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

}  // namespace

void attachMenu(QPushButton* button, QMenu* menu) {
  button->setMenu(menu);  // for how it looks, and for assistive technology
  QObject::disconnect(button, &QPushButton::pressed, button, nullptr);
  QObject::connect(button, &QPushButton::pressed, button, [button] { openMenu(button->menu(), button); });
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
