// Buttons with a menu come back at once, whoever presses them.
#include <QAccessible>
#include <QApplication>
#include <QMenu>
#include <QTest>
#include <QTimer>

#include "menu_button.h"
#include "theme/theme.h"

using namespace sotto::ui;

class MenuButtonsComeBackAtOnce : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { Theme::instance().install(); }

  void whenAssistiveTechnologyPresses_data() {
    QTest::addColumn<QString>("action");
    QTest::newRow("press") << QAccessibleActionInterface::pressAction();
    QTest::newRow("show menu") << QAccessibleActionInterface::showMenuAction();
  }
  void whenAssistiveTechnologyPresses() {
    QFETCH(QString, action);
    MenuButton button(QStringLiteral("Formats"));
    auto* menu = new QMenu(&button);
    menu->addAction(QStringLiteral("Markdown"));
    button.attachMenu(menu);
    button.show();
    QVERIFY(QTest::qWaitForWindowExposed(&button));
    QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(&button);
    QCOMPARE(accessible->role(), QAccessible::ButtonMenu);
    QCOMPARE(accessible->text(QAccessible::Name), QStringLiteral("Formats"));
    QVERIFY(accessible->state().hasPopup);
    QVERIFY(accessible->actionInterface()->actionNames().contains(action));
    QTimer::singleShot(2000, menu, &QMenu::close);  // ends a nested loop, should there be one
    accessible->actionInterface()->doAction(action);
    QVERIFY(menu->isVisible());
    QVERIFY(button.isDown());
    menu->close();
    QVERIFY(!button.isDown());
  }
};

QTEST_MAIN(MenuButtonsComeBackAtOnce)
#include "test_menu_button.moc"
