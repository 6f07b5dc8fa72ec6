// The field that messages are written in: Enter, Shift+Enter, input methods, pasting, growing.
#include <QInputMethodEvent>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QUrl>

#include "composer/message_edit.h"
#include "theme/theme.h"

using namespace sotto::ui;

class TheMessageField : public QObject {
  Q_OBJECT

  // insertFromMimeData() as the clipboard calls it.
  class OpenEdit : public MessageEdit {
   public:
    using MessageEdit::canInsertFromMimeData;
    using MessageEdit::insertFromMimeData;
    using MessageEdit::MessageEdit;
  };
  std::unique_ptr<OpenEdit> edit_;

  void preedit(const QString& text) {
    QInputMethodEvent event(text, {});
    QApplication::sendEvent(edit_.get(), &event);
  }
  void commit(const QString& text) {
    QInputMethodEvent event;
    event.setCommitString(text);
    QApplication::sendEvent(edit_.get(), &event);
  }

 private slots:
  void initTestCase() { Theme::instance().install(); }
  void init() {
    edit_ = std::make_unique<OpenEdit>(nullptr);
    edit_->setFixedWidth(400);
    edit_->show();
    edit_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(edit_.get()));
    edit_->setFocus();
  }
  void cleanup() { edit_.reset(); }

  void enterSendsAndShiftEnterBreaksTheLine() {
    QSignalSpy submitted(edit_.get(), &MessageEdit::submitted);
    QTest::keyClicks(edit_.get(), QStringLiteral("a"));
    QTest::keyClick(edit_.get(), Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(edit_.get(), QStringLiteral("b"));
    QVERIFY(submitted.isEmpty());
    QTest::keyClick(edit_.get(), Qt::Key_Return);
    QCOMPARE(submitted.size(), 1);
    QTest::keyClick(edit_.get(), Qt::Key_Enter, Qt::KeypadModifier);
    QCOMPARE(submitted.size(), 2);
    QCOMPARE(edit_->toPlainText(), QStringLiteral("a\nb"));
  }

  void enterIsTheInputMethodsWhileItComposes() {
    QSignalSpy submitted(edit_.get(), &MessageEdit::submitted);
    preedit(QStringLiteral("nihao"));
    QVERIFY(edit_->composing());
    QTest::keyClick(edit_.get(), Qt::Key_Return);
    QVERIFY(submitted.isEmpty());
    QVERIFY(edit_->toPlainText().isEmpty());  // nor does it break the line
    commit(QString::fromUtf8("\u4f60\u597d"));
    QVERIFY(!edit_->composing());
    QCOMPARE(edit_->toPlainText(), QString::fromUtf8("\u4f60\u597d"));
    QTest::keyClick(edit_.get(), Qt::Key_Return);
    QCOMPARE(submitted.size(), 1);
  }

  void aPreeditThatIsDroppedGivesEnterBack() {
    QSignalSpy submitted(edit_.get(), &MessageEdit::submitted);
    preedit(QStringLiteral("ni"));
    preedit(QString());
    QTest::keyClick(edit_.get(), Qt::Key_Return);
    QCOMPARE(submitted.size(), 1);
  }

  void holdingEnterSendsOnce() {
    QSignalSpy submitted(edit_.get(), &MessageEdit::submitted);
    for (int i = 0; i < 3; ++i) {
      QKeyEvent press(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier, QStringLiteral("\r"), i > 0);
      QApplication::sendEvent(edit_.get(), &press);
    }
    QCOMPARE(submitted.size(), 1);
  }

  void growsWithItsTextUpToALimit() {
    edit_->setMaximumLines(4);
    const int one = edit_->height();
    edit_->setPlainText(QStringLiteral("a\nb\nc"));
    QTRY_VERIFY(edit_->height() > 2 * one);
    const int three = edit_->height();
    edit_->setPlainText(QStringLiteral("a\n").repeated(50));
    QTRY_VERIFY(edit_->height() > three);
    QVERIFY(edit_->height() <= 5 * one);
    edit_->clear();
    QTRY_COMPARE(edit_->height(), one);
  }

  void pastesPlainTextAndLeavesFilesToTheWindow() {
    OpenEdit open(nullptr);
    QMimeData rich;
    rich.setHtml(QStringLiteral("<b>bold</b><img src='x'>"));
    rich.setText(QStringLiteral("bold"));
    QVERIFY(open.canInsertFromMimeData(&rich));
    open.insertFromMimeData(&rich);
    QCOMPARE(open.toPlainText(), QStringLiteral("bold"));
    QMimeData file;
    file.setUrls({QUrl::fromLocalFile(QStringLiteral("/tmp/model.gguf"))});
    QVERIFY(!open.canInsertFromMimeData(&file));
  }

  // Megabytes are pasted in slices. Whoever asks for the text in between, or presses a key, gets all of it.
  void aLongTextIsPastedInSlices() {
    const QString text = QStringLiteral("a line of it\n").repeated(200'000);
    edit_->setPlainText(QStringLiteral("[]"));
    edit_->moveCursor(QTextCursor::End);
    edit_->moveCursor(QTextCursor::Left);
    QMimeData data;
    data.setText(text);
    edit_->insertFromMimeData(&data);
    QVERIFY(edit_->toPlainText().size() < text.size());
    QTRY_COMPARE(edit_->toPlainText(), u'[' + text + u']');
    edit_->undo();
    QCOMPARE(edit_->toPlainText(), QStringLiteral("[]"));
    edit_->insertFromMimeData(&data);
    QTest::keyClick(edit_.get(), '!');
    QCOMPARE(edit_->toPlainText(), u'[' + text + QStringLiteral("!]"));
    edit_->clear();
    edit_->insertFromMimeData(&data);
    edit_->settle();
    QCOMPARE(edit_->toPlainText(), text);
  }

  // The letters of a burst are laid out together, and are there for all who ask, in their order.
  void aBurstIsOneText_data() {
    QTest::addColumn<bool>("byInputMethod");
    QTest::newRow("keys") << false;
    QTest::newRow("input method") << true;
  }
  void aBurstIsOneText() {
    QFETCH(bool, byInputMethod);
    const QString before = QStringLiteral("long enough ").repeated(100);
    edit_->setPlainText(before);
    edit_->moveCursor(QTextCursor::End);
    QSignalSpy changed(edit_.get(), &QPlainTextEdit::textChanged);
    QSignalSpy submitted(edit_.get(), &MessageEdit::submitted);
    const auto burst = [&](const QString& text) {
      for (const QChar letter : text) {
        if (byInputMethod) {
          commit(letter);
        } else {
          QTest::keyClick(edit_.get(), letter.toLatin1());
        }
      }
    };
    burst(QStringLiteral("many words"));
    QCOMPARE(edit_->toPlainText(), before + QStringLiteral("many words"));
    QCOMPARE(changed.size(), 0);
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(edit_->viewport()->rect().intersects(edit_->cursorRect()));
    // What is no letter comes after those before it.
    burst(QStringLiteral("abc"));
    QTest::keyClick(edit_.get(), Qt::Key_Backspace);
    QTest::keyClick(edit_.get(), Qt::Key_Left);
    burst(QStringLiteral("d"));
    preedit(QStringLiteral("n"));
    commit(QStringLiteral("e"));
    QTest::keyClick(edit_.get(), Qt::Key_Return);
    QCOMPARE(submitted.size(), 1);
    QCOMPARE(edit_->toPlainText(), before + QStringLiteral("many wordsadeb"));
    // A selection is replaced by the first letter; a text that is set replaces what was typed before it.
    edit_->selectAll();
    burst(QStringLiteral("xy"));
    QCOMPARE(edit_->toPlainText(), QStringLiteral("xy"));
    edit_->setPlainText(before);
    burst(QStringLiteral("z"));
    edit_->setPlainText(QStringLiteral("other"));
    QCOMPARE(edit_->toPlainText(), QStringLiteral("other"));
  }

  void tabLeavesTheField() { QVERIFY(edit_->tabChangesFocus()); }
};

QTEST_MAIN(TheMessageField)
#include "test_message_edit.moc"
