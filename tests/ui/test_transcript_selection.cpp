// Text is selected across messages by mouse and keys, copied exactly, and kept while a reply grows.
#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QTest>

#include "theme/theme.h"
#include "ui/transcript_support/pointer.h"

using namespace sotto::app;
using namespace sotto::ui;

class TestTranscriptSelection : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { Theme::instance().setMode(Theme::Mode::light); }

  void aDragSelectsWhatItPassesOver() {
    Stage stage;
    stage.source.addReply(QStringLiteral("Hello **bold** world"));
    stage.pointer.drag(stage.letter(1, 0, 6), stage.letter(1, 0, 10));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("bold"));
    stage.pointer.drag(stage.letter(1, 0, 10), stage.letter(1, 0, 2));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("llo bold"));
    stage.pointer.click(stage.letter(1, 0, 3));
    QCOMPARE(stage.view.selectedText(), QString());
  }

  void aDragGoesOverMessages() {
    Stage stage;
    stage.source.addUser(QStringLiteral("What is it?"));
    stage.source.addReply(QStringLiteral("Two things:\n\n1. one\n2. two\n\n```c\nint x;\n```"));
    stage.source.addUser(QStringLiteral("Thanks"));
    stage.pointer.drag(stage.letter(1, 0, 5), stage.letter(3, 0, 3));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("is it?\n\nTwo things:\n\n1. one\n2. two\n\nint x;\n\nTha"));
    QCOMPARE(stage.view.selectedMarkdown(),
             QStringLiteral("is it?\n\nTwo things:\n\n1. one\n2. two\n\n```c\nint x;\n```\n\nTha"));
    stage.view.copy();
    QCOMPARE(QApplication::clipboard()->text(), stage.view.selectedText());
    stage.view.copyMarkdown();
    QCOMPARE(QApplication::clipboard()->text(), stage.view.selectedMarkdown());
  }

  void doubleClickSelectsWordsAndTripleClickParagraphs() {
    Stage stage;
    stage.source.addReply(QStringLiteral(
        "Call the_function(x) now.\n\nSecond paragraph\nwith two lines.\n\n```\nfirst line\nsecond line\n```"));
    stage.pointer.doubleClick(stage.letter(1, 0, 8));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("the_function"));
    // Goes on by words.
    stage.pointer.move(stage.letter(1, 0, 22));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("the_function(x) now"));
    stage.pointer.release(stage.letter(1, 0, 22));

    stage.pointer.doubleClick(stage.letter(1, 1, 3));
    stage.pointer.release(stage.letter(1, 1, 3));
    stage.pointer.click(stage.letter(1, 1, 3));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("Second paragraph\nwith two lines."));

    stage.pointer.doubleClick(stage.letter(1, 2, 14));
    stage.pointer.release(stage.letter(1, 2, 14));
    stage.pointer.click(stage.letter(1, 2, 14));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("second line"));
  }

  void shiftClickGoesOnFromTheAnchor() {
    Stage stage;
    stage.source.addReply(QStringLiteral("One two three four"));
    stage.pointer.click(stage.letter(1, 0, 4));
    stage.pointer.click(stage.letter(1, 0, 13), Qt::ShiftModifier);
    QCOMPARE(stage.view.selectedText(), QStringLiteral("two three"));
    stage.pointer.click(stage.letter(1, 0, 7), Qt::ShiftModifier);
    QCOMPARE(stage.view.selectedText(), QStringLiteral("two"));
  }

  void keysSelect() {
    Stage stage;
    stage.source.addReply(QStringLiteral("One two three\n\nFour five"));
    stage.view.setFocus();
    stage.pointer.click(stage.letter(1, 0, 4));
    QTest::keyClick(&stage.view, Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(stage.view.selectedText(), QStringLiteral("t"));
    QTest::keyClick(&stage.view, Qt::Key_Right, Qt::ShiftModifier | Qt::ControlModifier);
    QVERIFY(stage.view.selectedText().startsWith(QStringLiteral("two")));
    QTest::keyClick(&stage.view, Qt::Key_End, Qt::ShiftModifier);
    QCOMPARE(stage.view.selectedText(), QStringLiteral("two three"));
    QTest::keyClick(&stage.view, Qt::Key_Down, Qt::ShiftModifier);
    QVERIFY(stage.view.selectedText().startsWith(QStringLiteral("two three\n\nFour")));
    QTest::keyClick(&stage.view, Qt::Key_Home, Qt::ShiftModifier | Qt::ControlModifier);
    QCOMPARE(stage.view.selectedText(), QStringLiteral("One "));
    QTest::keyClick(&stage.view, Qt::Key_End, Qt::ShiftModifier | Qt::ControlModifier);
    QCOMPARE(stage.view.selectedText(), QStringLiteral("two three\n\nFour five"));
  }

  void controlASelectsAllOfAllMessages() {
    Stage stage;
    QStringList expected;
    for (int i = 0; i < 300; ++i) {
      const QString question = QStringLiteral("Question %1").arg(i);
      const QString answer = QStringLiteral("Answer **%1**\n\nwith more").arg(i);
      stage.source.addUser(question);
      stage.source.addReply(answer);
      expected << question << QStringLiteral("Answer %1\n\nwith more").arg(i);
    }
    stage.view.setFocus();
    QTest::keyClick(&stage.view, Qt::Key_A, Qt::ControlModifier);
    QCOMPARE(stage.view.selectedText(), expected.join(QStringLiteral("\n\n")));
    QTest::keyClick(&stage.view, Qt::Key_C, Qt::ControlModifier);
    QCOMPARE(QApplication::clipboard()->text(), expected.join(QStringLiteral("\n\n")));
    // Rows far away are not kept laid out for it.
    int bodies = 0;
    for (int row = 0; row < stage.view.rows().count(); ++row) bodies += stage.view.rows().item(row).body() != nullptr;
    QVERIFY2(bodies < 200, qPrintable(QString::number(bodies)));
  }

  void aSelectionSurvivesStreaming() {
    Stage stage;
    stage.source.addUser(QStringLiteral("Tell me a story"));
    stage.source.beginReply();
    stage.source.append(QStringLiteral("Once upon a time there was a *small"));
    stage.pointer.drag(stage.letter(1, 0, 5), stage.letter(2, 0, 9));
    const QString selected = QStringLiteral("me a story\n\nOnce upon");
    QCOMPARE(stage.view.selectedText(), selected);
    const QStringList tokens = {QStringLiteral("* house"),      QStringLiteral(" with **b"),
                                QStringLiteral("old** walls."), QStringLiteral("\n\n"),
                                QStringLiteral("1. one\n"),     QStringLiteral("2. two\n\n```py\n"),
                                QStringLiteral("x = 1\n"),      QStringLiteral("```\n")};
    for (const QString& token : tokens) {
      stage.source.append(token);
      QCOMPARE(stage.view.selectedText(), selected);
    }
    stage.source.finish();
    QCOMPARE(stage.view.selectedText(), selected);
  }

  void aSelectionInTheTextThatIsReadAnewKeepsItsWords() {
    Stage stage;
    stage.source.beginReply();
    stage.source.append(QStringLiteral("Use **bold words** and `code` and [a link"));
    // "and" after the code, in the unfinished paragraph.
    const QString shown = stage.view.rows().item(0).body()->blocks().front().text;
    const int at = int(shown.lastIndexOf(QStringLiteral("and")));
    stage.pointer.drag(stage.letter(1, 0, at), stage.letter(1, 0, at + 3));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("and"));
    for (const char* token : {"](https://a.b", "/c)", " **more", "** text", "\nnext line", "\n\nnext paragraph"}) {
      stage.source.append(QString::fromLatin1(token));
      QCOMPARE(stage.view.selectedText(), QStringLiteral("and"));
    }
  }

  // The pointer is down: what is under it stays under it, whatever the reply does.
  void textDoesNotMoveUnderASelectingPointer() {
    Stage stage;
    stage.source.addUser(QStringLiteral("Question"));
    stage.source.beginReply();
    for (int i = 0; i < 60; ++i) stage.source.append(QStringLiteral("Line %1 of [the][a] reply.\n\n").arg(i));
    QVERIFY(stage.view.isAtEnd());
    const QPoint from = stage.letter(2, 55, 0);
    const QPoint to = stage.letter(2, 57, 4);
    const int position = stage.view.scrollPosition();
    stage.pointer.move(from);
    stage.pointer.press(from);
    stage.pointer.move(to);
    QString selected = stage.view.selectedText();
    const auto still = [&] {
      return stage.view.scrollPosition() == position && stage.letter(2, 55, 0) == from &&
             stage.letter(2, 57, 4) == to && stage.view.selectedText() == selected;
    };
    for (int i = 0; i < 40; ++i) {
      stage.source.append(i % 7 == 0 ? QStringLiteral("\n\n```c\nint x;\n```\n\n") : QStringLiteral("more words, "));
      QVERIFY(still());
    }
    // At the end links get their addresses, the row of actions comes.
    stage.source.append(QStringLiteral("\n\n[a]: https://a.b/c\n"));
    stage.source.finish();
    selected.replace(QStringLiteral("[the][a]"), QStringLiteral("the"));
    QVERIFY(still());
    stage.pointer.release(to);
    QVERIFY(still());
    QVERIFY(!stage.view.isAtEnd());
  }

  // A click is no selection: the reply goes on being followed.
  void aClickDoesNotEndTheFollowing() {
    Stage stage;
    stage.source.beginReply();
    for (int i = 0; i < 60; ++i) stage.source.append(QStringLiteral("Line %1.\n\n").arg(i));
    stage.pointer.press({400, 300});
    stage.source.append(QStringLiteral("more\n\n").repeated(10));
    QVERIFY(stage.view.scrollPosition() < stage.view.verticalScrollBar()->maximum());
    stage.pointer.release({400, 300});
    QCOMPARE(stage.view.scrollPosition(), stage.view.verticalScrollBar()->maximum());
  }

  void draggingOutScrolls() {
    Stage stage;
    for (int i = 0; i < 60; ++i) stage.source.addReply(QStringLiteral("Reply number %1").arg(i));
    QTest::qWait(20);
    const int before = stage.view.scrollPosition();
    QVERIFY(before > 0);
    const QPoint start(400, 300);
    stage.pointer.press(start);
    stage.pointer.move({400, -50});
    QTRY_VERIFY_WITH_TIMEOUT(stage.view.scrollPosition() < before - 200, 5000);
    stage.pointer.release({400, -50});
    const int stopped = stage.view.scrollPosition();
    QTest::qWait(60);
    QCOMPARE(stage.view.scrollPosition(), stopped);
    QVERIFY(stage.view.selectedText().count(QStringLiteral("Reply number")) > 5);
  }

  void rightToLeftAndWideLettersAreSelectedWhole() {
    Stage stage;
    stage.source.addReply(
        QStringLiteral("这是**重点。**后面 👨‍👩‍👧 end\n\nمرحبا بالعالم"));
    stage.pointer.drag(stage.letter(1, 0, 2), stage.letter(1, 0, 5));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("重点。"));
    // A family is one letter for the keys.
    const int family = 8;
    stage.view.setFocus();
    stage.pointer.click(stage.letter(1, 0, family));
    QTest::keyClick(&stage.view, Qt::Key_Right, Qt::ShiftModifier);
    QCOMPARE(stage.view.selectedText(), QStringLiteral("👨‍👩‍👧"));
    stage.pointer.doubleClick(stage.letter(1, 1, 2));
    stage.pointer.release(stage.letter(1, 1, 2));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("مرحبا"));
    const QRect first = stage.view.letterRect({1}, 1, 0);
    const QRect later = stage.view.letterRect({1}, 1, 7);
    QVERIFY(first.left() > later.left());                              // it runs to the left
    QVERIFY(first.left() > stage.view.messageRect({1}).center().x());  // and begins at the right
  }

  void tablesAreCopiedAsColumns() {
    Stage stage;
    stage.source.addReply(QStringLiteral("| a | b |\n|---|---|\n| **1** | `2` |\n| 3 | 4 |"));
    stage.view.selectAll();
    QCOMPARE(stage.view.selectedText(), QStringLiteral("a\tb\n1\t2\n3\t4"));
    stage.pointer.doubleClick(stage.letter(1, 0, 4));
    stage.pointer.release(stage.letter(1, 0, 4));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("1"));
  }

  void anotherBranchTakesAwayASelectionThatIsGone() {
    Stage stage;
    stage.source.addUser(QStringLiteral("Question"));
    stage.source.addReply(QStringLiteral("First answer"));
    stage.pointer.drag(stage.letter(2, 0, 0), stage.letter(2, 0, 5));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("First"));
    Message other;
    other.role = Role::assistant;
    other.content = QStringLiteral("Second");
    stage.source.replaceFrom(1, {other});
    QCOMPARE(stage.view.selectedText(), QString());
    stage.pointer.drag(stage.letter(1, 0, 0), stage.letter(1, 0, 5));
    QCOMPARE(stage.view.selectedText(), QStringLiteral("Quest"));
    stage.source.replaceFrom(1, {other});
    QCOMPARE(stage.view.selectedText(), QStringLiteral("Quest"));
  }
};

QTEST_MAIN(TestTranscriptSelection)
#include "test_transcript_selection.moc"
