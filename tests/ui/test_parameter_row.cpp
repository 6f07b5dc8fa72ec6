// A parameter by mouse, keys, wheel, typing and scrubbing.
#include <QtTest/qtestspontaneevent.h>
#include <QAccessible>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QVBoxLayout>
#include <QWheelEvent>

#include "sampling/number_field.h"
#include "sampling/parameter_row.h"
#include "sampling/value_slider.h"
#include "theme/theme.h"

using namespace sotto::ui;

class AParameter : public QObject {
  Q_OBJECT

  std::unique_ptr<QWidget> window_;
  ParameterRow* row_ = nullptr;
  QWidget* other_ = nullptr;

  static void wheel(QWidget* target, int notches) {
    const QPointF at = target->rect().center();
    QWheelEvent event(at, target->mapToGlobal(at), {}, {0, notches * 120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QSpontaneKeyEvent::setSpontaneous(&event);  // as from a real wheel: others are not handed on to the parents
    qApp->notify(target, &event);
  }
  static QPoint thumbAt(const ValueSlider* slider, double amount) {
    const double span = slider->width() - 4 - 14;
    return {static_cast<int>(2 + 7 + span * slider->scale().position(amount)), slider->height() / 2};
  }

 private slots:
  void initTestCase() {
    Theme::instance().install();
    installSliderAccessibility();
  }

  void init() {
    window_ = std::make_unique<QWidget>();
    auto* column = new QVBoxLayout(window_.get());
    row_ = new ParameterRow(QStringLiteral("Temperature"), QStringLiteral("Temperature"), scales::temperature(),
                            window_.get());
    other_ = new QLineEdit(window_.get());
    column->addWidget(row_);
    column->addWidget(other_);
    window_->resize(300, 120);
    row_->setAmount(0.7);
    row_->setResetAmount(0.7);
    window_->show();
    window_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(window_.get()));
    other_->setFocus();
  }

  void cleanup() { window_.reset(); }

  void arrowKeysStep() {
    QSignalSpy edited(row_, &ParameterRow::edited);
    row_->slider()->setFocus();
    QTest::keyClick(row_->slider(), Qt::Key_Left);
    QCOMPARE(edited.takeLast().at(0).toDouble(), 0.69);
    QTest::keyClick(row_->slider(), Qt::Key_PageUp);
    QCOMPARE(edited.takeLast().at(0).toDouble(), 0.79);
    QTest::keyClick(row_->slider(), Qt::Key_Home);
    QCOMPARE(edited.takeLast().at(0).toDouble(), 0.0);
    row_->field()->setFocus();
    QTest::keyClick(row_->field(), Qt::Key_Up);
    QCOMPARE(edited.takeLast().at(0).toDouble(), 0.01);
    QCOMPARE(row_->slider()->amount(), 0.01);
  }

  void draggingMovesTheValueWithThePointer() {
    QSignalSpy edited(row_, &ParameterRow::edited);
    ValueSlider* slider = row_->slider();
    QTest::mousePress(slider, Qt::LeftButton, {}, thumbAt(slider, 0.7));
    QVERIFY(edited.isEmpty());  // taking hold of the thumb changes nothing
    QTest::mouseMove(slider, thumbAt(slider, 0.35));
    QTest::mouseRelease(slider, Qt::LeftButton, {}, thumbAt(slider, 0.35));
    QVERIFY(!edited.isEmpty());
    QVERIFY(std::abs(slider->amount() - 0.35) < 0.02);
    // A click beside the thumb takes it there.
    QTest::mouseClick(slider, Qt::LeftButton, {}, thumbAt(slider, 1.5));
    QVERIFY(std::abs(slider->amount() - 1.5) < 0.06);
  }

  void doubleClickResets() {
    row_->setAmount(1.4);
    QSignalSpy edited(row_, &ParameterRow::edited);
    QTest::mouseDClick(row_->slider(), Qt::LeftButton, {}, thumbAt(row_->slider(), 1.4));
    QCOMPARE(edited.last().at(0).toDouble(), 0.7);
  }

  void theWheelChangesNothingWithoutFocus() {
    QSignalSpy edited(row_, &ParameterRow::edited);
    wheel(row_->slider(), 1);
    wheel(row_->field(), -1);
    QVERIFY(edited.isEmpty());
    row_->slider()->setFocus();
    wheel(row_->slider(), 1);
    QCOMPARE(edited.takeLast().at(0).toDouble(), 0.71);
    row_->field()->setFocus();
    wheel(row_->field(), -1);
    QCOMPARE(edited.takeLast().at(0).toDouble(), 0.7);
  }

  void theWheelScrollsThePanelOverASliderWithoutFocus() {
    QScrollArea area;
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    std::vector<ParameterRow*> rows;
    for (int i = 0; i < 12; ++i) {
      rows.push_back(new ParameterRow(QStringLiteral("P%1").arg(i), {}, scales::topP(), content));
      column->addWidget(rows.back());
    }
    area.setWidget(content);
    area.setWidgetResizable(true);
    area.resize(260, 200);
    area.show();
    QVERIFY(QTest::qWaitForWindowExposed(&area));
    QVERIFY(area.verticalScrollBar()->maximum() > 0);
    wheel(rows[1]->slider(), -2);
    QVERIFY(area.verticalScrollBar()->value() > 0);
    QCOMPARE(rows[1]->slider()->amount(), 0.0);
  }

  void typingIsExact() {
    QSignalSpy edited(row_, &ParameterRow::edited);
    NumberField* field = row_->field();
    QTest::mouseClick(field, Qt::LeftButton);
    QVERIFY(field->hasFocus());
    QCOMPARE(field->selectedText(), QStringLiteral("0.70"));
    QTest::keyClicks(field, QStringLiteral("1,234"));
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(edited.takeLast().at(0).toDouble(), 1.23);
    QTest::keyClicks(field, QStringLiteral("nonsense"));
    other_->setFocus();
    QVERIFY(edited.isEmpty());
    QCOMPARE(field->text(), QStringLiteral("1.23"));
    field->setFocus();
    QTest::keyClicks(field, QStringLiteral("99"));
    other_->setFocus();
    QCOMPARE(edited.takeLast().at(0).toDouble(), 10.0);  // the field's largest
  }

  void lookingAtAFieldChangesNothing() {
    row_->setAmount(static_cast<double>(0.92F));
    QSignalSpy edited(row_, &ParameterRow::edited);
    row_->field()->setFocus();
    other_->setFocus();
    QVERIFY(edited.isEmpty());
  }

  void draggingTheNumberScrubs() {
    QSignalSpy edited(row_, &ParameterRow::edited);
    NumberField* field = row_->field();
    const QPoint at = field->rect().center();
    QTest::mousePress(field, Qt::LeftButton, {}, at);
    QTest::mouseMove(field, at + QPoint(30, 0));
    QCOMPARE(edited.last().at(0).toDouble(), 0.8);
    QTest::mouseMove(field, at - QPoint(15, 0));
    QCOMPARE(edited.last().at(0).toDouble(), 0.65);
    QTest::mouseRelease(field, Qt::LeftButton, {}, at - QPoint(15, 0));
    QVERIFY(!field->hasFocus());
  }

  void assistiveTechnologySeesTheValueItself() {
    QAccessibleInterface* slider = QAccessible::queryAccessibleInterface(row_->slider());
    QVERIFY(slider != nullptr);
    QCOMPARE(slider->text(QAccessible::Name), QStringLiteral("Temperature"));
    QAccessibleValueInterface* value = slider->valueInterface();
    QVERIFY(value != nullptr);
    QCOMPARE(value->currentValue().toDouble(), 0.7);
    QCOMPARE(value->maximumValue().toDouble(), 2.0);
    QSignalSpy edited(row_, &ParameterRow::edited);
    value->setCurrentValue(0.4);
    QCOMPARE(edited.last().at(0).toDouble(), 0.4);
  }

  void saysWhenItDoesNothing() {
    row_->setOffAt(0);
    row_->setAmount(0);
    const auto says = [&](const QString& word) {
      const auto labels = row_->findChildren<QLabel*>();
      return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->text() == word; });
    };
    QVERIFY(says(QStringLiteral("off")));
    row_->setAmount(0.5);
    QVERIFY(!says(QStringLiteral("off")));
    row_->setIdle(true);
    QVERIFY(says(QStringLiteral("not used")));
  }
};

QTEST_MAIN(AParameter)
#include "test_parameter_row.moc"
