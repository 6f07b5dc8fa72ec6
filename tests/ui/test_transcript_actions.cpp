// What can be done with a message is under it, by pointer and by key; what happened to a reply is said in words.
#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "theme/theme.h"
#include "transcript/change_marks.h"
#include "translations.h"
#include "ui/transcript_support/pointer.h"

using namespace sotto::app;
using namespace sotto::ui;

namespace {

Message reply(MessageState state, StopReason reason = StopReason::none) {
  Message message;
  message.id = {7};
  message.role = Role::assistant;
  message.content = QStringLiteral("text");
  message.state = state;
  message.stopReason = reason;
  message.stats.generatedTokens = 512;
  return message;
}

QStringList words(const std::vector<ActionItem>& items, bool alwaysOnly = false) {
  QStringList result;
  for (const ActionItem& item : items) {
    if (!alwaysOnly || item.always) result << item.text;
  }
  return result;
}

TimelineEntry entry(int token, int offset, float temperature, int topK = 40) {
  TimelineEntry result;
  result.token = token;
  result.textOffset = offset;
  result.params.temperature = temperature;
  result.params.top_k = topK;
  return result;
}

}  // namespace

class TestTranscriptActions : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    Theme::instance().setMode(Theme::Mode::light);
    installTranslations(qApp);
  }

  void everyEndIsSaid() {
    const auto said = [](MessageState state, StopReason reason) { return endInWords(reply(state, reason)); };
    QCOMPARE(said(MessageState::complete, StopReason::end), QString());
    QCOMPARE(said(MessageState::complete, StopReason::stopped), QStringLiteral("Stopped by you"));
    QCOMPARE(said(MessageState::complete, StopReason::length), QStringLiteral("Reached the limit of 512 tokens"));
    QCOMPARE(said(MessageState::complete, StopReason::context),
             QStringLiteral("The context is full; start a new chat to go on"));
    QCOMPARE(said(MessageState::interrupted, StopReason::none), QStringLiteral("Interrupted before its end"));
    QCOMPARE(said(MessageState::streaming, StopReason::none), QString());
  }

  // Where the row has no room the figures go first; nothing that can be pressed stands outside.
  void aNarrowRowKeepsItsButtons() {
    MockSource source;
    source.addUser(QStringLiteral("Well?"));
    const MessageId id = source.addReply(QStringLiteral("text")).id;
    Message& message = source.messages.back();
    message.stopReason = StopReason::stopped;
    message.stats.generatedTokens = 170;
    message.stats.decodeSeconds = 1;
    TranscriptView view;
    view.resize(800, 400);
    view.setSource(&source);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    const int wide = view.actionRect(id, MessageAction::regenerate).left();
    view.resize(360, 400);
    QCoreApplication::processEvents();
    for (const MessageAction action : {MessageAction::continueReply, MessageAction::copy, MessageAction::regenerate}) {
      const QRect rect = view.actionRect(id, action);
      QVERIFY(!rect.isEmpty());
      QVERIFY2(rect.right() < view.viewport()->width() - 8, qPrintable(QString::number(rect.right())));
    }
    QVERIFY(view.actionRect(id, MessageAction::regenerate).left() < wide);
    view.setSource(nullptr);
  }

  void progressIsSaid() {
    ReplyStatus status;
    status.phase = ReplyPhase::prefill;
    status.promptDone = 512;
    status.promptTotal = 2048;
    QCOMPARE(progressInWords(status), QStringLiteral("Reading the prompt, 512 of 2,048 tokens"));
    status.phase = ReplyPhase::decode;
    status.generated = 212;
    status.tokensPerSecond = 39.62;
    QCOMPARE(progressInWords(status), QStringLiteral("212 tokens · 39.6 tok/s"));
    status.generated = 1;
    status.tokensPerSecond = 0;
    QCOMPARE(progressInWords(status), QStringLiteral("1 token"));
    status.phase = ReplyPhase::queued;
    QVERIFY(progressInWords(status).startsWith(QStringLiteral("Waits")));
  }

  void actionsFitTheMessage() {
    QCOMPARE(words(actionsOf(reply(MessageState::complete, StopReason::end), {}, {})),
             QStringList({QStringLiteral("512 tokens"), QStringLiteral("Copy"), QStringLiteral("Regenerate")}));
    QCOMPARE(words(actionsOf(reply(MessageState::complete, StopReason::stopped), {}, {}), true),
             QStringList({QStringLiteral("Stopped by you"), QStringLiteral("Continue")}));
    QCOMPARE(
        words(actionsOf(reply(MessageState::complete, StopReason::context), {}, {}), true),
        QStringList({QStringLiteral("The context is full; start a new chat to go on"), QStringLiteral("New chat")}));
    QVERIFY(words(actionsOf(reply(MessageState::interrupted), {}, {}), true).contains(QStringLiteral("Continue")));
    ReplyStatus queued;
    queued.phase = ReplyPhase::queued;
    queued.message = {7};
    QVERIFY(words(actionsOf(reply(MessageState::streaming), {}, queued), true).contains(QStringLiteral("Cancel")));
    QVERIFY(words(actionsOf(reply(MessageState::streaming), {}, {})).contains(QStringLiteral("Copy")));
    Message user;
    QCOMPARE(words(actionsOf(user, {}, {})), QStringList({QStringLiteral("Copy"), QStringLiteral("Edit")}));
  }

  void clicksOnActionsAskForThem() {
    Stage stage;
    stage.source.addUser(QStringLiteral("Question"));
    stage.source.addReply(QStringLiteral("Answer **one**"));
    stage.source.siblings = {{}, {1, 3, {41}, {43}}};
    stage.source.say(1);
    QSignalSpy regenerate(&stage.view, &TranscriptView::regenerateRequested);
    QSignalSpy version(&stage.view, &TranscriptView::versionRequested);
    QSignalSpy edit(&stage.view, &TranscriptView::editStarted);
    const auto click = [&](qint64 id, MessageAction action) {
      const QRect rect = stage.view.actionRect({id}, action);
      QVERIFY(!rect.isEmpty());
      stage.pointer.click(rect.center());
    };
    click(2, MessageAction::regenerate);
    QCOMPARE(regenerate.size(), 1);
    QCOMPARE(regenerate[0][0].value<MessageId>(), MessageId{2});
    click(2, MessageAction::previousVersion);
    click(2, MessageAction::nextVersion);
    QCOMPARE(version.size(), 2);
    QCOMPARE(version[0][0].value<MessageId>(), MessageId{41});
    QCOMPARE(version[1][0].value<MessageId>(), MessageId{43});
    click(1, MessageAction::edit);
    QCOMPARE(edit.size(), 1);
    QCOMPARE(edit[0][0].value<MessageId>(), MessageId{1});
    click(2, MessageAction::copy);
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("Answer one"));
    // A press that is let go elsewhere does nothing.
    stage.pointer.press(stage.view.actionRect({2}, MessageAction::regenerate).center());
    stage.pointer.release({5, 500});
    QCOMPARE(regenerate.size(), 1);
  }

  void aVersionThatIsNotThereCannotBePressed() {
    Stage stage;
    stage.source.addReply(QStringLiteral("Answer"));
    stage.source.siblings = {{0, 2, {}, {9}}};
    stage.source.say(0);
    QSignalSpy version(&stage.view, &TranscriptView::versionRequested);
    stage.pointer.click(stage.view.actionRect({1}, MessageAction::previousVersion).center());
    QCOMPARE(version.size(), 0);
    stage.pointer.click(stage.view.actionRect({1}, MessageAction::nextVersion).center());
    QCOMPARE(version.size(), 1);
  }

  void stoppedAndFailedRepliesOfferOneAction() {
    Stage stage;
    QSignalSpy goOn(&stage.view, &TranscriptView::continueRequested);
    QSignalSpy again(&stage.view, &TranscriptView::regenerateRequested);
    QSignalSpy cancel(&stage.view, &TranscriptView::cancelRequested);
    stage.source.addReply(QStringLiteral("Half")).stopReason = StopReason::stopped;
    stage.source.say(0);
    Message& failed = stage.source.addReply(QString());
    failed.state = MessageState::failed;
    failed.error = QStringLiteral("The prompt is 200 tokens too long for the context; shorten it or start a new chat.");
    stage.source.say(1);
    ReplyStatus queued;
    queued.phase = ReplyPhase::queued;
    queued.message = stage.source.beginReply().id;
    stage.source.setStatus(queued);
    stage.pointer.click(stage.view.actionRect({1}, MessageAction::continueReply).center());
    QCOMPARE(goOn.size(), 1);
    stage.pointer.click(stage.view.actionRect({2}, MessageAction::regenerate).center());
    QCOMPARE(again.size(), 1);
    stage.pointer.click(stage.view.actionRect({3}, MessageAction::cancel).center());
    QCOMPARE(cancel.size(), 1);
  }

  void aFullContextOffersANewChat() {
    Stage stage;
    QSignalSpy newChat(&stage.view, &TranscriptView::newChatRequested);
    QSignalSpy again(&stage.view, &TranscriptView::regenerateRequested);
    stage.source.addReply(QStringLiteral("As far as it")).stopReason = StopReason::context;
    stage.source.say(0);
    Message& failed = stage.source.addReply(QString());
    failed.state = MessageState::failed;
    failed.stopReason = StopReason::context;
    failed.error = QStringLiteral("The conversation is too long; start a new chat.");
    stage.source.say(1);
    stage.pointer.click(stage.view.actionRect({1}, MessageAction::newChat).center());
    stage.pointer.click(stage.view.actionRect({2}, MessageAction::newChat).center());
    QCOMPARE(newChat.size(), 2);
    QCOMPARE(newChat[1][0].value<MessageId>(), failed.id);
    stage.pointer.click(stage.view.actionRect({2}, MessageAction::regenerate).center());
    QCOMPARE(again.size(), 1);
  }

  void codeHasACopyOfItsOwn() {
    Stage stage;
    stage.source.addReply(
        QStringLiteral("Here:\n\n```python\nif x:\n    return *y\n```\n\nand\n\n1. item\n\n   ```\n   b\n   ```"));
    stage.pointer.click(stage.view.copyCodeRect({1}, 1).center());
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("if x:\n    return *y"));
    stage.pointer.click(stage.view.copyCodeRect({1}, 4).center());
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("b"));
  }

  void keysReachEveryAction() {
    Stage stage;
    stage.source.addUser(QStringLiteral("Question"));
    stage.source.addReply(QStringLiteral("Answer"));
    QSignalSpy regenerate(&stage.view, &TranscriptView::regenerateRequested);
    QSignalSpy edit(&stage.view, &TranscriptView::editStarted);
    stage.view.setFocus(Qt::TabFocusReason);
    QVERIFY(stage.view.hasFocus());
    QTest::keyClick(&stage.view, Qt::Key_Tab);  // Copy of the last reply
    QTest::keyClick(&stage.view, Qt::Key_Return);
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("Answer"));
    QTest::keyClick(&stage.view, Qt::Key_Right);
    QTest::keyClick(&stage.view, Qt::Key_Space);
    QCOMPARE(regenerate.size(), 1);
    QTest::keyClick(&stage.view, Qt::Key_Up, Qt::ControlModifier);  // the question
    QTest::keyClick(&stage.view, Qt::Key_Tab);
    QTest::keyClick(&stage.view, Qt::Key_Tab);
    QTest::keyClick(&stage.view, Qt::Key_Return);
    QCOMPARE(edit.size(), 1);
    QCOMPARE(edit[0][0].value<MessageId>(), MessageId{1});
  }

  void keysReachCodeAndLinks() {
    Stage stage;
    stage.source.addReply(QStringLiteral("See [the **docs**](https://a.b/c).\n\n```py\nx = 1\n```\n\nend"));
    QSignalSpy regenerate(&stage.view, &TranscriptView::regenerateRequested);
    stage.view.setFocus(Qt::TabFocusReason);
    const QImage before = stage.view.grab().toImage();
    QTest::keyClick(&stage.view, Qt::Key_Tab);
    QVERIFY(stage.view.grab().toImage() != before);  // the focus is seen
    QCOMPARE(stage.view.nameOf(0, *stage.view.focusedStop()), QStringLiteral("Link: the docs"));
    QTest::keyClick(&stage.view, Qt::Key_Return);
    auto* box = stage.view.findChild<QMessageBox*>(QStringLiteral("openLink"));
    QVERIFY(box != nullptr && box->informativeText().contains(QStringLiteral("https://a.b/c")));
    box->reject();
    QTest::keyClick(&stage.view, Qt::Key_Up, Qt::ControlModifier);
    QTest::keyClick(&stage.view, Qt::Key_Tab);
    QTest::keyClick(&stage.view, Qt::Key_Right);
    QCOMPARE(stage.view.nameOf(0, *stage.view.focusedStop()), QStringLiteral("Copy code"));
    QVERIFY(stage.view.rectOf(0, *stage.view.focusedStop()) == stage.view.copyCodeRect({1}, 1));
    QTest::keyClick(&stage.view, Qt::Key_Space);
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("x = 1"));
    QTest::keyClick(&stage.view, Qt::Key_Tab);  // Copy of the message
    QTest::keyClick(&stage.view, Qt::Key_Tab);
    QTest::keyClick(&stage.view, Qt::Key_Return);
    QCOMPARE(regenerate.size(), 1);
    for (int i = 0; i < 3; ++i) QTest::keyClick(&stage.view, Qt::Key_Backtab);
    QCOMPARE(stage.view.nameOf(0, *stage.view.focusedStop()), QStringLiteral("Link: the docs"));
    QTest::keyClick(&stage.view, Qt::Key_Backtab);
    QVERIFY(!stage.view.focusedStop());  // the message itself
  }

  void theFocusComesIntoView() {
    Stage stage;
    stage.source.addReply(QStringLiteral("```\nfirst\n```\n\n") + QStringLiteral("Words.\n\n").repeated(200) +
                          QStringLiteral("[far](https://a.b)"));
    stage.view.setFocus(Qt::TabFocusReason);
    const QRect window = stage.view.viewport()->rect();
    QTest::keyClick(&stage.view, Qt::Key_Tab);
    QVERIFY(window.contains(stage.view.rectOf(0, *stage.view.focusedStop())));
    QTest::keyClick(&stage.view, Qt::Key_Tab);
    QCOMPARE(stage.view.nameOf(0, *stage.view.focusedStop()), QStringLiteral("Link: far"));
    QVERIFY(window.contains(stage.view.rectOf(0, *stage.view.focusedStop())));
  }

  void aScreenReaderFindsWhatCanBePressed() {
    Stage stage;
    stage.source.addReply(QStringLiteral("[docs](https://a.b/c)\n\n```\nx\n```"));
    stage.view.setFocus(Qt::TabFocusReason);
    QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(&stage.view);
    QCOMPARE(accessible->childCount(), 4);  // the link, the code's Copy, Copy, Regenerate
    QCOMPARE(accessible->child(0)->role(), QAccessible::Link);
    QCOMPARE(accessible->child(0)->text(QAccessible::Name), QStringLiteral("Link: docs"));
    QCOMPARE(accessible->child(3)->text(QAccessible::Name), QStringLiteral("Regenerate"));
    QCOMPARE(accessible->indexOfChild(accessible->child(2)), 2);
    QTest::keyClick(&stage.view, Qt::Key_Tab);
    QVERIFY(accessible->child(0)->state().focused && !accessible->child(1)->state().focused);
    QCOMPARE(accessible->focusChild(), accessible->child(0));
    accessible->child(1)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
    QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("x"));
  }

  void aLinkToNowhereIsText() {
    Stage stage;
    stage.source.addReply(QStringLiteral("See [this]() and [that](<>)."));
    stage.view.setFocus(Qt::TabFocusReason);
    QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(&stage.view);
    QStringList names;
    for (int i = 0; i < accessible->childCount(); ++i) names << accessible->child(i)->text(QAccessible::Name);
    QCOMPARE(names, (QStringList{QStringLiteral("Copy"), QStringLiteral("Regenerate")}));
  }

  void theMenuOffersWhatIsThere() {
    Stage stage;
    stage.source.addReply(QStringLiteral("See [docs](https://a.b/c).\n\n```\ncode\n```"));
    const auto labels = [&](QPoint at) {
      std::unique_ptr<QMenu> menu(stage.view.menuAt(at));
      QStringList result;
      for (const QAction* action : menu->actions()) {
        if (!action->isSeparator()) result << action->text();
      }
      return result;
    };
    QStringList onLink = labels(stage.letter(1, 0, 6));
    QVERIFY(onLink.contains(QStringLiteral("Copy link address")));
    QVERIFY(onLink.contains(QStringLiteral("Regenerate")));
    QVERIFY(!onLink.contains(QStringLiteral("Copy as Markdown")));
    QVERIFY(labels(stage.letter(1, 1, 2)).contains(QStringLiteral("Copy code")));
    stage.view.selectAll();
    QVERIFY(labels(stage.letter(1, 0, 1)).contains(QStringLiteral("Copy as Markdown")));
  }

  void linksAreAskedAbout() {
    Stage stage;
    stage.source.addReply(QStringLiteral("See [docs](https://a.b/c) and [this](file:///etc/passwd)."));
    QSignalSpy opened(&stage.view, &TranscriptView::linkActivated);
    const auto box = [&] { return stage.view.findChild<QMessageBox*>(QStringLiteral("openLink")); };
    const auto pressButton = [&](const QString& text) {
      for (QAbstractButton* button : box()->buttons()) {
        if (button->text() == text) {
          button->click();
          return true;
        }
      }
      return false;
    };
    stage.pointer.click(stage.letter(1, 0, 6));
    QVERIFY(box() != nullptr);
    QVERIFY(box()->informativeText().contains(QStringLiteral("https://a.b/c")));
    QCOMPARE(opened.size(), 0);
    QVERIFY(pressButton(QStringLiteral("Open")));
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened[0][0].toUrl(), QUrl(QStringLiteral("https://a.b/c")));
    QTRY_VERIFY(box() == nullptr);
    stage.pointer.click(stage.letter(1, 0, 15));
    QVERIFY(box() != nullptr);
    QVERIFY(!pressButton(QStringLiteral("Open")));  // a file is never opened
    QVERIFY(pressButton(QStringLiteral("Cancel")));
    QCOMPARE(opened.size(), 1);
  }

  void marksSayWhatChangedAndWhere() {
    Message message = reply(MessageState::complete);
    message.content = QString(1000, u'x');
    message.timeline = {entry(0, 0, 0.7F), entry(30, 120, 0.35F)};
    QCOMPARE(changeMarks(message), (std::vector<ChangeMark>{{120, QStringLiteral("temperature 0.70 → 0.35")}}));
    // One drag, entries a token or a few apart, is one mark.
    message.timeline = {entry(0, 0, 0.7F), entry(30, 120, 0.6F), entry(31, 124, 0.5F), entry(35, 140, 0.4F),
                        entry(90, 400, 0.4F, 0)};
    QCOMPARE(changeMarks(message), (std::vector<ChangeMark>{{120, QStringLiteral("temperature 0.70 → 0.40")},
                                                            {400, QStringLiteral("top-k 40 → 0")}}));
    // Moved and moved back is nothing.
    message.timeline = {entry(0, 0, 0.7F), entry(30, 120, 0.6F), entry(32, 128, 0.7F)};
    QVERIFY(changeMarks(message).empty());
    TimelineEntry greedy = entry(40, 160, 0.7F);
    greedy.params.greedy = true;
    message.timeline = {entry(0, 0, 0.7F), greedy};
    QCOMPARE(changeMarks(message).front().text, QStringLiteral("temperature 0.70 → greedy"));
    // Without a place: in proportion.
    message.timeline = {entry(0, 0, 0.7F), entry(256, -1, 0.35F)};
    QCOMPARE(changeMarks(message).size(), size_t(1));
  }

  // A mark makes room for itself where the text is, not at its end.
  void marksStandAtTheirPlaceInTheText() {
    Stage stage;
    const QString text = QStringLiteral("First paragraph.\n\n1. one\n2. two\n\n") +
                         QStringLiteral("many words of a long paragraph ").repeated(20);
    stage.source.addReply(text);
    const auto top = [&](int block, int offset) { return stage.view.letterRect({1}, block, offset).top(); };
    const int second = top(2, 0);
    const int third = top(3, 0);
    const int last = top(3, 600);
    Message& message = stage.source.messages.back();
    message.timeline = {entry(0, 0, 0.7F), entry(9, int(text.indexOf(QStringLiteral("2. two"))), 0.35F)};
    stage.source.say(0);
    QVERIFY(top(1, 0) < second);
    QVERIFY(top(2, 0) >= second + 16);  // above the second item
    QCOMPARE(top(3, 0) - top(2, 0), third - second);
    // In the middle of a paragraph: below the line that it is in.
    message.timeline[1].textOffset = int(text.size()) - 300;
    stage.source.say(0);
    QCOMPARE(top(2, 0), second);
    QCOMPARE(top(3, 0), third);
    QCOMPARE(top(3, 600), last + 36);
  }

  // What grows behind a mark does not repeat it.
  void aMarkStaysOneWhileTheTextBehindItGrows_data() {
    QTest::addColumn<QString>("begin");
    QTest::addColumn<QString>("more");
    QTest::newRow("code") << QStringLiteral("First.\n\n```\nint a;\n") << QStringLiteral("int b;\n");
    QTest::newRow("paragraph") << QStringLiteral("First.\n\nMany words") << QStringLiteral(" of a long paragraph");
    QTest::newRow("item") << QStringLiteral("First.\n\n- one item") << QStringLiteral(" of a list");
    QTest::newRow("table") << QStringLiteral("First.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
                           << QStringLiteral("| 3 | 4 |\n");
  }
  void aMarkStaysOneWhileTheTextBehindItGrows() {
    QFETCH(QString, begin);
    QFETCH(QString, more);
    Stage stage;
    const MessageId id = stage.source.beginReply().id;
    stage.source.append(begin);
    stage.source.messages.back().timeline = {entry(0, 0, 0.7F), entry(9, int(begin.indexOf(u'\n')) + 2, 0.35F)};
    stage.source.say(0);
    for (int i = 0; i < 4; ++i) {
      stage.source.append(more);
      QTest::qWait(20);
      (void)stage.view.letterRect(id, 1, 0);
    }
    const int grown = stage.view.letterRect(id, 1, 0).top() - stage.view.letterRect(id, 0, 0).top();
    QVERIFY2(grown > 40, qPrintable(QString::number(grown)));
    stage.view.resize(500, stage.view.height());  // all is laid out anew
    QCoreApplication::processEvents();
    QCOMPARE(grown, stage.view.letterRect(id, 1, 0).top() - stage.view.letterRect(id, 0, 0).top());
  }

  void aScreenReaderFindsTheText() {
    Stage stage;
    stage.source.addUser(QStringLiteral("Question"));
    stage.source.addReply(QStringLiteral("The **answer**"));
    QCOMPARE(stage.view.objectName(), QStringLiteral("Transcript"));
    QAccessibleInterface* accessible = QAccessible::queryAccessibleInterface(&stage.view);
    QVERIFY(accessible != nullptr);
    QCOMPARE(accessible->text(QAccessible::Name), QStringLiteral("Transcript"));
    QVERIFY(accessible->textInterface() != nullptr);
    QCOMPARE(accessible->textInterface()->text(0, 1000), QStringLiteral("Question\n\nThe answer"));
  }
};

QTEST_MAIN(TestTranscriptActions)
#include "test_transcript_actions.moc"
