#include "support/ui/keyboard.h"

#include <QApplication>
#include <QMenu>
#include <QTest>
#include <QWidget>
#include <QWindow>
#include <algorithm>

#include "support/app/chat_bench.h"

namespace sotto::test::keyboard {

namespace {

constexpr int kRounds = 160;  // more than two rounds through the window

QWindow* target() {
  if (QWidget* popup = QApplication::activePopupWidget()) return popup->windowHandle();
  if (QWidget* modal = QApplication::activeModalWidget()) return modal->windowHandle();
  if (QGuiApplication::focusWindow() ==
      nullptr) {  // a popup took the focus away with it; no window manager gives it back
    const QWidgetList all = QApplication::topLevelWidgets();
    const auto shown = std::find_if(all.begin(), all.end(), [](const QWidget* each) { return each->isVisible(); });
    if (shown == all.end()) return nullptr;
    (*shown)->activateWindow();
    if (!QTest::qWaitForWindowActive(*shown)) return nullptr;
  }
  return QGuiApplication::focusWindow();
}

}  // namespace

void press(Qt::Key key, Qt::KeyboardModifiers modifiers, int times) {
  for (int i = 0; i < times; ++i) {
    QWindow* window = target();
    QVERIFY(window != nullptr);
    QTest::keyClick(window, key, modifiers);
  }
}

void type(const QString& text) {
  for (const QChar letter : text) {
    QWindow* window = target();
    QVERIFY(window != nullptr);
    QTest::keyClick(window, letter.toLatin1());
  }
}

bool tabTo(const char* name) {
  for (int i = 0; i < kRounds; ++i) {
    if (focus() != nullptr && focus()->objectName() == QLatin1String(name)) return true;
    press(Qt::Key_Tab);
  }
  return false;
}

bool choose(const QString& entry) {
  const auto open = [] { return qobject_cast<QMenu*>(QApplication::activePopupWidget()); };
  if (!waitFor([&] { return open() != nullptr; })) return false;
  for (qsizetype i = 0; i <= open()->actions().size(); ++i) {
    const QAction* action = open()->activeAction();
    if (action != nullptr && action->text().section(QLatin1Char('\t'), 0, 0) == entry) {
      press(Qt::Key_Return);
      return true;
    }
    press(Qt::Key_Down);
  }
  open()->close();
  return false;
}

QWidget* focus() { return QApplication::focusWidget(); }

}  // namespace sotto::test::keyboard
