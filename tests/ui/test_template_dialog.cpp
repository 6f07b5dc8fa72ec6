// The chat template in the window: which one is used is said, another one is written, looked at, kept and reset; and
// whether the model thinks first.
// ctest: timeout=120
#include <QApplication>
#include <QDialog>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include "support/ui/window_bench.h"

using namespace sotto::app;
using namespace sotto::test;
using namespace sotto::ui;
using Origin = sotto::engine::TemplateUse::Origin;

class TestTemplateDialog : public QObject {
  Q_OBJECT

  QDialog* open(WindowBench& bench, const QString& entry) {
    if (!bench.clickMenu("Model", entry)) return nullptr;
    return bench.find<QDialog>("Chat template dialog");
  }
  static QString words(QDialog* dialog, const char* label) {
    return dialog->findChild<QLabel*>(QString::fromLatin1(label))->text();
  }

 private slots:
  void isChangedLookedAtKeptAndReset() {
    WindowBench bench;
    QVERIFY(bench.open() && bench.dropModel());
    QDialog* dialog = open(bench, QStringLiteral("Chat template: ChatML…"));
    QVERIFY(dialog != nullptr);
    QVERIFY(words(dialog, "Template origin").contains(QStringLiteral("ChatML")));
    auto* edit = dialog->findChild<QPlainTextEdit*>(QStringLiteral("Template text"));
    auto* preview = dialog->findChild<QPlainTextEdit*>(QStringLiteral("Template preview"));
    auto* save = dialog->findChild<QPushButton*>(QStringLiteral("Save template"));
    auto* reset = dialog->findChild<QPushButton*>(QStringLiteral("Reset template"));
    QCOMPARE(edit->toPlainText(), QString::fromStdString(chatml_template()));
    QTRY_VERIFY(preview->toPlainText().contains(QStringLiteral("<|im_start|>user\nHello!")));
    QVERIFY(!save->isEnabled() && !reset->isEnabled() && preview->isReadOnly());

    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, QStringLiteral("{% if %}"));
    auto* error = dialog->findChild<QLabel*>(QStringLiteral("Template error"));
    QTRY_VERIFY(error->isVisible());
    QVERIFY2(error->text().contains(QStringLiteral("line 1")), qPrintable(error->text()));
    QVERIFY(error->text().endsWith(QLatin1Char('.')));
    QVERIFY(!save->isEnabled());

    QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("Start from")), Qt::LeftButton);
    QVERIFY(WindowBench::clickEntry(QStringLiteral("Plain dialogue")));
    QTRY_VERIFY(save->isEnabled());
    QVERIFY(!error->isVisible());
    QVERIFY(preview->toPlainText().contains(QStringLiteral("User: Hello!")));
    QTest::mouseClick(save, Qt::LeftButton);
    QTRY_VERIFY(bench.find<QDialog>("Chat template dialog") == nullptr);
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::given);
    QVERIFY(bench.type(QStringLiteral("hello")) && bench.waitIdle());

    dialog = open(bench, QStringLiteral("Chat template: yours…"));
    QVERIFY(dialog != nullptr);
    QVERIFY(words(dialog, "Template origin").contains(QStringLiteral("you wrote")));
    reset = dialog->findChild<QPushButton*>(QStringLiteral("Reset template"));
    QVERIFY(reset->isEnabled());
    QTest::mouseClick(reset, Qt::LeftButton);
    QCOMPARE(dialog->findChild<QPlainTextEdit*>(QStringLiteral("Template text"))->toPlainText(),
             QString::fromStdString(chatml_template()));
    QVERIFY(!reset->isEnabled());
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::given);  // not before it is saved
    QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("Save template")), Qt::LeftButton);
    QTRY_VERIFY(bench.find<QDialog>("Chat template dialog") == nullptr);
    QCOMPARE(bench.chat->modelStatus().chatTemplate.origin, Origin::own);
  }

  // Neither Escape nor another model throws away what was typed.
  void keepsWhatWasTyped() {
    WindowBench bench;
    QVERIFY(bench.open() && bench.dropModel());
    QDialog* dialog = open(bench, QStringLiteral("Chat template: ChatML…"));
    QVERIFY(dialog != nullptr);
    auto* edit = dialog->findChild<QPlainTextEdit*>(QStringLiteral("Template text"));
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("Mine. "));
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(dialog->findChild<QMessageBox*>(QStringLiteral("Discard template")) != nullptr);
    auto* question = dialog->findChild<QMessageBox*>(QStringLiteral("Discard template"));
    QTRY_VERIFY(question->isVisible());
    QTest::keyClick(question, Qt::Key_Return);  // goes on
    QTRY_VERIFY(dialog->findChild<QMessageBox*>(QStringLiteral("Discard template")) == nullptr);
    QVERIFY(dialog->isVisible());

    // One that cannot be opened leaves all as it was.
    bench.chat->loadModel(bench.directory.filePath(QStringLiteral("missing.gguf")));
    auto* save = dialog->findChild<QPushButton*>(QStringLiteral("Save template"));
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QTRY_VERIFY(save->isEnabled());
    QVERIFY(!dialog->findChild<QLabel*>(QStringLiteral("Template error"))->isVisible());

    const QString other = bench.directory.filePath(QStringLiteral("other.gguf"));
    QVERIFY(QFile::copy(bench.model, other));
    bench.chat->loadModel(other);
    auto* error = dialog->findChild<QLabel*>(QStringLiteral("Template error"));
    QTRY_VERIFY(error->isVisible() && error->text().contains(QStringLiteral("Another model")));
    QTRY_COMPARE(bench.chat->modelStatus().state, ModelState::ready);
    QTest::qWait(400);  // the preview's time
    QVERIFY(dialog->isVisible() && edit->toPlainText().startsWith(QStringLiteral("Mine. ")));
    QVERIFY(!save->isEnabled());
    QVERIFY(error->isVisible());

    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(dialog->findChild<QMessageBox*>(QStringLiteral("Discard template")) != nullptr);
    for (QAbstractButton* button : dialog->findChild<QMessageBox*>(QStringLiteral("Discard template"))->buttons()) {
      if (button->text() == QStringLiteral("Discard")) QTest::mouseClick(button, Qt::LeftButton);
    }
    QTRY_VERIFY(bench.find<QDialog>("Chat template dialog") == nullptr);
  }

  void closesWithItsModel() {
    WindowBench bench;
    QVERIFY(bench.open() && bench.dropModel());
    QVERIFY(open(bench, QStringLiteral("Chat template: ChatML…")) != nullptr);
    const QString other = bench.directory.filePath(QStringLiteral("other.gguf"));
    QVERIFY(QFile::copy(bench.model, other));
    bench.chat->loadModel(other);
    QTRY_VERIFY(bench.find<QDialog>("Chat template dialog") == nullptr);
  }

  void saysThatThereIsNone() {
    Script plain = script("A voice.");
    plain.text.chat_template.clear();
    WindowBench bench(plain);
    QVERIFY(bench.open() && bench.dropModel());
    QDialog* dialog = open(bench, QStringLiteral("Chat template: none…"));
    QVERIFY(dialog != nullptr);
    QVERIFY(words(dialog, "Template origin").contains(QStringLiteral("no template")));
    QVERIFY(!dialog->findChild<QPushButton*>(QStringLiteral("Save template"))->isEnabled());
  }

  void thinkingIsSwitchedInTheComposer() {
    {
      WindowBench bench;
      QVERIFY(bench.open() && bench.dropModel());
      QVERIFY(!bench.find<QPushButton>("Thinking")->isVisible());
    }
    Script made = script("<think>Hm.</think>Yes.");
    made.text.chat_template =
        chatml_template() + "{% if enable_thinking is defined and not enable_thinking %}x{% endif %}";
    WindowBench bench(made);
    QVERIFY(bench.open() && bench.dropModel());
    auto* thinking = bench.find<QPushButton>("Thinking");
    QVERIFY(thinking->isVisible() && thinking->isChecked());
    bench.click("Thinking");
    QVERIFY(!thinking->isChecked());
    QCOMPARE(bench.chat->settings().thinking, std::optional(false));
    bench.click("Thinking");
    QVERIFY(thinking->isChecked());
    QCOMPARE(bench.chat->settings().thinking, std::optional<bool>());
    bench.click("Thinking");
    QVERIFY(bench.type(QStringLiteral("hello")) && bench.waitIdle());
    bench.click("New chat");
    QTRY_VERIFY(thinking->isChecked());  // as the template has it
  }
};

QTEST_MAIN(TestTemplateDialog)
#include "test_template_dialog.moc"
