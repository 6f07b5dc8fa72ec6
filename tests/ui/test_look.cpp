// What the eye would notice: columns that stand above each other, labels in their places, nothing that shows unasked.
#include <QApplication>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "chat/chat_controller.h"
#include "composer/composer.h"
#include "composer/context_meter.h"
#include "composer/message_edit.h"
#include "conversation_pane.h"
#include "header_bar.h"
#include "support/ui/window_bench.h"
#include "theme/icon.h"
#include "theme/paint.h"
#include "theme/style.h"
#include "transcript/change_marks.h"
#include "transcript/transcript_view.h"
#include "ui/transcript_support/pointer.h"

using namespace sotto::app;
using namespace sotto::test;
using namespace sotto::ui;

namespace {

// The columns of `image` that are not of the colour of its top left corner.
std::vector<int> inkColumns(const QImage& image) {
  std::vector<int> columns;
  for (int x = 0; x < image.width(); ++x) {
    for (int y = 0; y < image.height(); ++y) {
      if (image.pixel(x, y) == image.pixel(0, 0)) continue;
      columns.push_back(x);
      break;
    }
  }
  return columns;
}

}  // namespace

class PaintCount : public QObject {
 public:
  int count = 0;

 protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::Paint) ++count;
    return false;
  }
};

class TheLook : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    Theme::instance().install();
    Theme::instance().setMode(Theme::Mode::light);
  }

  void theTranscriptStandsAboveTheComposer() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    for (int turn = 0; turn < 6; ++turn) {
      QVERIFY(bench.type(QStringLiteral("once more")));
      QVERIFY(bench.waitIdle());
      for (const int width : {1440, 1281, 990, 690, 431}) {
        bench.window->resize(width, 600);
        QApplication::processEvents();
        const TranscriptView* view = bench.transcript();
        const auto path = bench.chat->current()->activePath();
        const QRect bubble = view->messageRect(path.front());
        const QRect reply = view->messageRect(path.back());
        const QWidget* composer = bench.window->pane()->composer();
        const int left = view->viewport()->mapTo(bench.window.get(), reply.topLeft()).x();
        const int right = view->viewport()->mapTo(bench.window.get(), bubble.topRight()).x();
        const QRect below(composer->mapTo(bench.window.get(), QPoint()), composer->size());
        const QByteArray where = QByteArray::number(width) + " px, turn " + QByteArray::number(turn);
        QVERIFY2(std::abs(left - below.left()) <= 1, where.constData());
        QVERIFY2(std::abs(right - below.right()) <= 1, where.constData());
      }
    }
  }

  void nothingInTheHeaderOverlaps() {
    Script script = sotto::test::script("a reply");
    script.text.name = "A model with a name of many words that goes on and on";
    WindowBench bench(script);
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    QVERIFY(bench.type(QStringLiteral("A question that makes a long title for the conversation")));
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.chat->regenerate(bench.last().id));  // a second branch, which the header counts
    QVERIFY(bench.waitIdle());
    for (const int width : {1440, 1001, 999, 701, 699, 640, 520, 420, 360}) {
      bench.window->resize(width, 600);
      QApplication::processEvents();
      QWidget* header = bench.window->pane()->header();
      int edge = 0;
      for (const char* name :
           {"Toggle conversations", "Title", "Branch", "Model", "System prompt", "Export", "Toggle sampling"}) {
        const auto* part = header->findChild<QWidget*>(QLatin1String(name));
        QVERIFY(part != nullptr && part->isVisible());
        const QByteArray where = QByteArray(name) + " at " + QByteArray::number(width) + " px";
        QVERIFY2(part->geometry().left() >= edge + 8, where.constData());
        edge = part->geometry().right() + 1;
      }
      QVERIFY(edge <= header->width() - 8);
    }
  }

  void actionsHideUntilThePointerComes() {
    Stage stage;
    stage.source.addUser(QStringLiteral("A question"));
    stage.source.addReply(QStringLiteral("An answer"));
    QApplication::processEvents();
    const QImage untouched = stage.view.viewport()->grab().toImage();
    stage.pointer.move(stage.view.messageRect({1}).center());
    QVERIFY(stage.view.viewport()->grab().toImage() != untouched);
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(stage.view.viewport(), &leave);
    QCOMPARE(stage.view.viewport()->grab().toImage(), untouched);
  }

  void digitsHaveEqualCellsAndWordsTheirOwn() {
    const QFontMetrics metrics(Theme::instance().textFont(12));
    QCOMPARE(tabularWidth(metrics, QStringLiteral("1,111.1 tok/s")),
             tabularWidth(metrics, QStringLiteral("8,888.8 tok/s")));
    for (const char* words : {"Regenerate", "Stopped by you", "AVATAR · Tokens"}) {
      QCOMPARE(tabularWidth(metrics, QString::fromUtf8(words)), metrics.horizontalAdvance(QString::fromUtf8(words)));
    }
  }

  void aLabelStandsInTheMiddleWithItsIcon_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("withIcon");
    QTest::addColumn<Qt::LayoutDirection>("direction");
    QTest::newRow("words") << "Balanced" << false << Qt::LeftToRight;
    QTest::newRow("words and icon") << "Balanced" << true << Qt::LeftToRight;
    QTest::newRow("icon behind the words") << "Balanced" << true << Qt::RightToLeft;
    QTest::newRow("icon") << "" << true << Qt::LeftToRight;
    QTest::newRow("ampersand") << withoutMnemonic(QStringLiteral("R&D")) << false << Qt::LeftToRight;
  }

  void aLabelStandsInTheMiddleWithItsIcon() {
    QFETCH(const QString, text);
    QFETCH(const bool, withIcon);
    QFETCH(const Qt::LayoutDirection, direction);
    QPushButton button(text);
    setButtonKind(&button, ButtonKind::quiet);
    button.setLayoutDirection(direction);
    if (withIcon) button.setIcon(icon(QStringLiteral("dice")));
    button.setIconSize({16, 16});
    button.resize(button.sizeHint());
    const std::vector<int> ink = inkColumns(button.grab().toImage());
    QVERIFY(!ink.empty());
    const int before = ink.front();
    const int behind = button.width() - 1 - ink.back();
    QVERIFY2(std::abs(before - behind) <= 3, qPrintable(QStringLiteral("%1, %2").arg(before).arg(behind)));
    QVERIFY2(before >= 8 && before <= 12, qPrintable(QString::number(before)));

    // What does not fit ends in an ellipsis, inside the button.
    button.resize(button.width() * 3 / 4, button.height());
    const std::vector<int> cut = inkColumns(button.grab().toImage());
    if (!text.isEmpty()) QVERIFY(cut.front() >= 2 && cut.back() <= button.width() - 3);
  }

  void contextUseGetsShortBeforeItIsCut() {
    ContextMeter meter(nullptr);
    meter.setUse(1475, 4096);
    QCOMPARE(meter.textWithin(meter.sizeHint().width()), meter.text());
    QCOMPARE(meter.textWithin(80), QStringLiteral("1,475 / 4,096"));
    meter.setActivity(QStringLiteral("Reading 512 of 3,120 tokens"));
    QCOMPARE(meter.textWithin(80), meter.text());
  }

  void changeMarksWriteNumbersAsTheFieldsDo() {
    TimelineEntry before;
    TimelineEntry after;
    before.params.temperature = 0.7F;
    after.params.temperature = 0.35F;
    QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany));
    const QString text = describeChange(before, after);
    QLocale::setDefault(QLocale::c());
    QVERIFY2(text.contains(QStringLiteral("0,70")) && text.contains(QStringLiteral("0,35")), qPrintable(text));
  }

  void theListSaysThatNothingMatches() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    QVERIFY(bench.type(QStringLiteral("alpha")));
    QVERIFY(bench.waitIdle());
    auto* filter = bench.find<QLineEdit>("Filter conversations");
    filter->setFocus();
    QTest::keyClicks(filter, QStringLiteral("z"));
    QVERIFY(bench.titles().isEmpty());
    // What it says is what stands in the box: more of it is another sentence, though no row came or went.
    QWidget* page = bench.list()->viewport();
    QTest::qWait(50);
    PaintCount paints;
    page->installEventFilter(&paints);
    QTest::keyClicks(filter, QStringLiteral("zz"));
    QTRY_VERIFY(paints.count > 0);
    QVERIFY(!inkColumns(bench.list()->viewport()->grab().toImage()).empty());
    filter->clear();
    QCOMPARE(bench.titles(), QStringList{QStringLiteral("alpha")});
  }

  void aTitleIsWrittenInItsPlace() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    for (int i = 0; i < 12; ++i) {  // more than fit
      bench.chat->newConversation();
      QVERIFY(bench.type(QStringLiteral("chat %1").arg(i)));
      QVERIFY(bench.waitIdle());
    }
    bench.window->resize(1280, 500);
    bench.list()->setFocus();
    QTest::keyClick(bench.list(), Qt::Key_F2);
    auto* editor = bench.list()->findChild<QLineEdit*>(QStringLiteral("Title"));
    QVERIFY(editor != nullptr && editor->isVisible());
    QVERIFY(bench.list()->viewport()->rect().contains(editor->geometry()));
    const QRect row = bench.list()->visualRect(bench.list()->currentIndex());
    QVERIFY2(editor->geometry().bottom() < row.center().y() + 4, "it would cover the details");
  }

  void tabGoesFromTheTopToTheBottomOfTheList() {
    WindowBench bench;
    QVERIFY(bench.open());
    bench.find("New chat")->setFocus();
    QStringList names;
    for (int i = 0; i < 4; ++i) {
      QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
      names << QApplication::focusWidget()->objectName();
    }
    QCOMPARE(names.join(QStringLiteral(", ")), QStringLiteral("Filter conversations, Conversations, Models, Settings"));
  }
};

QTEST_MAIN(TheLook)
#include "test_look.moc"
