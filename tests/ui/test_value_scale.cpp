// Where a parameter lies on its slider, and what a step is.
#include <QLocale>
#include <QTest>

#include "sampling/value_scale.h"

using namespace sotto::ui;

class ValueScales : public QObject {
  Q_OBJECT
 private slots:
  void everyStepOfASliderComesBackAsItself_data() {
    QTest::addColumn<int>("which");
    for (int i = 0; i < 7; ++i) QTest::addRow("%d", i) << i;
  }
  void everyStepOfASliderComesBackAsItself() {
    QFETCH(int, which);
    const ValueScale all[] = {scales::temperature(), scales::topP(),          scales::topK(),
                              scales::minP(),        scales::repeatPenalty(), scales::additivePenalty(),
                              scales::maxTokens()};
    const ValueScale scale = all[which];
    double before = -1;
    for (double v = scale.minimum; v <= scale.maximum + 1e-9;) {
      const double at = scale.position(v);
      QVERIFY2(at >= 0 && at <= 1 && at > before, qPrintable(QString::number(v)));
      before = at;
      if (!scale.endless || at <= 0.995) QVERIFY2(std::abs(scale.value(at) - v) < 1e-6, qPrintable(QString::number(v)));
      const double next = scale.stepped(v, 1);
      if (next <= v) break;  // the end
      v = next;
    }
    QVERIFY(before > 0.99);
  }

  void temperatureIsFineUnderOne() {
    const ValueScale t = scales::temperature();
    QVERIFY(t.position(1.0) > 0.5);  // the lower half of the values has more than half of the track
    QCOMPARE(t.stepped(0.35, 1), 0.36);
    QCOMPARE(t.stepped(0.35, -10), 0.25);
    QCOMPARE(t.stepped(1.0, 1), 1.05);
    QCOMPARE(t.stepped(1.0, -1), 0.99);
    QCOMPARE(t.stepped(0.0, -1), 0.0);
    QCOMPARE(t.minimum, 0.0);
    QCOMPARE(t.maximum, 2.0);
  }

  void valuesBeyondTheSliderStayExactInTheField() {
    const ValueScale k = scales::topK();
    QCOMPARE(k.position(5000), 1.0);
    QCOMPARE(k.snapped(5000.4), 5000.0);
    QCOMPARE(scales::repeatPenalty().snapped(0.8), 0.8);
    QCOMPARE(scales::repeatPenalty().position(0.8), 0.0);
    QCOMPARE(scales::temperature().snapped(99), 10.0);
  }

  void theEndOfMaxTokensIsNoLimit() {
    const ValueScale m = scales::maxTokens();
    QCOMPARE(m.position(0), 1.0);
    QCOMPARE(m.value(1.0), 0.0);
    QCOMPARE(m.stepped(0, 1), 0.0);
    QCOMPARE(m.stepped(0, -1), m.maximum);
    QCOMPARE(m.stepped(m.maximum, 1), 0.0);
    QCOMPARE(m.stepped(m.minimum, -1), m.minimum);  // never by stepping down
  }

  void numbersAreReadInAnyNotation() {
    double v = 0;
    QVERIFY(parseValue(QStringLiteral(" 0.35 "), &v));
    QCOMPARE(v, 0.35);
    QVERIFY(parseValue(QStringLiteral("0,35"), &v));
    QCOMPARE(v, 0.35);
    for (const char* bad : {"", "x", "0.3.5", "nan", "inf", "1 2"}) QVERIFY2(!parseValue(QLatin1String(bad), &v), bad);
    QLocale::setDefault(QLocale(QLocale::German));
    QCOMPARE(formatValue(0.35, 2), QStringLiteral("0,35"));
    QCOMPARE(formatValue(100'000, 0), QStringLiteral("100000"));
    QLocale::setDefault(QLocale::c());
  }
};

QTEST_GUILESS_MAIN(ValueScales)
#include "test_value_scale.moc"
