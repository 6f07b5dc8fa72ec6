// The window without a model, with one that cannot be opened, while loading, narrow, and from one start to the next.
// ctest: timeout=180
#include <QtTest/qtestspontaneevent.h>
#include <QAccessible>
#include <QFileDialog>
#include <QInputMethodEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include "column_layout.h"
#include "composer/composer.h"
#include "composer/message_edit.h"
#include "conversation_pane.h"
#include "dialogs/export_flow.h"
#include "dialogs/page_dialog.h"
#include "header_bar.h"
#include "notice_bar.h"
#include "sampling/sampling_panel.h"
#include "sampling/value_slider.h"
#include "sidebar/conversation_list.h"
#include "sidebar/conversation_list_model.h"
#include "sidebar/sidebar.h"
#include "support/ui/window_bench.h"
#include "transcript/transcript_view.h"

using namespace sotto::app;
using namespace sotto::test;
using namespace sotto::ui;

class TheWindowsStates : public QObject {
  Q_OBJECT
 private slots:
  // What the engine then does is MessagesGetReplies' matter.
  void whatIsBeingWrittenIsReadAhead() {
    WindowBench bench;
    QVERIFY(bench.open() && bench.dropModel());
    QTest::keyClicks(bench.message(), QStringLiteral("this is a message which takes some time to write, but not long"));
    QTest::qWait(1000);
    QTest::keyClick(bench.message(), Qt::Key_Return);
    QTRY_VERIFY(bench.chat->currentId().valid());
    QVERIFY(bench.waitIdle());
    const Message reply = bench.last();
    QVERIFY2(reply.stats.reusedTokens > reply.stats.promptTokens / 2,
             qPrintable(QString::number(reply.stats.reusedTokens)));
  }

  void saysWhatToDoWithoutAModel() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.find("Welcome")->isVisible());
    QVERIFY(bench.find("Open a model")->isVisible());
    // Three models by name and size; their pages are opened only after asking.
    auto* starter = bench.find<QPushButton>("Llama 3.2 1B Instruct");
    QVERIFY(starter != nullptr && starter->isVisible());
    QVERIFY(starter->accessibleName().contains(QStringLiteral("810 MB")));
    QTest::mouseClick(starter, Qt::LeftButton);
    auto* page = bench.window->findChild<PageDialog*>();
    QVERIFY(page != nullptr && page->isVisible());
    QVERIFY(page->findChild<QLineEdit*>()->text().startsWith(QStringLiteral("https://huggingface.co/")));
    page->reject();

    // The text is kept, and Open a model still offered.
    bench.message()->setFocus();
    QTest::keyClicks(bench.message(), QStringLiteral("are you there"));
    QTest::keyClick(bench.message(), Qt::Key_Return);
    QCOMPARE(bench.message()->toPlainText(), QStringLiteral("are you there"));
    QVERIFY(bench.chat->current()->messages().empty());
    bench.click("Open a model");
    auto* dialog = bench.find<QFileDialog>("Open model dialog");
    QVERIFY(dialog != nullptr);
    dialog->selectFile(bench.model);
    QMetaObject::invokeMethod(dialog, "accept");
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QVERIFY(!bench.find("Open model")->isVisible());
    QVERIFY(!bench.find("Open a model")->isVisible());
    QTest::keyClick(bench.message(), Qt::Key_Return);
    QTRY_VERIFY(!bench.chat->current()->messages().empty());
    QVERIFY(bench.message()->toPlainText().isEmpty());
  }

  void offersAModelBelowAConversationThatHasNone() {
    WindowBench bench;
    QVERIFY(bench.open() && bench.dropModel());
    QVERIFY(bench.type(QStringLiteral("hello")) && bench.waitIdle());
    bench.close();
    QVERIFY(QFile::remove(bench.model));
    QVERIFY(bench.open());
    QTRY_VERIFY(!bench.chat->current()->messages().empty());
    QTRY_VERIFY(bench.find("Open model")->isVisible());
    QVERIFY(!bench.find("Open a model")->isVisible());
    bench.click("New chat");
    QVERIFY(!bench.find("Open model")->isVisible());
    QVERIFY(bench.find("Open a model")->isVisible());
  }

  void saysWhyAModelCannotBeOpened() {
    WindowBench bench;
    const QString broken = bench.directory.filePath(QStringLiteral("broken.gguf"));
    QFile file(broken);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("this is not a model");
    file.close();
    QVERIFY(bench.open({.model = broken}));
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::failed);
    QVERIFY(!bench.notice().isEmpty());
    QCOMPARE(bench.notice(), bench.chat->modelStatus().error);
    QCOMPARE(bench.window->pane()->notice()->kind(), NoticeBar::Kind::error);
    QVERIFY(QApplication::activeModalWidget() == nullptr);
    // One button for another model is enough.
    QVERIFY(bench.find("Open a model")->isVisible());
    QVERIFY(!bench.find("Open model")->isVisible());
    QVERIFY(!bench.find("Notice action")->isVisible());
    // A model that opens takes the message away.
    QVERIFY(bench.dropModel());
    QVERIFY(bench.notice().isEmpty());
  }

  void aModelThatCannotBeOpenedLeavesTheOneThatIs() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    const QString chip = bench.find<QPushButton>("Model")->text();
    bench.chat->loadModel(QStringLiteral("/nowhere/other.gguf"));
    QTRY_VERIFY(!bench.notice().isEmpty());
    QCOMPARE(bench.window->pane()->notice()->kind(), NoticeBar::Kind::error);
    QVERIFY(bench.notice().contains(QStringLiteral("/nowhere/other.gguf")));
    QCOMPARE(bench.find<QPushButton>("Model")->text(), chip);
    QVERIFY(!bench.find("Open model")->isVisible());
  }

  void beginsWithTheStarterModel() {
    WindowBench bench;
    bench.starter = bench.model;
    QVERIFY(bench.open());
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    const auto* welcome = bench.find("Welcome");
    QVERIFY(welcome->isVisible());
    const QList<QLabel*> labels = welcome->findChildren<QLabel*>();
    QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
      const int line = label->fontMetrics().lineSpacing();
      return label->isVisible() && label->text().contains(QStringLiteral("tiny demonstration model")) &&
             label->height() < 2 * line;
    }));
    QVERIFY(bench.find("Open a model")->isVisible());
    QVERIFY(bench.type(QStringLiteral("hello")) && bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
    // A model of one's own takes its place; it can be chosen again.
    const QString own = bench.directory.filePath(QStringLiteral("own.gguf"));
    QVERIFY(QFile::copy(bench.model, own));
    bench.chat->loadModel(own);
    QTRY_COMPARE(bench.chat->modelStatus().path, own);
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    bench.chat->newConversation();
    QTRY_VERIFY(!bench.find("Open a model")->isVisible());
    bench.find("New chat")->setFocus();
    QVERIFY(!bench.window->pane()->composer()->message()->hasFocus());
    QVERIFY(bench.clickMenu("Model", QStringLiteral("Starter model · built in")));
    QTRY_VERIFY(bench.window->pane()->composer()->message()->hasFocus());  // to write to it
    QTRY_COMPARE(bench.chat->modelStatus().path, bench.starter);
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
  }

  void offersTheStarterModelWhenTheLastOneIsGone() {
    WindowBench bench;
    bench.starter = bench.directory.filePath(QStringLiteral("starter.gguf"));
    QVERIFY(QFile::copy(bench.model, bench.starter));
    QVERIFY(bench.open() && bench.dropModel());
    QVERIFY(!bench.find("Use the starter model")->isVisible());
    bench.close();
    QVERIFY(QFile::remove(bench.model));
    QVERIFY(bench.open());
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::failed);
    QVERIFY(!bench.notice().isEmpty());
    bench.click("Use the starter model");
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QCOMPARE(bench.chat->modelStatus().path, bench.starter);
    QVERIFY(bench.notice().isEmpty());
    QVERIFY(!bench.find("Use the starter model")->isVisible());
  }

  void whatNoLongerFitsGoesToANewChat() {
    Script small = script(benchReply().toStdString());
    small.context = 256;
    WindowBench bench(small);
    QVERIFY(bench.open() && bench.dropModel());
    const QString question = QStringLiteral("much too long ").repeated(100);
    QVERIFY(bench.chat->send(question) && bench.waitIdle());
    QVERIFY(bench.last().state == MessageState::failed);
    const ConversationId full = bench.chat->currentId();
    bench.clickAction(bench.last().id, MessageAction::newChat);
    QTRY_VERIFY(bench.chat->currentId() != full);
    QVERIFY(bench.chat->current()->messages().empty());
    QCOMPARE(bench.message()->toPlainText(), question);
    QVERIFY(bench.message()->hasFocus());
  }

  void anErrorComesBackAfterAPlainNotice() {
    NoticeBar bar(nullptr);
    bar.say(NoticeBar::Kind::error, QStringLiteral("The disk is full."));
    bar.say(NoticeBar::Kind::plain, QStringLiteral("Exported."), {}, {}, 20);
    QCOMPARE(bar.sentence(), QStringLiteral("Exported."));
    QTRY_COMPARE(bar.sentence(), QStringLiteral("The disk is full."));
    QCOMPARE(bar.kind(), NoticeBar::Kind::error);
    bar.say(NoticeBar::Kind::plain, QStringLiteral("Exported."), {}, {}, 20);
    bar.withdraw(QStringLiteral("The disk is full."));
    QTRY_VERIFY(bar.sentence().isEmpty());
  }

  void loadingCanBeCancelled() {
    WindowBench bench;
    QVERIFY(bench.open());
    bench.pace->hold(Pace::Stage::load);
    bench.chat->loadModel(bench.model);
    QTRY_VERIFY(bench.pace->waiting());
    QVERIFY(bench.find<QPushButton>("Model")->text().startsWith(QStringLiteral("Loading")));
    auto* cancel = bench.find<QToolButton>("Cancel loading");
    QVERIFY(cancel->isVisible());
    QTest::mouseClick(cancel, Qt::LeftButton);
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::none);
    QVERIFY(!cancel->isVisible());
  }

  void aLostModelIsSaid() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    bench.close();
    QVERIFY(QFile::remove(bench.model));
    QVERIFY(bench.open());
    QTRY_VERIFY(!bench.notice().isEmpty());
    QVERIFY2(bench.notice().contains(QStringLiteral("scripted")), qPrintable(bench.notice()));
  }

  void neverSendsWhileAnInputMethodComposes() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    bench.message()->setFocus();
    QInputMethodEvent composing(QStringLiteral("nihao"), {});
    QApplication::sendEvent(bench.message(), &composing);
    QTest::keyClick(bench.message(), Qt::Key_Return);
    QTest::qWait(50);
    QVERIFY(bench.chat->current()->messages().empty());
    QInputMethodEvent committed;
    committed.setCommitString(QString::fromUtf8("\u4f60\u597d"));
    QApplication::sendEvent(bench.message(), &committed);
    QTest::keyClick(bench.message(), Qt::Key_Return);
    QTRY_VERIFY(!bench.chat->current()->messages().empty());
    QCOMPARE(bench.chat->current()->messages().front().content, QString::fromUtf8("\u4f60\u597d"));
  }

  void escapeIsTheInputMethodsWhileItComposes() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    bench.pace->holdAfter(3);
    QVERIFY(bench.type(QStringLiteral("go")));
    QVERIFY(bench.waitTokens(3));
    bench.message()->setFocus();
    QInputMethodEvent composing(QStringLiteral("ni"), {});
    QApplication::sendEvent(bench.message(), &composing);
    QTest::keyClick(bench.message(), Qt::Key_Escape);
    QVERIFY(bench.phase() != ReplyPhase::idle);
    QInputMethodEvent dropped;
    QApplication::sendEvent(bench.message(), &dropped);
    QTest::keyClick(bench.message(), Qt::Key_Escape);
    bench.pace->release();
    QVERIFY(bench.waitIdle());
    QVERIFY(bench.last().stopReason == StopReason::stopped);
  }

  void theWheelChangesNoParameterWithoutFocus() {
    WindowBench bench;
    QVERIFY(bench.open());
    const ConversationSettings before = bench.chat->settings();
    bench.message()->setFocus();
    const auto controls = bench.window->sampling()->findChildren<QWidget*>();
    for (QWidget* control : controls) {
      if (!control->isVisible()) continue;
      const QPointF at = control->rect().center();
      QWheelEvent event(at, control->mapToGlobal(at), {}, {0, 240}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase,
                        false);
      QSpontaneKeyEvent::setSpontaneous(&event);
      qApp->notify(control, &event);
    }
    QVERIFY(bench.chat->settings() == before);
    QVERIFY(bench.message()->hasFocus());
  }

  void aStormOfDraggingStaysOneEntryAToken() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    bench.pace->slow(std::chrono::milliseconds(2));
    QVERIFY(bench.type(QStringLiteral("go")));
    QVERIFY(bench.waitTokens(1));
    ValueSlider* slider = bench.slider("Temperature");
    QTest::mousePress(slider, Qt::LeftButton, {}, bench.thumbAt(slider, slider->amount()));
    QElapsedTimer clock;
    clock.start();
    qint64 slowest = 0;
    for (int i = 0; i < 1500 && bench.phase() != ReplyPhase::idle; ++i) {
      const qint64 from = clock.elapsed();
      QTest::mouseMove(slider, bench.thumbAt(slider, (i % 90) / 60.0 + 0.05), 0);
      QCoreApplication::processEvents();
      slowest = std::max(slowest, clock.elapsed() - from);
    }
    QTest::mouseRelease(slider, Qt::LeftButton, {}, bench.thumbAt(slider, 0.4));
    QVERIFY(bench.waitIdle());
    const Message reply = bench.last();
    QCOMPARE(reply.content, benchReply());
    QVERIFY(reply.timeline.size() >= 3);
    for (size_t i = 1; i < reply.timeline.size(); ++i) {
      QVERIFY(reply.timeline[i].token > reply.timeline[i - 1].token);
    }
    QVERIFY(reply.timeline.back().token < static_cast<int>(reply.tokens.size()));
    QVERIFY2(slowest < 500, qPrintable(QString::number(slowest)));  // the window answers all the time
  }

  void waitingRepliesAreSeenAndCanBeCancelled() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    bench.pace->holdAfter(4);
    QVERIFY(bench.type(QStringLiteral("first")));
    QVERIFY(bench.waitTokens(4));
    const ConversationId first = bench.chat->currentId();
    bench.click("New chat");
    QVERIFY(bench.type(QStringLiteral("second")));
    QTRY_COMPARE(bench.phase(), ReplyPhase::queued);
    QVERIFY(bench.chat->replyStatus(first).phase != ReplyPhase::idle);  // switching stops nothing
    QTRY_COMPARE(bench.list()->currentIndex().data(ConversationListModel::detailRole).toString(),
                 QStringLiteral("waiting"));
    bench.click("Stop");
    QTRY_COMPARE(bench.phase(), ReplyPhase::idle);
    QVERIFY(bench.chat->replyStatus(first).phase != ReplyPhase::idle);
    bench.pace->release();
    bench.chat->openConversation(first);
    QVERIFY(bench.waitIdle());
    QCOMPARE(bench.last().content, benchReply());
  }

  void deletingShowsTheNeighbour() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    for (const char* text : {"first", "second", "third"}) {
      bench.click("New chat");
      QVERIFY(bench.type(QLatin1String(text)));
      QVERIFY(bench.waitIdle());
    }
    QVERIFY(bench.reopen());  // none of them is in memory
    QTRY_COMPARE(bench.titles().size(), 3);
    const auto shown = [&] { return bench.transcript()->allText().section(QLatin1Char('\n'), 0, 0); };
    QTRY_COMPARE(shown(), QStringLiteral("third"));
    bench.window->sidebar()->list()->openNeighbour(1);
    QTRY_COMPARE(shown(), QStringLiteral("second"));
    bench.window->sidebar()->list()->deleteCurrent();
    QTRY_COMPARE(shown(), QStringLiteral("first"));
    bench.window->sidebar()->list()->deleteCurrent();
    QTRY_COMPARE(shown(), QStringLiteral("third"));
    QCOMPARE(bench.titles(), QStringList{QStringLiteral("third")});
  }

  void deletingOffersUndo() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    QVERIFY(bench.type(QStringLiteral("keep me")));
    QVERIFY(bench.waitIdle());
    bench.window->sidebar()->list()->deleteCurrent();
    QTRY_VERIFY(bench.titles().isEmpty());
    QTRY_VERIFY(!bench.chat->currentId().valid());
    bench.click("Notice action");
    QTRY_COMPARE(bench.titles(), QStringList{QStringLiteral("keep me")});
    QTRY_VERIFY(bench.chat->currentId().valid());  // what was open is open again
    QVERIFY(bench.chat->current()->messages().size() == 2);
  }

  void becomesNarrow() {
    WindowBench bench;
    QVERIFY(bench.open());
    bench.window->resize(900, 700);
    QVERIFY(!bench.slider("Temperature")->isVisible());
    QVERIFY(bench.list()->isVisible());
    QTest::mouseClick(bench.find<QToolButton>("Toggle sampling"), Qt::LeftButton);
    QTRY_VERIFY(bench.slider("Temperature")->isVisible());
    QTest::keyClick(bench.message(), Qt::Key_Escape);
    QTRY_VERIFY(!bench.slider("Temperature")->isVisible());
    bench.window->resize(400, 640);
    QVERIFY(!bench.list()->isVisible());
    QCOMPARE(bench.window->width(), 400);  // nothing forces it wider
    for (const char* name : {"Message", "Model", "Export", "Send"}) {
      auto* control = bench.find<QWidget>(name);
      QVERIFY2(control->isVisible(), name);
      const QRect at(control->mapTo(bench.window.get(), QPoint()), control->size());
      QVERIFY2(bench.window->rect().contains(at), name);
    }
    QTest::keyClick(bench.message(), Qt::Key_B, Qt::ControlModifier);
    QTRY_VERIFY(bench.list()->isVisible());
  }

  void remembersHowItWasLeft() {
    WindowBench bench;
    QVERIFY(bench.open());
    QTest::keyClick(bench.window.get(), Qt::Key_B, Qt::ControlModifier);
    bench.window->resize(1111, 777);
    bench.close();
    // The bench gives every window a size, so ask a window of its own.
    ChatController controller({.dataDir = bench.dataDir});
    MainWindow window(&controller,
                      {.dataDir = bench.dataDir, .stateFile = bench.directory.filePath(QStringLiteral("window.json"))});
    QVERIFY(!window.columns()->wanted(ColumnLayout::Side::left));
    QVERIFY(window.columns()->wanted(ColumnLayout::Side::right));
    QCOMPARE(window.size(), QSize(1111, 777));
  }

  void draftsStayWithTheirConversation() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    QVERIFY(bench.type(QStringLiteral("one")));
    QVERIFY(bench.waitIdle());
    const ConversationId first = bench.chat->currentId();
    QTest::keyClicks(bench.message(), QStringLiteral("for the first"));
    bench.click("New chat");
    QVERIFY(bench.message()->toPlainText().isEmpty());
    QTest::keyClicks(bench.message(), QStringLiteral("for a new one"));
    bench.chat->openConversation(first);
    QTRY_COMPARE(bench.message()->toPlainText(), QStringLiteral("for the first"));
    QVERIFY(bench.reopen());
    QTRY_COMPARE(bench.message()->toPlainText(), QStringLiteral("for the first"));
    bench.click("New chat");
    QTRY_COMPARE(bench.message()->toPlainText(), QStringLiteral("for a new one"));
  }

  void exportsNeverOverAFileWithoutAsking() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    QVERIFY(bench.type(QStringLiteral("one")));
    QVERIFY(bench.waitIdle());
    const QString path = bench.directory.filePath(QStringLiteral("taken.md"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("precious");
    file.close();
    const auto choose = [&](const char* answer) {
      emit bench.window->pane()->header()->exportRequested(QStringLiteral("md"), false);
      auto* dialog = bench.find<QFileDialog>("Export conversation");
      dialog->selectFile(path);
      QMetaObject::invokeMethod(dialog, "accept");
      QTRY_VERIFY(bench.find<QDialog>("Confirm") != nullptr);
      bench.click(answer);
      QTRY_VERIFY(bench.find<QDialog>("Confirm") == nullptr &&
                  bench.find<QFileDialog>("Export conversation") == nullptr);
    };
    const auto content = [&] {
      QFile now(path);
      return now.open(QIODevice::ReadOnly) ? now.readAll() : QByteArray();
    };
    choose("Cancel");
    QTest::qWait(100);
    QCOMPARE(content(), QByteArray("precious"));
    choose("Accept");
    QTRY_VERIFY(content().contains("one"));
  }

  void theSystemPromptBelongsToTheConversation() {
    WindowBench bench;
    QVERIFY(bench.open());
    QVERIFY(bench.dropModel());
    bench.click("System prompt");
    auto* text = bench.find<QTextEdit>("System prompt text");
    QVERIFY(text->isVisible());
    QTest::keyClicks(text, QStringLiteral("Be brief."));
    bench.click("Close system prompt");
    QVERIFY(bench.message()->hasFocus());
    QVERIFY(bench.type(QStringLiteral("one")));
    QVERIFY(bench.waitIdle());
    bench.click("New chat");
    QVERIFY(bench.chat->settings().systemPrompt.isEmpty());
    QVERIFY(bench.reopen());
    bench.window->sidebar()->list()->openNeighbour(1);
    QTRY_COMPARE(bench.chat->settings().systemPrompt, QStringLiteral("Be brief."));
  }

  void mainControlsHaveTheirEnglishNames() {
    WindowBench bench;
    QVERIFY(bench.open());
    for (const char* name : {"Message", "Send", "Stop", "Continue", "Temperature", "Top-p", "Top-k", "Min-p", "Seed",
                             "Preset", "Model", "Conversations", "Transcript", "New chat", "Export"}) {
      const auto found = bench.window->findChildren<QWidget*>(QString::fromLatin1(name));
      QVERIFY2(found.size() == 1, name);
      QCOMPARE(found.front()->accessibleName(), QString::fromLatin1(name));
      QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(found.front());
      QVERIFY2(accessible != nullptr && accessible->text(QAccessible::Name) == QLatin1String(name), name);
    }
    // The transcript's own interface, whoever asked first.
    QCOMPARE(QAccessible::queryAccessibleInterface(bench.transcript())->role(), QAccessible::Document);
  }
};

QTEST_MAIN(TheWindowsStates)
#include "test_window_states.moc"
