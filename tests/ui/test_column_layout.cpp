// Three columns, two columns with a drawer, one column with two.
#include <QApplication>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

#include "column_layout.h"
#include "theme/theme.h"

using namespace sotto::ui;
using Side = ColumnLayout::Side;

class TheColumns : public QObject {
  Q_OBJECT

  QWidget *left_ = nullptr, *middle_ = nullptr, *right_ = nullptr;
  std::unique_ptr<ColumnLayout> columns_;

 private slots:
  void initTestCase() { Theme::instance().install(); }
  void init() {
    left_ = new QWidget;
    middle_ = new QWidget;
    right_ = new QWidget;
    columns_ = std::make_unique<ColumnLayout>(left_, middle_, right_, nullptr);
    columns_->resize(1440, 900);
    columns_->show();
    QVERIFY(QTest::qWaitForWindowExposed(columns_.get()));
  }
  void cleanup() { columns_.reset(); }

  void standBesideEachOtherWhereThereIsRoom() {
    QCOMPARE(left_->geometry(), QRect(0, 0, 264, 900));
    QCOMPARE(middle_->geometry(), QRect(264, 0, 1440 - 264 - 320, 900));
    QCOMPARE(right_->geometry(), QRect(1440 - 320, 0, 320, 900));
    columns_->toggle(Side::left);
    QVERIFY(!left_->isVisible());
    QCOMPARE(middle_->x(), 0);
    columns_->toggle(Side::right);
    QCOMPARE(middle_->width(), 1440);
    QVERIFY(!columns_->wanted(Side::right));
  }

  void areDrawersInANarrowWindow() {
    columns_->resize(999, 700);
    QVERIFY(columns_->isDrawer(Side::right));
    QVERIFY(!columns_->isDrawer(Side::left));
    QVERIFY(!right_->isVisible());
    QCOMPARE(middle_->width(), 999 - 264);
    columns_->resize(699, 700);
    QVERIFY(columns_->isDrawer(Side::left));
    QVERIFY(!left_->isVisible());
    QCOMPARE(middle_->width(), 699);

    columns_->toggle(Side::left);
    QVERIFY(left_->isVisible());
    QTRY_COMPARE(left_->x(), 0);
    QCOMPARE(middle_->width(), 699);  // it lies over the middle
    columns_->toggle(Side::right);    // one drawer at a time
    QTRY_COMPARE(right_->x(), 699 - 320);
    QTRY_VERIFY(!left_->isVisible());

    // A click beside it shuts it.
    QTest::mouseClick(columns_->childAt(50, 350), Qt::LeftButton);
    QVERIFY(!columns_->isOpen(Side::right));
    QTRY_VERIFY(!right_->isVisible());

    // What was docked before is docked again.
    columns_->resize(1440, 900);
    QVERIFY(left_->isVisible() && right_->isVisible());
    QCOMPARE(middle_->x(), 264);
  }

  void haveTheFocusWhileTheyAreDrawers() {
    auto* written = new QLineEdit(middle_);
    auto* hidden = new QLineEdit(right_);
    hidden->hide();
    auto* first = new QLineEdit(right_);
    auto* last = new QLineEdit(right_);
    QWidget::setTabOrder(hidden, first);
    QWidget::setTabOrder(first, last);
    for (QWidget* each : {written, first, last}) each->show();
    columns_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(columns_.get()));
    written->setFocus();

    columns_->toggle(Side::right);  // beside the others: nobody is interrupted
    columns_->toggle(Side::right);
    QCOMPARE(QApplication::focusWidget(), written);
    columns_->resize(900, 700);
    columns_->toggle(Side::right);
    QCOMPARE(QApplication::focusWidget(), first);
    QTest::keyClick(first, Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), last);
    QVERIFY(columns_->isOpen(Side::right));
    columns_->shutDrawers();
    QCOMPARE(QApplication::focusWidget(), written);

    // Nothing under the veil has it: who goes on with Tab leaves the drawer, and that shuts it.
    columns_->toggle(Side::right);
    last->setFocus();
    QTest::keyClick(last, Qt::Key_Tab);
    QCOMPARE(QApplication::focusWidget(), written);
    QVERIFY(!columns_->isOpen(Side::right));
  }

  void mirrorFromRightToLeft() {
    columns_->setLayoutDirection(Qt::RightToLeft);
    columns_->resize(1400, 900);
    QCOMPARE(left_->x(), 1400 - 264);
    QCOMPARE(right_->x(), 0);
    QCOMPARE(middle_->x(), 320);
  }
};

QTEST_MAIN(TheColumns)
#include "test_column_layout.moc"
