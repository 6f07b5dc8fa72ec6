// The window without a mouse: everything is reached, shown and done by keys.
// ctest: timeout=180
#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QFileDialog>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QRadioButton>
#include <QSet>
#include <QTest>
#include <QTextEdit>

#include "composer/message_edit.h"
#include "sampling/value_slider.h"
#include "support/ui/keyboard.h"
#include "support/ui/window_bench.h"
#include "theme/theme.h"
#include "transcript/transcript_view.h"

using namespace sotto::app;
using namespace sotto::test;
using namespace sotto::ui;

namespace {

// A window with a model, both opened by keys.
class KeyboardBench : public WindowBench {
 public:
  using WindowBench::WindowBench;
  [[nodiscard]] bool begin() {
    if (!open()) return false;
    keyboard::press(Qt::Key_O, Qt::ControlModifier);
    return typePath(model) && waitFor([this] { return chat->modelStatus().state == ModelState::ready; });
  }
  // A file's name, typed into the file dialog that is open.
  [[nodiscard]] bool typePath(const QString& path) const {
    if (!waitFor([] { return qobject_cast<QFileDialog*>(QApplication::activeModalWidget()) != nullptr; })) return false;
    keyboard::press(Qt::Key_A, Qt::ControlModifier);
    keyboard::type(path);
    if (QApplication::activePopupWidget() != nullptr) keyboard::press(Qt::Key_Escape);  // the completions
    keyboard::press(Qt::Key_Return);
    return waitFor([] { return QApplication::activeModalWidget() == nullptr; });
  }
  [[nodiscard]] bool say(const QString& text) {
    keyboard::press(Qt::Key_L, Qt::ControlModifier);
    if (!message()->hasFocus()) return false;
    const size_t before = chat->current()->messages().size();
    keyboard::type(text);
    keyboard::press(Qt::Key_Return);
    return waitFor([&] { return chat->current()->messages().size() == before + 2; });
  }
  // What a part of the window looks like, a little of what is around it included: rings are drawn there.
  [[nodiscard]] QImage look(const QWidget* part) const {
    const QRect place(part->mapTo(window.get(), QPoint()), part->size());
    return window->grab(place.adjusted(-3, -3, 3, 3)).toImage();
  }
};

}  // namespace

class ByKeyboard : public QObject {
  Q_OBJECT

 private slots:
  void tabReachesEveryControlAndShowsIt() {
    KeyboardBench bench;
    QVERIFY(bench.begin());
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    QTRY_VERIFY(!bench.titles().isEmpty());
    keyboard::type(QStringLiteral("x"));  // Send is on
    QSet<QWidget*> wanted;
    for (QWidget* each : bench.window->findChildren<QWidget*>()) {
      if (each->isVisible() && each->isEnabled() && (each->focusPolicy() & Qt::TabFocus) == Qt::TabFocus &&
          each->focusProxy() == nullptr) {
        wanted << each;
      }
    }
    QVERIFY(wanted.size() > 25);
    QSet<QWidget*> reached;
    QHash<QWidget*, QImage> without;
    for (QWidget* each : wanted) without.insert(each, bench.look(each));
    // The one that has the focus now is seen without it when the focus is on the next.
    QWidget* const start = keyboard::focus();
    QCOMPARE(start->objectName(), QStringLiteral("Message"));
    keyboard::press(Qt::Key_Tab);
    without.insert(start, bench.look(start));
    for (int i = 0; i < 120 && !reached.contains(start); ++i) {
      QWidget* now = keyboard::focus();
      QVERIFY(now != nullptr);
      if (!reached.contains(now)) {
        QTest::qWait(1);
        QVERIFY2(bench.look(now) != without.value(now), qPrintable(now->objectName()));
        QVERIFY2(!now->accessibleName().isEmpty() || now->inherits("QAbstractButton"), now->metaObject()->className());
      }
      reached << now;
      keyboard::press(Qt::Key_Tab);
    }
    for (QWidget* each : wanted) QVERIFY2(reached.contains(each), qPrintable(each->objectName()));
    // And back again.
    QSet<QWidget*> back;
    for (int i = 0; i < 120 && back.size() < wanted.size(); ++i) {
      keyboard::press(Qt::Key_Backtab, Qt::ShiftModifier);
      back << keyboard::focus();
    }
    for (QWidget* each : wanted) QVERIFY2(back.contains(each), qPrintable(each->objectName()));
  }

  void writesStopsAndContinues() {
    KeyboardBench bench;
    QVERIFY(bench.begin());
    keyboard::press(Qt::Key_N, Qt::ControlModifier);
    QVERIFY(bench.message()->hasFocus());
    keyboard::type(QStringLiteral("one"));
    keyboard::press(Qt::Key_Return, Qt::ShiftModifier);
    keyboard::type(QStringLiteral("two"));
    bench.pace->holdAfter(9);
    keyboard::press(Qt::Key_Return);
    QTRY_VERIFY(bench.last().tokens.size() == 9);
    QCOMPARE(bench.chat->current()->messages().front().content, QStringLiteral("one\ntwo"));
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.last().stopReason == StopReason::stopped);
    const MessageId reply = bench.last().id;
    bench.pace->release();
    QVERIFY(keyboard::tabTo("Continue"));
    keyboard::press(Qt::Key_Space);
    QTRY_COMPARE(bench.last().content, benchReply());
    QCOMPARE(bench.last().id, reply);
    QVERIFY(bench.message()->hasFocus());
  }

  void movesASliderInMidReply() {
    KeyboardBench bench;
    QVERIFY(bench.begin());
    bench.pace->holdAfter(12);
    QVERIFY(bench.say(QStringLiteral("go")) && bench.waitTokens(12));
    QTRY_VERIFY(bench.pace->waiting());
    QVERIFY(keyboard::tabTo("Temperature"));
    const double before = bench.slider("Temperature")->amount();
    keyboard::press(Qt::Key_Right, Qt::NoModifier, 3);
    QCOMPARE(bench.slider("Temperature")->amount(), before + 3 * bench.slider("Temperature")->scale().step);
    bench.pace->release();
    QVERIFY(bench.waitIdle() && bench.waitStored());
    QCOMPARE(bench.sql(QStringLiteral("SELECT group_concat(json_extract(value, '$.token') || ' ' || "
                                      "json_extract(value, '$.params.temperature')) FROM v_messages, "
                                      "json_each(sampling_timeline) WHERE role = 'assistant'")),
             QStringLiteral("0 0.7,12 %1").arg(bench.slider("Temperature")->amount()));
    // An exact value, in its field.
    QVERIFY(keyboard::tabTo("Top-p value"));
    keyboard::type(QStringLiteral("0.5"));
    keyboard::press(Qt::Key_Return);
    QCOMPARE(bench.chat->settings().params.top_p, 0.5F);
  }

  void choosesAndSavesPresets() {
    KeyboardBench bench;
    QVERIFY(bench.open());
    QVERIFY(keyboard::tabTo("Preset"));
    keyboard::press(Qt::Key_Space);
    QVERIFY(keyboard::choose(QStringLiteral("Precise")));
    QTRY_COMPARE(bench.find<QPushButton>("Preset")->text(), QStringLiteral("Precise"));
    QCOMPARE(bench.chat->settings().params.temperature, 0.3F);
    QVERIFY(keyboard::tabTo("Temperature"));
    keyboard::press(Qt::Key_PageUp);
    QVERIFY(keyboard::tabTo("Preset"));
    keyboard::press(Qt::Key_Space);
    QVERIFY(keyboard::choose(QStringLiteral("Save as…")));
    QTRY_VERIFY(QApplication::activeModalWidget() != nullptr);
    keyboard::type(QStringLiteral("Mine"));
    keyboard::press(Qt::Key_Return);
    QTRY_COMPARE(bench.find<QPushButton>("Preset")->text(), QStringLiteral("Mine"));
    QVERIFY(bench.chat->settings().params.temperature > 0.3F);
  }

  void findsRenamesAndDeletesConversations() {
    KeyboardBench bench;
    QVERIFY(bench.begin());
    for (const char* text : {"apples", "bread", "cheese"}) {
      keyboard::press(Qt::Key_N, Qt::ControlModifier);
      QVERIFY(bench.say(QLatin1String(text)) && bench.waitIdle());
    }
    QTRY_COMPARE(bench.titles().size(), 3);
    const auto content = [&] { return bench.chat->current()->messages().front().content; };
    keyboard::press(Qt::Key_Down, Qt::AltModifier);
    QTRY_COMPARE(content(), QStringLiteral("bread"));
    QVERIFY(keyboard::tabTo("Conversations"));
    keyboard::press(Qt::Key_Up);
    QTRY_COMPARE(content(), QStringLiteral("cheese"));
    QVERIFY(bench.list()->hasFocus());  // the arrows go on through the list; Return leads to the message
    keyboard::press(Qt::Key_Down);
    keyboard::press(Qt::Key_Down);
    QTRY_COMPARE(content(), QStringLiteral("apples"));
    QVERIFY(bench.list()->hasFocus());
    keyboard::press(Qt::Key_F2);
    keyboard::type(QStringLiteral("fruit"));
    keyboard::press(Qt::Key_Return);
    QTRY_VERIFY(bench.titles().contains(QStringLiteral("fruit")));
    QTRY_VERIFY(bench.list()->hasFocus());
    // Found by a part of its title.
    keyboard::press(Qt::Key_K, Qt::ControlModifier);
    keyboard::type(QStringLiteral("che"));
    QCOMPARE(bench.titles(), QStringList{QStringLiteral("cheese")});
    keyboard::press(Qt::Key_Return);
    QTRY_COMPARE(content(), QStringLiteral("cheese"));
    QVERIFY(bench.message()->hasFocus());
    // Return after an arrow opens; it does not send a draft that stands there.
    keyboard::type(QStringLiteral("a draft"));
    QVERIFY(keyboard::tabTo("Conversations"));
    keyboard::press(Qt::Key_Down);
    keyboard::press(Qt::Key_Up);
    QTRY_COMPARE(content(), QStringLiteral("cheese"));
    const size_t said = bench.chat->current()->messages().size();
    keyboard::press(Qt::Key_Return);
    QTRY_VERIFY(bench.message()->hasFocus());
    QTest::qWait(100);
    QCOMPARE(bench.chat->current()->messages().size(), said);
    QCOMPARE(bench.message()->toPlainText(), QStringLiteral("a draft"));
    keyboard::press(Qt::Key_K, Qt::ControlModifier);
    keyboard::press(Qt::Key_Escape);
    QCOMPARE(bench.titles().size(), 3);
    // Deleted, and back.
    QVERIFY(keyboard::tabTo("Conversations"));
    keyboard::press(Qt::Key_Delete);
    QTRY_COMPARE(bench.titles().size(), 2);
    QVERIFY(keyboard::tabTo("Notice action"));
    keyboard::press(Qt::Key_Space);
    QTRY_COMPARE(bench.titles().size(), 3);
    QVERIFY(keyboard::focus() != nullptr);
  }

  void renamesWhileTheReplyIsWritten() {
    KeyboardBench bench;
    QVERIFY(bench.begin());
    bench.pace->holdAfter(5);
    QVERIFY(bench.say(QStringLiteral("go")) && bench.waitTokens(5));
    QTRY_COMPARE(bench.titles(), QStringList{QStringLiteral("go")});
    keyboard::press(Qt::Key_F2);
    keyboard::type(QStringLiteral("a tale"));
    bench.pace->slow(std::chrono::milliseconds(2));
    bench.pace->release();
    QVERIFY(bench.waitIdle());  // every token said so in the list
    QTest::qWait(50);
    keyboard::type(QStringLiteral(" of two"));
    keyboard::press(Qt::Key_Return);
    QTRY_COMPARE(bench.titles(), QStringList{QStringLiteral("a tale of two")});
  }

  // The end of a reply brings its conversation to the top of the list.
  void renamesWhileTheListIsReordered() {
    KeyboardBench bench;
    QVERIFY(bench.begin());
    bench.pace->holdAfter(5);
    QVERIFY(bench.say(QStringLiteral("apples")) && bench.waitTokens(5));
    const ConversationId writing = bench.chat->currentId();
    keyboard::press(Qt::Key_N, Qt::ControlModifier);
    QVERIFY(bench.say(QStringLiteral("bread")));
    bench.chat->stop();
    const QStringList before{QStringLiteral("bread"), QStringLiteral("apples")};
    QTRY_COMPARE(bench.titles(), before);
    keyboard::press(Qt::Key_F2);
    keyboard::type(QStringLiteral("brown bred"));
    keyboard::press(Qt::Key_Left);
    bench.pace->release();
    const QStringList after{QStringLiteral("apples"), QStringLiteral("bread")};
    QTRY_COMPARE(bench.chat->replyStatus(writing).phase, ReplyPhase::idle);
    QTRY_COMPARE(bench.titles(), after);
    keyboard::type(QStringLiteral("a"));
    keyboard::press(Qt::Key_Return);
    QTRY_COMPARE(bench.titles(), (QStringList{QStringLiteral("apples"), QStringLiteral("brown bread")}));
    QVERIFY(bench.list()->hasFocus());
    QCOMPARE(bench.chat->current()->messages().front().content, QStringLiteral("bread"));
  }

  void actsOnMessages() {
    KeyboardBench bench;
    QVERIFY(bench.begin());
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    const MessageId first = bench.last().id;
    const auto inTranscript = [&] { return keyboard::tabTo("Transcript"); };
    QVERIFY(inTranscript());
    keyboard::press(Qt::Key_Tab);  // Copy
    keyboard::press(Qt::Key_Return);
    QCOMPARE(QApplication::clipboard()->text(), benchReply());
    keyboard::press(Qt::Key_Right);  // Regenerate
    keyboard::press(Qt::Key_Return);
    QTRY_VERIFY(bench.last().id != first && bench.phase() == ReplyPhase::idle);
    const MessageId second = bench.last().id;
    // Back to the first version, by its arrow.
    QVERIFY(bench.transcript()->hasFocus());
    keyboard::press(Qt::Key_Up, Qt::ControlModifier, 2);
    keyboard::press(Qt::Key_Down, Qt::ControlModifier);
    keyboard::press(Qt::Key_Tab);
    keyboard::press(Qt::Key_Return);
    QTRY_COMPARE(bench.last().id, first);
    // The same by the message's menu.
    keyboard::press(Qt::Key_Up, Qt::ControlModifier);
    keyboard::press(Qt::Key_Down, Qt::ControlModifier);
    keyboard::press(Qt::Key_Return);
    QVERIFY(keyboard::choose(QStringLiteral("Next version")));
    QTRY_COMPARE(bench.last().id, second);
    // The question, edited.
    keyboard::press(Qt::Key_Up, Qt::ControlModifier);
    keyboard::press(Qt::Key_Return);
    QVERIFY(keyboard::choose(QStringLiteral("Edit")));
    QTRY_VERIFY(bench.message()->hasFocus());
    keyboard::press(Qt::Key_A, Qt::ControlModifier);
    keyboard::type(QStringLiteral("goodbye"));
    keyboard::press(Qt::Key_Return);
    QTRY_VERIFY(bench.last().id != second && bench.phase() == ReplyPhase::idle);
    QVERIFY(bench.transcript()->allText().startsWith(QStringLiteral("goodbye")));
    QCOMPARE(bench.chat->current()->messages().size(), size_t{5});
    // Up in the empty field edits the last question; Escape gives it up.
    keyboard::press(Qt::Key_Up);
    QCOMPARE(bench.message()->toPlainText(), QStringLiteral("goodbye"));
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.message()->toPlainText().isEmpty());
  }

  void writesTheSystemPrompt() {
    KeyboardBench bench;
    QVERIFY(bench.open());
    QVERIFY(keyboard::tabTo("System prompt"));
    keyboard::press(Qt::Key_Space);
    QCOMPARE(keyboard::focus()->objectName(), QStringLiteral("System prompt text"));
    keyboard::type(QStringLiteral("Be kind."));
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.message()->hasFocus());
    QCOMPARE(bench.chat->settings().systemPrompt, QStringLiteral("Be kind."));
  }

  void exports() {
    KeyboardBench bench;
    QVERIFY(bench.begin());
    QVERIFY(bench.say(QStringLiteral("hello")) && bench.waitIdle());
    const QString path = bench.directory.filePath(QStringLiteral("hello.md"));
    keyboard::press(Qt::Key_E, Qt::ControlModifier);
    QVERIFY(keyboard::choose(QStringLiteral("Markdown…")));
    QVERIFY(bench.typePath(path));
    QTRY_VERIFY(QFile::exists(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().contains(benchReply().toUtf8()));
  }

  void changesTheAppearance() {
    KeyboardBench bench;
    QVERIFY(bench.open());
    Theme::instance().setMode(Theme::Mode::light);
    QVERIFY(keyboard::tabTo("Settings"));
    keyboard::press(Qt::Key_Space);
    QTRY_VERIFY(QApplication::activeModalWidget() != nullptr);
    QPointer<QWidget> dialog = QApplication::activeModalWidget();
    for (int i = 0; i < 10 && qobject_cast<QRadioButton*>(keyboard::focus()) == nullptr; ++i) {
      keyboard::press(Qt::Key_Tab);
    }
    QVERIFY(qobject_cast<QRadioButton*>(keyboard::focus()) != nullptr);
    keyboard::press(Qt::Key_Down);
    QCOMPARE(Theme::instance().mode(), Theme::Mode::dark);
    keyboard::press(Qt::Key_Return);
    QTRY_VERIFY(dialog == nullptr);
    Theme::instance().setMode(Theme::Mode::light);
  }
};

QTEST_MAIN(ByKeyboard)
#include "test_window_keyboard.moc"
