// What a reasoning model thought is marked as such: seen while it thinks, folded away when it answers, opened by a
// press.
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QTest>

#include "theme/theme.h"
#include "translations.h"
#include "ui/transcript_support/mock_source.h"
#include "ui/transcript_support/pointer.h"

using namespace sotto::app;
using namespace sotto::ui;

namespace {

const auto thoughtful =
    QStringLiteral("<think>\nFirst line.\n\n```c\nint a;\n```\n\nLast line.\n</think>\n\nThe **answer**.");

QString clipboard() { return QApplication::clipboard()->text(); }

}  // namespace

class TestTranscriptThought : public QObject {
  Q_OBJECT

  MockSource source_;
  TranscriptView view_;

  MessageId show(const QString& text) {
    source_.clear();
    source_.addUser(QStringLiteral("Well?"));
    const MessageId id = source_.addReply(text).id;
    QCoreApplication::processEvents();
    return id;
  }
  int height(MessageId id) { return view_.messageRect(id).height(); }
  void press(const QRect& rect) { QTest::mouseClick(view_.viewport(), Qt::LeftButton, {}, rect.center()); }

 private slots:
  void initTestCase() {
    Theme::instance().setMode(Theme::Mode::light);
    installTranslations(qApp);
    view_.resize(700, 600);
    view_.setSource(&source_);
    view_.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view_));
  }
  void cleanupTestCase() { view_.setSource(nullptr); }

  void isFoldedAwayAndOpensByAPress() {
    const MessageId id = show(thoughtful);
    const int folded = height(id);
    const QRect line = view_.thoughtRect(id);
    QVERIFY(!line.isEmpty() && line.height() > 10 && line.width() < 120);
    press(line);
    QVERIFY2(height(id) > folded + 100, qPrintable(QString::number(height(id))));
    QCOMPARE(view_.thoughtRect(id).topLeft(), line.topLeft());
    press(view_.thoughtRect(id));
    QCOMPARE(height(id), folded);
    QVERIFY(view_.thoughtRect(show(QStringLiteral("No thought."))).isEmpty());
    QVERIFY(view_.thoughtRect(show(QStringLiteral("<think>\n\n</think>\n\nNo thought."))).isEmpty());
  }

  void keysOpenItToo() {
    const MessageId id = show(thoughtful);
    const int folded = height(id);
    const auto stops = view_.stops(1);
    QVERIFY(!stops.empty() && stops.front().spot.thought);
    QCOMPARE(view_.nameOf(1, stops.front()), QStringLiteral("Show thought"));
    QVERIFY(std::none_of(stops.begin() + 1, stops.end(),
                         [&](const auto& stop) { return view_.nameOf(1, stop) == QStringLiteral("Copy code"); }));
    view_.activate(1, stops.front());
    QVERIFY(height(id) > folded + 100);
    QCOMPARE(view_.nameOf(1, view_.stops(1).front()), QStringLiteral("Hide thought"));
    QVERIFY(view_.stops(1).size() == stops.size() + 1);  // its code has a Copy
  }

  void isSeenWhileItIsWrittenAndFoldsWhenTheAnswerBegins() {
    source_.clear();
    source_.addUser(QStringLiteral("Well?"));
    const MessageId id = source_.beginReply().id;
    for (const QChar letter : QStringLiteral("<think>\nOne.\n\nTwo.\n\nThree.")) source_.append(letter);
    const int thinking = height(id);
    QVERIFY(thinking > 60);
    QVERIFY(!view_.thoughtRect(id).isEmpty());
    source_.append(QStringLiteral("\n</think>\n\nYes"));
    QVERIFY2(height(id) < thinking, qPrintable(QString::number(height(id))));
    press(view_.thoughtRect(id));  // somebody wants to read it: it stays
    const int open = height(id);
    QVERIFY(open > thinking);
    source_.append(QStringLiteral(" indeed."));
    source_.finish();
    QCOMPARE(height(id), open);
  }

  void stopsInTheMiddleOfAThoughtAndShowsIt() {
    source_.clear();
    source_.addUser(QStringLiteral("Well?"));
    const MessageId id = source_.beginReply().id;
    source_.append(QStringLiteral("<think>\nOne.\n\nTwo."));
    const int thinking = height(id);
    const int line = view_.thoughtRect(id).width();
    source_.finish(StopReason::stopped);
    QVERIFY(height(id) >= thinking - 4);
    QVERIFY(view_.thoughtRect(id).width() < line - 8);  // "Thought": nobody thinks any more
  }

  void copyTakesTheAnswer() {
    const MessageId id = show(thoughtful);
    const QRect copy = view_.actionRect(id, MessageAction::copy);
    QVERIFY(!copy.isEmpty());
    press(copy);
    QCOMPARE(clipboard(), QStringLiteral("The answer."));
    view_.selectAll();
    QCOMPARE(view_.selectedText(), QStringLiteral("Well?\n\nThe answer."));
    QCOMPARE(view_.selectedMarkdown(), QStringLiteral("Well?\n\nThe **answer**."));
    view_.activate(1, view_.stops(1).front());
    view_.selectAll();
    QVERIFY(view_.selectedText().startsWith(QStringLiteral("Well?\n\nFirst line.\n\nint a;\n\nLast line.\n\nThe")));
    show(QStringLiteral("<think>\nNothing else."));
    press(view_.actionRect(source_.messages.back().id, MessageAction::copy));
    QCOMPARE(clipboard(), QStringLiteral("Nothing else."));
  }

  void whatIsFoldedCostsNothing() {
    show(QStringLiteral("<think>\n") + QStringLiteral("A line of a thought.\n\n").repeated(20000) +
         QStringLiteral("</think>\n\nYes."));
    QVERIFY(view_.messageRect(source_.messages.back().id).height() < 120);
  }

  void looksRightToTheEyeOfATest() {
    const MessageId id = show(thoughtful);
    const QImage folded = view_.viewport()->grab().toImage();
    const QRect line = view_.thoughtRect(id);
    int dark = 0;
    for (int x = line.left(); x <= line.right(); ++x) {
      for (int y = line.top(); y <= line.bottom(); ++y) dark += qGray(folded.pixel(x, y)) < 160 ? 1 : 0;
    }
    QVERIFY2(dark > 30, qPrintable(QString::number(dark)));  // a chevron and a word
  }
};

QTEST_MAIN(TestTranscriptThought)
#include "test_transcript_thought.moc"
