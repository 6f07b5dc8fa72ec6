// Escape stops the reply from wherever the focus is, except where it means something else first.
// ctest: timeout=180
#include <QApplication>
#include <QInputMethodEvent>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QTest>
#include <QTextEdit>

#include "composer/message_edit.h"
#include "sampling/value_slider.h"
#include "support/ui/keyboard.h"
#include "support/ui/window_bench.h"
#include "transcript/transcript_view.h"

using namespace sotto::app;
using namespace sotto::test;
using namespace sotto::ui;

namespace {

// A window whose reply has written three tokens and waits.
class StreamingBench : public WindowBench {
 public:
  [[nodiscard]] bool stream() {
    if (chat == nullptr && !(open() && dropModel())) return false;
    pace->holdAfter(3);
    return type(QStringLiteral("go")) && waitTokens(3) && phase() == ReplyPhase::decode;
  }
  // Also after what a key may have asked for.
  [[nodiscard]] bool stillStreams() const {
    QTest::qWait(60);
    return phase() == ReplyPhase::decode;
  }
};

}  // namespace

class Escape : public QObject {
  Q_OBJECT

 private slots:
  void stopsFromAnyFocus_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"Message", "Temperature", "Temperature value", "Max tokens value", "Seed", "Preset",
                             "Conversations", "Transcript", "Filter conversations", "System prompt text", "New chat",
                             "Model", "Export", "Stop", "Settings", "Toggle sampling"}) {
      QTest::newRow(name) << QString::fromLatin1(name);
    }
  }
  void stopsFromAnyFocus() {
    QFETCH(QString, name);
    StreamingBench bench;
    QVERIFY(bench.open());
    bench.click("System prompt");
    QVERIFY(bench.dropModel() && bench.stream());
    auto* widget = bench.window->findChild<QWidget*>(name);
    QVERIFY(widget != nullptr && widget->isVisible());
    widget->setFocus(Qt::TabFocusReason);
    QVERIFY(widget->hasFocus());
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.last().stopReason == StopReason::stopped);
    QVERIFY(bench.find("System prompt text")->isVisible());  // one press, one thing
  }

  void stopsWhatIsTypedInAField() {
    // The first press stops, the second takes back what was typed.
    StreamingBench bench;
    QVERIFY(bench.stream());
    bench.find("Temperature value")->setFocus();
    keyboard::type(QStringLiteral("1.5"));
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.find<QLineEdit>("Temperature value")->text(), QStringLiteral("1.5"));
    keyboard::press(Qt::Key_Escape);
    QCOMPARE(bench.find<QLineEdit>("Temperature value")->text(), QStringLiteral("0.70"));
    QCOMPARE(bench.chat->settings().params.temperature, 0.7F);
  }

  void closesAMenuFirst() {
    StreamingBench bench;
    QVERIFY(bench.stream());
    for (const char* name : {"Model", "Preset", "Export", "Preset of the composer"}) {
      bench.find(name)->setFocus();
      keyboard::press(Qt::Key_Space);
      QTRY_VERIFY2(QApplication::activePopupWidget() != nullptr, name);
      keyboard::press(Qt::Key_Escape);
      QTRY_VERIFY2(QApplication::activePopupWidget() == nullptr, name);
      QVERIFY2(bench.stillStreams(), name);
      QVERIFY2(bench.find(name)->hasFocus(), name);
    }
    bench.transcript()->setFocus(Qt::TabFocusReason);
    keyboard::press(Qt::Key_Return);
    QTRY_VERIFY(QApplication::activePopupWidget() != nullptr);
    keyboard::press(Qt::Key_Escape);
    QTRY_VERIFY(QApplication::activePopupWidget() == nullptr);
    QVERIFY(bench.stillStreams());
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.waitIdle());
  }

  void closesADialogFirst() {
    StreamingBench bench;
    QVERIFY(bench.stream());
    keyboard::press(Qt::Key_O, Qt::ControlModifier);
    QTRY_VERIFY(QApplication::activeModalWidget() != nullptr);
    keyboard::press(Qt::Key_Escape);
    QTRY_VERIFY(QApplication::activeModalWidget() == nullptr);
    QVERIFY(bench.stillStreams());
    bench.click("Settings");
    QTRY_VERIFY(QApplication::activeModalWidget() != nullptr);
    keyboard::press(Qt::Key_Escape);
    QTRY_VERIFY(QApplication::activeModalWidget() == nullptr);
    QVERIFY(bench.stillStreams());
  }

  void givesUpARenameFirst() {
    StreamingBench bench;
    QVERIFY(bench.stream());
    QTRY_COMPARE(bench.titles(), QStringList{QStringLiteral("go")});
    keyboard::press(Qt::Key_F2);
    auto* editor = qobject_cast<QLineEdit*>(keyboard::focus());
    QVERIFY(editor != nullptr && bench.list()->isAncestorOf(editor));
    keyboard::type(QStringLiteral("another name"));
    keyboard::press(Qt::Key_Escape);
    QTRY_VERIFY(bench.list()->viewport()->findChild<QLineEdit*>() == nullptr);
    QVERIFY(bench.stillStreams());
    QCOMPARE(bench.titles(), QStringList{QStringLiteral("go")});
    QVERIFY(bench.list()->hasFocus());
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.waitIdle());
  }

  // An input method has its own use for the key, whichever field it writes into.
  void isTheInputMethodsWhileItComposes_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"Message", "Filter conversations", "System prompt text"}) {
      QTest::newRow(name) << QString::fromLatin1(name);
    }
  }
  void isTheInputMethodsWhileItComposes() {
    QFETCH(QString, name);
    StreamingBench bench;
    QVERIFY(bench.open());
    bench.click("System prompt");
    QVERIFY(bench.dropModel() && bench.stream());
    auto* field = bench.window->findChild<QWidget*>(name);
    field->setFocus();
    QInputMethodEvent composing(QStringLiteral("ni"), {});
    QApplication::sendEvent(field, &composing);
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.stillStreams());
    QVERIFY(field->hasFocus() && field->isVisible());
    QInputMethodEvent dropped;
    QApplication::sendEvent(field, &dropped);
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.last().stopReason == StopReason::stopped);
  }

  void meansNothingMoreAfterTheFieldIsLeft() {
    // What was composed when the focus went elsewhere does not keep Escape.
    StreamingBench bench;
    QVERIFY(bench.stream());
    bench.find("Filter conversations")->setFocus();
    QInputMethodEvent composing(QStringLiteral("ni"), {});
    QApplication::sendEvent(bench.find("Filter conversations"), &composing);
    bench.slider("Temperature")->setFocus();
    keyboard::press(Qt::Key_Escape);
    QVERIFY(bench.waitIdle());
  }
};

QTEST_MAIN(Escape)
#include "test_window_escape.moc"
