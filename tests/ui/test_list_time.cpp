// Groups and times of the conversation list.
#include <QLocale>
#include <QTest>

#include "sidebar/list_time.h"

using namespace sotto::ui;

class ListTimes : public QObject {
  Q_OBJECT
  const QDateTime now_{QDate(2026, 3, 4), QTime(9, 30)};  // a Wednesday

 private slots:
  void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom)); }

  void groups() {
    QCOMPARE(listGroup(now_, now_), ListGroup::today);
    QCOMPARE(listGroup(QDateTime(QDate(2026, 3, 4), QTime(0, 0)), now_), ListGroup::today);
    QCOMPARE(listGroup(QDateTime(QDate(2026, 3, 3), QTime(23, 59)), now_), ListGroup::yesterday);
    QCOMPARE(listGroup(QDateTime(QDate(2026, 3, 2), QTime(12, 0)), now_), ListGroup::thisWeek);
    QCOMPARE(listGroup(QDateTime(QDate(2026, 2, 26), QTime(0, 0)), now_), ListGroup::thisWeek);
    QCOMPARE(listGroup(QDateTime(QDate(2026, 2, 25), QTime(23, 0)), now_), ListGroup::earlier);
    QCOMPARE(listGroup(now_.addDays(3), now_), ListGroup::today);  // a clock that was set back
  }

  void storedTimesAreUtcAndShownLocally() {
    const QDateTime local(QDate(2026, 3, 4), QTime(0, 5));
    QCOMPARE(listGroup(local.toUTC(), now_), ListGroup::today);
    QCOMPARE(listTime(local.toUTC(), now_), QStringLiteral("00:05"));
  }

  void times() {
    QCOMPARE(listTime(QDateTime(QDate(2026, 3, 4), QTime(8, 2, 33)), now_), QStringLiteral("08:02"));
    QCOMPARE(listTime(QDateTime(QDate(2026, 3, 3), QTime(8, 2)), now_), QStringLiteral("yesterday"));
    QCOMPARE(listTime(QDateTime(QDate(2026, 3, 1), QTime(8, 2)), now_), QStringLiteral("Sun"));
    QCOMPARE(listTime(QDateTime(QDate(2026, 1, 3), QTime(8, 2)), now_), QStringLiteral("3 Jan"));
    QCOMPARE(listTime(QDateTime(QDate(2024, 1, 3), QTime(8, 2)), now_), QStringLiteral("3 Jan 2024"));
    QLocale::setDefault(QLocale::c());
    QCOMPARE(listTime(QDateTime(QDate(2026, 3, 4), QTime(8, 2, 33)), now_), QStringLiteral("08:02"));
  }
};

QTEST_GUILESS_MAIN(ListTimes)
#include "test_list_time.moc"
