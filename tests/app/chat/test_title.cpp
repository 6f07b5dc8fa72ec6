// Titles from first messages.
#include <QTest>

#include "chat/title.h"

using namespace sotto::app;

class TitlesAreCutSensibly : public QObject {
  Q_OBJECT

 private slots:
  void takesTheFirstLineWithAWord() {
    QCOMPARE(titleFromMessage(QStringLiteral("Plan a trip")), QStringLiteral("Plan a trip"));
    QCOMPARE(titleFromMessage(QStringLiteral("\n\n  ## Plan   a trip \nto the sea")), QStringLiteral("Plan a trip"));
    QCOMPARE(titleFromMessage(QStringLiteral("```\nint main() {}\n```")), QStringLiteral("int main() {}"));
    QCOMPARE(titleFromMessage(QStringLiteral("---\n> quoted")), QStringLiteral("quoted"));
  }

  void leavesOutMarksOfBoldTextAndCode() {
    QCOMPARE(titleFromMessage(QStringLiteral("Why does **x** not live, and `&y` does?")),
             QStringLiteral("Why does x not live, and &y does?"));
    QCOMPARE(titleFromMessage(QStringLiteral("`std::move` in **one** line")), QStringLiteral("std::move in one line"));
    // What only looks like them stays.
    QCOMPARE(titleFromMessage(QStringLiteral("Is 2**3 or 3**2 larger? Ask __init__ and a ` b")),
             QStringLiteral("Is 2**3 or 3**2 larger? Ask __init__ and a ` b"));
  }

  void cutsAtTheEndOfAWord() {
    const QString title =
        titleFromMessage(QStringLiteral("Explain the difference between a process and a thread to a beginner"), 40);
    QCOMPARE(title, QStringLiteral("Explain the difference between a"
                                   "\u2026"));
    QVERIFY(title.size() <= 40);
  }

  void cutsLongWordsInside() {
    const QString title = titleFromMessage(QString(5000, QLatin1Char('x')), 40);
    QCOMPARE(title.size(), 40);
    QVERIFY(title.endsWith(QChar(0x2026)));
  }

  void neverCutsACharacterApart() {
    const QString faces = QStringLiteral("\U0001F469\u200D\U0001F4BB").repeated(40);
    const QString title = titleFromMessage(faces, 38);
    QVERIFY(title.size() <= 38);
    QString whole = title.chopped(1);
    QVERIFY(!whole.isEmpty());
    QCOMPARE(whole.size() % 5, 0);
    const QString chinese = titleFromMessage(QString(200, QChar(0x4F60)), 30);
    QCOMPARE(chinese.size(), 30);
  }

  void hasANameForNothing() {
    QCOMPARE(titleFromMessage(QString()), QStringLiteral("New chat"));
    QCOMPARE(titleFromMessage(QStringLiteral(" \n --- \n ...")), QStringLiteral("New chat"));
  }
};

QTEST_GUILESS_MAIN(TitlesAreCutSensibly)
#include "test_title.moc"
