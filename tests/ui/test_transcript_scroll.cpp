// What is read stays where it is: while a reply grows, while heights become exact, while the window changes.
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTest>

#include "theme/theme.h"
#include "ui/transcript_support/corpus.h"
#include "ui/transcript_support/pointer.h"
#include "ui/transcript_support/thread_time.h"

using namespace sotto::app;
using namespace sotto::ui;

namespace {

void addTalk(MockSource* source, int messages) {
  const std::vector<Snippet> corpus = markdownCorpus();
  for (int i = 0; i < messages; i += 2) {
    source->addUser(QStringLiteral("Question %1: how does this work, and why is it so?").arg(i));
    source->addReply(corpus[size_t(i / 2) % corpus.size()].source + QStringLiteral("\n\n") +
                     corpus[size_t(i / 2 + 7) % corpus.size()].source);
  }
}

// Where a letter that is seen stands, to look at again.
struct Sight {
  MessageId message;
  int block = 0;
  int top = 0;
};

Sight sightIn(const TranscriptView& view) {
  for (int row = 0; row < view.rows().count(); ++row) {
    const MessageItem& item = view.rows().item(row);
    if (item.body() == nullptr) continue;
    for (int block = 0; block < int(item.body()->blocks().size()); ++block) {
      const QRect rect = view.letterRect(item.id(), block, 0);
      if (rect.top() >= 0 && rect.bottom() < view.viewport()->height()) return {item.id(), block, rect.top()};
    }
  }
  return {};
}

int topOf(const TranscriptView& view, const Sight& sight) {
  return view.letterRect(sight.message, sight.block, 0).top();
}

}  // namespace

class TestTranscriptScroll : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { Theme::instance().setMode(Theme::Mode::light); }

  void aConversationOpensAtItsEnd() {
    Stage stage;
    addTalk(&stage.source, 40);
    emit stage.source.reset();
    QVERIFY(stage.view.isAtEnd());
    QCOMPARE(stage.view.verticalScrollBar()->value(), stage.view.verticalScrollBar()->maximum());
    QVERIFY(stage.view.viewport()->rect().intersects(stage.view.messageRect({40})));
  }

  void theEndStaysInViewWhileAReplyGrows() {
    Stage stage;
    addTalk(&stage.source, 10);
    stage.source.beginReply();
    for (int i = 0; i < 200; ++i) {
      stage.source.append(QStringLiteral("word%1 and\n").arg(i));
      QCOMPARE(stage.view.scrollPosition(), stage.view.verticalScrollBar()->maximum());
    }
    QVERIFY(stage.view.isAtEnd());
  }

  void aTextOfMegabytesIsReadInPieces() {
    Stage stage;
    addTalk(&stage.source, 4);
    const QString paragraph = QStringLiteral("Some **words** that make a `sentence`, and one more.\n\n");
    stage.source.addUser(paragraph.repeated(60'000));
    stage.source.addReply(QStringLiteral("```\n") + paragraph.repeated(60'000) + QStringLiteral("```\n\nThe end."));
    ThreadTimer timer;
    emit stage.source.reset();
    double longest = timer.ms();
    QVERIFY(stage.view.rows().partlyRead() >= 0);
    while (stage.view.rows().partlyRead() >= 0) {
      timer.start();
      QCoreApplication::processEvents();
      longest = std::max(longest, timer.ms());
      QVERIFY(stage.view.isAtEnd());
    }
    QVERIFY2(longest < 300 * instrumented, qPrintable(QString::number(longest)));
    const MessageBody* body = stage.view.rows().item(5).body();
    QCOMPARE(body->source(), stage.source.at(5).content);
    QCOMPARE(body->blocks().size(), size_t(2));
    QCOMPARE(body->blocks().back().text, QStringLiteral("The end."));
  }

  void whatIsSelectedAsAWholeIsReadAsAWhole() {
    Stage stage;
    stage.source.addUser(QStringLiteral("a\n").repeated(700'000) + QStringLiteral("end"));
    emit stage.source.reset();
    QVERIFY(stage.view.rows().partlyRead() == 0);
    stage.view.setFocus();
    QTest::keyClick(&stage.view, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(&stage.view, Qt::Key_C, Qt::ControlModifier);
    QVERIFY(QApplication::clipboard()->text().endsWith(QStringLiteral("a\nend")));
    QCOMPARE(QApplication::clipboard()->text().size(), 1'400'003);
  }

  void whoReadsAboveIsNotMoved() {
    Stage stage;
    addTalk(&stage.source, 30);
    stage.source.beginReply();
    stage.source.append(QStringLiteral("Begin\n\n"));
    stage.view.verticalScrollBar()->setValue(stage.view.verticalScrollBar()->maximum() - 900);
    QVERIFY(!stage.view.isAtEnd());
    const Sight sight = sightIn(stage.view);
    QVERIFY(sight.message.valid());
    const int position = stage.view.scrollPosition();
    for (int i = 0; i < 300; ++i) {
      stage.source.append(i % 40 == 0 ? QStringLiteral("\n\n```c\nx;\n```\n") : QStringLiteral("some words, "));
      QCOMPARE(topOf(stage.view, sight), sight.top);
    }
    stage.source.finish();
    QCOMPARE(stage.view.scrollPosition(), position);
    // Back at the end it follows again.
    stage.view.verticalScrollBar()->setValue(stage.view.verticalScrollBar()->maximum());
    QVERIFY(stage.view.isAtEnd());
  }

  // A reply of which only the middle is seen, and which grows below.
  void whoReadsWithinTheGrowingReplyIsNotMoved() {
    Stage stage;
    stage.source.addUser(QStringLiteral("Write"));
    stage.source.beginReply();
    for (int i = 0; i < 120; ++i) stage.source.append(QStringLiteral("Paragraph %1 with some words.\n\n").arg(i));
    stage.view.verticalScrollBar()->setValue(900);
    const Sight sight = sightIn(stage.view);
    for (int i = 0; i < 100; ++i) {
      stage.source.append(QStringLiteral("Further words %1\n").arg(i));
      QCOMPARE(topOf(stage.view, sight), sight.top);
    }
  }

  void sendingShowsWhatWasSent() {
    Stage stage;
    addTalk(&stage.source, 30);
    stage.view.verticalScrollBar()->setValue(0);
    QVERIFY(!stage.view.isAtEnd());
    Message user;
    user.role = Role::user;
    user.content = QStringLiteral("New question");
    Message answer;
    answer.role = Role::assistant;
    answer.state = MessageState::streaming;
    stage.source.replaceFrom(30, {user, answer});
    QVERIFY(stage.view.isAtEnd());
  }

  // Heights above are estimates until they are seen: going up step by step must not jump.
  void scrollingUpThroughEstimatesIsSteady() {
    Stage stage;
    addTalk(&stage.source, 200);
    emit stage.source.reset();
    int steps = 0;
    while (stage.view.scrollPosition() > 0 && steps < 2000) {
      const Sight sight = sightIn(stage.view);
      const int by = std::min(90, stage.view.scrollPosition());
      stage.view.verticalScrollBar()->setValue(stage.view.verticalScrollBar()->value() - by);
      ++steps;
      if (!sight.message.valid() || stage.view.scrollPosition() == 0) continue;
      QVERIFY2(std::abs(topOf(stage.view, sight) - sight.top - by) <= 1, qPrintable(QString::number(steps)));
    }
    QVERIFY(steps > 100);
    QCOMPARE(stage.view.scrollPosition(), 0);
  }

  // While the handle is held, the range under it stands still although heights become exact.
  void theHandleIsNotPulledAway() {
    Stage stage;
    addTalk(&stage.source, 400);
    emit stage.source.reset();
    QScrollBar* bar = stage.view.verticalScrollBar();
    const int maximum = bar->maximum();
    bar->setSliderDown(true);
    for (int i = 10; i >= 0; --i) {
      bar->setSliderPosition(int(qint64(maximum) * i / 10));
      QCOMPARE(bar->maximum(), maximum);
      QCOMPARE(bar->sliderPosition(), int(qint64(maximum) * i / 10));
    }
    QCOMPARE(stage.view.scrollPosition(), 0);
    bar->setSliderDown(false);
    QCOMPARE(bar->value(), stage.view.scrollPosition());
  }

  void keysScroll() {
    Stage stage;
    addTalk(&stage.source, 40);
    emit stage.source.reset();
    stage.view.setFocus();
    const int end = stage.view.scrollPosition();
    QTest::keyClick(&stage.view, Qt::Key_PageUp);
    QVERIFY(stage.view.scrollPosition() < end - 400);
    const int page = stage.view.scrollPosition();
    QTest::keyClick(&stage.view, Qt::Key_Up);
    QVERIFY(stage.view.scrollPosition() < page && stage.view.scrollPosition() > page - 100);
    QTest::keyClick(&stage.view, Qt::Key_Home);
    QCOMPARE(stage.view.scrollPosition(), 0);
    QTest::keyClick(&stage.view, Qt::Key_Down);
    QVERIFY(stage.view.scrollPosition() > 0);
    QTest::keyClick(&stage.view, Qt::Key_End);
    QVERIFY(stage.view.isAtEnd());
  }

  void anotherThemeMovesNothing() {
    Stage stage;
    addTalk(&stage.source, 60);
    stage.view.verticalScrollBar()->setValue(stage.view.verticalScrollBar()->maximum() / 2);
    const Sight sight = sightIn(stage.view);
    const QImage light = stage.view.grab().toImage();
    Theme::instance().setMode(Theme::Mode::dark);
    QCOMPARE(topOf(stage.view, sight), sight.top);
    QVERIFY(stage.view.grab().toImage() != light);
    Theme::instance().setMode(Theme::Mode::light);
    QVERIFY(stage.view.grab().toImage() == light);
  }

  void aNarrowWindowWrapsAndKeepsThePlace() {
    Stage stage;
    addTalk(&stage.source, 60);
    stage.view.verticalScrollBar()->setValue(stage.view.verticalScrollBar()->maximum() / 2);
    const Sight sight = sightIn(stage.view);
    stage.view.resize(420, 600);
    QVERIFY(std::abs(topOf(stage.view, sight) - sight.top) < 400);
    for (int row = 0; row < stage.view.rows().count(); ++row) {
      const QRect rect = stage.view.messageRect(stage.view.rows().item(row).id());
      QVERIFY(rect.left() >= 0 && rect.right() <= 420);
    }
  }

  void theColumnIsCentredAndNotTooWide() {
    Stage stage({1400, 600});
    stage.source.addReply(QStringLiteral("words ").repeated(200));
    const QRect rect = stage.view.messageRect({1});
    QCOMPARE(rect.width(), 720);
    QVERIFY(std::abs(rect.center().x() - stage.view.viewport()->rect().center().x()) <= 1);
    stage.source.addUser(QStringLiteral("short"));
    const QRect bubble = stage.view.messageRect({2});
    QCOMPARE(bubble.right(), rect.right());
    QVERIFY(bubble.width() < 120);
  }

  void aSourceThatGoesLeavesAnEmptyView() {
    TranscriptView view;
    view.resize(600, 400);
    view.show();
    {
      MockSource source;
      view.setSource(&source);
      source.addReply(QStringLiteral("text"));
      QCOMPARE(view.rows().count(), 1);
    }
    QCOMPARE(view.rows().count(), 0);
    view.grab();
  }
};

QTEST_MAIN(TestTranscriptScroll)
#include "test_transcript_scroll.moc"
