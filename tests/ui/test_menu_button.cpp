// A button's menu opens without waiting for its end, beside the button.
#include <QMenu>
#include <QPushButton>
#include <QScreen>
#include <QTest>

#include "menu_button.h"

using namespace sotto::ui;

class MenuButtons : public QObject {
  Q_OBJECT

  struct Bench {
    QWidget window;
    QPushButton button{QStringLiteral("Colour"), &window};
    QMenu menu;
    QStringList chosen;

    explicit Bench(QPoint at = {100, 100}) {
      // As our menus do, it fills itself when it is about to be shown.
      QObject::connect(&menu, &QMenu::aboutToShow, &menu, [this] {
        menu.clear();
        for (const char* name : {"red", "green", "blue"}) {
          menu.addAction(QLatin1String(name), &menu, [this, name] { chosen << QLatin1String(name); });
        }
      });
      attachMenu(&button, &menu);
      window.setGeometry(at.x(), at.y(), 200, 60);
      button.setGeometry(10, 10, 100, 30);
      window.show();
      window.activateWindow();
      button.setFocus();
    }
    [[nodiscard]] QRect place() const { return {button.mapToGlobal(QPoint()), button.size()}; }
  };

 private slots:
  void opensWithoutWaiting() {
    Bench bench;
    QTest::mousePress(&bench.button, Qt::LeftButton);  // QMenu::exec() would not come back from here
    QVERIFY(bench.menu.isVisible());
    QVERIFY(bench.button.isDown());
    QCOMPARE(bench.menu.actions().size(), 3);
    QTest::mouseClick(&bench.menu, Qt::LeftButton, {}, bench.menu.actionGeometry(bench.menu.actions()[1]).center());
    QVERIFY(!bench.menu.isVisible());
    QVERIFY(!bench.button.isDown());
    QCOMPARE(bench.chosen, QStringList{QStringLiteral("green")});
  }

  void opensByKey() {
    Bench bench;
    QTest::keyClick(&bench.button, Qt::Key_Space);
    QVERIFY(bench.menu.isVisible());
    QTest::keyClick(&bench.menu, Qt::Key_Down);
    QTest::keyClick(&bench.menu, Qt::Key_Return);
    QVERIFY(!bench.menu.isVisible());
    QCOMPARE(bench.chosen, QStringList{QStringLiteral("red")});
    // And again; Escape chooses nothing.
    QTest::keyClick(&bench.button, Qt::Key_Space);
    QVERIFY(bench.menu.isVisible());
    QTest::keyClick(&bench.menu, Qt::Key_Escape);
    QVERIFY(!bench.menu.isVisible() && !bench.button.isDown());
    QCOMPARE(bench.chosen.size(), 1);
  }

  void standsBelowOrAboveItsButton() {
    Bench roomy;
    QTest::mousePress(&roomy.button, Qt::LeftButton);
    QCOMPARE(roomy.menu.pos(), roomy.place().bottomLeft() + QPoint(0, 1));
    roomy.menu.close();
    roomy.button.setLayoutDirection(Qt::RightToLeft);  // as one with its arrow at the end
    QTest::mousePress(&roomy.button, Qt::LeftButton);
    QCOMPARE(roomy.menu.pos(), roomy.place().bottomLeft() + QPoint(0, 1));
    roomy.menu.close();
    const QRect screen = QGuiApplication::primaryScreen()->availableGeometry();
    Bench low({100, screen.bottom() - 60});
    QTest::mousePress(&low.button, Qt::LeftButton);
    QVERIFY(low.menu.isVisible());
    // Whole, and never over the button: also the first time, when it is filled only now.
    QVERIFY(screen.contains(low.menu.geometry()));
    QVERIFY(!low.menu.geometry().intersects(low.place()));
    low.menu.close();
  }
};

QTEST_MAIN(MenuButtons)
#include "test_menu_button.moc"
