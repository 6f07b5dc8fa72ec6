// A person's whole way through the window, by typing and by mouse. What came of it is read from the database by a
// connection of the test's own.
// ctest: timeout=180
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTest>
#include <QTextEdit>

#include "composer/message_edit.h"
#include "sampling/value_slider.h"
#include "sidebar/conversation_list_model.h"
#include "support/ui/window_bench.h"
#include "transcript/change_marks.h"
#include "transcript/transcript_view.h"
#include "transfer/conversation_json.h"

using namespace sotto::app;
using namespace sotto::test;
using namespace sotto::ui;

namespace {

constexpr int kWords = 60;

// "a0 b1 a2": each step of the model is a word that ends with the step's number; which letter, sampling decides.
// True when the steps are all there from the first on, once and in order.
bool stepByStep(const QString& content, int words) {
  const QStringList all = content.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  for (int i = 0; i < all.size(); ++i) {
    if (all[i].mid(1) != QString::number(i)) return false;
  }
  return all.size() == words;
}

bool likeliest(const QStringList& words, int from, int to) {
  for (int i = from; i < to; ++i) {
    if (!words[i].startsWith(QLatin1Char('a'))) return false;
  }
  return true;
}

}  // namespace

// One person, one run of the program and a second: every test goes on where the one before it ended.
class TheWholeWay : public QObject {
  Q_OBJECT

  std::unique_ptr<WindowBench> bench_;
  bool broken_ = false;
  double cold_ = 0;  // the temperature that it begins with
  ConversationId first_;
  MessageId question_, reply_, second_;
  QString whole_, other_, branch_;

  [[nodiscard]] QString ofMessage(MessageId id, const QString& what) const {
    return bench_->sql(QStringLiteral("SELECT %1 FROM v_messages WHERE message_id = %2").arg(what).arg(id.value));
  }
  [[nodiscard]] QString shown() const { return bench_->transcript()->allText(); }
  [[nodiscard]] QString file(const QString& name) const { return bench_->directory.filePath(name); }
  [[nodiscard]] QByteArray content(const QString& name) const {
    QFile file(this->file(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }

 private slots:
  void initTestCase() {
    // Cold, the model takes " a0 a1 a2 ..."; hot, any letter.
    bench_ = std::make_unique<WindowBench>(branching_script(kWords, 4, 1));
    QVERIFY(bench_->open());
  }
  void init() {
    if (broken_) QSKIP("the way ended before");
  }
  void cleanup() { broken_ = broken_ || QTest::currentTestFailed(); }
  void cleanupTestCase() { bench_.reset(); }

  void opensAModelFromItsMenu() {
    QVERIFY(bench_->clickMenu("Model", QStringLiteral("Open model…")));
    QVERIFY(bench_->typeFile("Open model dialog", bench_->model));
    QTRY_COMPARE(bench_->chat->modelStatus().state, ModelState::ready);
    QVERIFY(bench_->find<QPushButton>("Model")->text().startsWith(QStringLiteral("scripted")));
  }

  void sendsAndSeesTokens() {
    bench_->drag(bench_->slider("Temperature"), 0.1);
    cold_ = bench_->slider("Temperature")->amount();
    QVERIFY(cold_ > 0 && cold_ < 0.15);
    bench_->pace->holdAfter(17);
    QTest::mouseClick(bench_->message()->viewport(), Qt::LeftButton);
    QVERIFY(bench_->message()->hasFocus());
    QTest::keyClicks(bench_->message(), QStringLiteral("Tell me"));
    QTest::keyClick(bench_->message(), Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(bench_->message(), QStringLiteral("a story"));
    QVERIFY(bench_->chat->current()->messages().empty());
    QTest::keyClick(bench_->message(), Qt::Key_Return);
    QVERIFY(bench_->message()->toPlainText().isEmpty());
    QTRY_VERIFY(shown().endsWith(QStringLiteral("a14 a15")));  // the text of the 17th is held with it
    QVERIFY(bench_->find("Stop")->isVisible());
    first_ = bench_->chat->currentId();
    reply_ = bench_->last().id;
    question_ = bench_->last().parent;
    QTRY_COMPARE(ofMessage(question_, QStringLiteral("content")), QStringLiteral("Tell me\na story"));
    QTRY_COMPARE(ofMessage(reply_, QStringLiteral("state")), QStringLiteral("streaming"));
    // What streams is on the disk soon.
    QTRY_VERIFY(stepByStep(ofMessage(reply_, QStringLiteral("content")), 16));
  }

  void aSliderMovedInMidReplyActsOnTheNextToken() {
    QTRY_VERIFY(bench_->pace->waiting());
    bench_->drag(bench_->slider("Temperature"), 2);
    bench_->pace->holdAfter(40);
    QVERIFY(bench_->waitTokens(40));
    QTRY_VERIFY(bench_->pace->waiting());
    const QStringList words = bench_->last().content.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QVERIFY(likeliest(words, 0, 17));
    QVERIFY(!likeliest(words, 17, 39));
    // The mark belongs to the first hot word: it makes room below that one's line.
    const auto marks = changeMarks(bench_->last());
    QCOMPARE(marks.size(), size_t{1});
    QCOMPARE(bench_->last().content.mid(marks[0].source).trimmed().section(QLatin1Char(' '), 0, 0), words[17]);
    QCOMPARE(marks[0].text, QString::fromUtf8("temperature %1 → 2.00").arg(cold_, 0, 'f', 2));
    const int at = marks[0].source;
    const QRect before = bench_->transcript()->letterRect(reply_, 0, at + 1);
    QRect after = before;  // the first letter of the next line
    for (int i = at; i < bench_->last().content.size() && after.top() == before.top(); ++i) {
      after = bench_->transcript()->letterRect(reply_, 0, i);
    }
    QVERIFY(after.top() > before.bottom() + before.height() / 2);
    // And its words are painted in there.
    const QRect gap(QPoint(0, before.bottom() + 1), QPoint(bench_->transcript()->viewport()->width(), after.top() - 1));
    const QImage painted = bench_->transcript()->viewport()->grab(gap).toImage();
    bool ink = false;
    for (int y = 0; y < painted.height() && !ink; ++y) {
      for (int x = 1; x < painted.width() && !ink; ++x) ink = painted.pixel(x, y) != painted.pixel(0, 0);
    }
    QVERIFY(ink);
  }

  void stops() {
    bench_->click("Stop");
    QVERIFY(bench_->waitIdle() && bench_->waitStored());
    QCOMPARE(ofMessage(reply_, QStringLiteral("state")), QStringLiteral("complete"));
    QCOMPARE(ofMessage(reply_, QStringLiteral("stop_reason")), QStringLiteral("stopped"));
    QVERIFY(stepByStep(ofMessage(reply_, QStringLiteral("content")), 40));
    const QJsonArray timeline =
        QJsonDocument::fromJson(ofMessage(reply_, QStringLiteral("sampling_timeline")).toUtf8()).array();
    QCOMPARE(timeline.size(), 2);
    QCOMPARE(timeline[0][QStringLiteral("token")].toInt(-1), 0);
    QCOMPARE(timeline[1][QStringLiteral("token")].toInt(-1), 17);
    QCOMPARE(timeline[0][QStringLiteral("params")][QStringLiteral("temperature")].toDouble(), cold_);
    QCOMPARE(timeline[1][QStringLiteral("params")][QStringLiteral("temperature")].toDouble(), 2.0);
    QVERIFY(bench_->find("Continue")->isVisible());
    QVERIFY(!bench_->find("Stop")->isVisible());
  }

  void continuesFromItsTokens() {
    const QString before = bench_->last().content;
    bench_->pace->release();
    bench_->click("Continue");
    QTRY_VERIFY(bench_->last().state == MessageState::complete && bench_->last().stopReason == StopReason::end);
    QVERIFY(bench_->waitStored());
    whole_ = bench_->last().content;
    QCOMPARE(bench_->last().id, reply_);  // the same message
    QVERIFY(whole_.startsWith(before));
    QVERIFY(stepByStep(whole_, kWords));
    QCOMPARE(ofMessage(reply_, QStringLiteral("content")), whole_);
    QVERIFY(!bench_->find("Continue")->isVisible());
  }

  void regeneratesAndKeepsTheOldVersion() {
    bench_->clickAction(reply_, MessageAction::regenerate);
    QTRY_VERIFY(bench_->last().id != reply_ && bench_->phase() == ReplyPhase::idle);
    QVERIFY(bench_->waitStored());
    second_ = bench_->last().id;
    other_ = bench_->last().content;
    QVERIFY(stepByStep(other_, kWords));
    QVERIFY(other_ != whole_);  // 1 of 4^60 that it is not
    QCOMPARE(ofMessage(reply_, QStringLiteral("content")), whole_);
    QCOMPARE(ofMessage(second_, QStringLiteral("parent_id")), QString::number(question_.value));
    // The arrows.
    const auto place = [&] {
      const int row = bench_->transcript()->rows().rowOf(bench_->last().id);
      for (const auto& button : bench_->transcript()->rows().item(row).buttons()) {
        if (button.item.text.contains(QStringLiteral(" / "))) return button.item.text;
      }
      return QString();
    };
    QCOMPARE(place(), QStringLiteral("2 / 2"));
    bench_->clickAction(second_, MessageAction::previousVersion);
    QTRY_COMPARE(bench_->last().id, reply_);
    QCOMPARE(place(), QStringLiteral("1 / 2"));
    QVERIFY(shown().endsWith(whole_.trimmed()));
    bench_->clickAction(reply_, MessageAction::nextVersion);
    QTRY_COMPARE(bench_->last().id, second_);
    QVERIFY(shown().endsWith(other_.trimmed()));
  }

  void editingStartsABranch() {
    bench_->clickAction(question_, MessageAction::edit);
    QCOMPARE(bench_->message()->toPlainText(), QStringLiteral("Tell me\na story"));
    QVERIFY(bench_->find("Cancel edit")->isVisible());
    QTest::keyClick(bench_->message(), Qt::Key_A, Qt::ControlModifier);
    QTest::keyClicks(bench_->message(), QStringLiteral("Tell me a joke"));
    QTest::keyClick(bench_->message(), Qt::Key_Return);
    QTRY_VERIFY(bench_->last().parent != question_ && bench_->phase() == ReplyPhase::idle);
    QVERIFY(bench_->waitStored());
    QVERIFY(shown().startsWith(QStringLiteral("Tell me a joke")));
    branch_ = bench_->last().content;
    QVERIFY(stepByStep(branch_, kWords));
    QVERIFY(!bench_->find("Cancel edit")->isVisible());
    QCOMPARE(bench_->sql(QStringLiteral("SELECT count(*) FROM v_messages WHERE role = 'user' AND parent_id IS NULL")),
             QStringLiteral("2"));
    QCOMPARE(bench_->sql(QStringLiteral("SELECT count(*) FROM v_messages WHERE role = 'assistant'")),
             QStringLiteral("3"));
    QCOMPARE(bench_->find<QPushButton>("Branch")->text(), QStringLiteral("3 / 3"));
    bench_->clickAction(bench_->last().parent, MessageAction::previousVersion);
    QTRY_COMPARE(bench_->last().id, second_);
    QCOMPARE(bench_->find<QPushButton>("Branch")->text(), QStringLiteral("2 / 3"));
  }

  void exportsWhatCanBeReadBack() {
    const std::pair<QString, QString> formats[] = {{QStringLiteral("Markdown…"), QStringLiteral("story.md")},
                                                   {QStringLiteral("Plain text…"), QStringLiteral("story.txt")},
                                                   {QStringLiteral("JSON…"), QStringLiteral("story.json")}};
    for (const auto& [entry, name] : formats) {
      QVERIFY(bench_->clickMenu("Export", entry));
      QVERIFY(bench_->typeFile("Export conversation", file(name)));
      QTRY_VERIFY2(QFile::exists(file(name)), qPrintable(name));
      QTRY_VERIFY(bench_->notice().contains(name));
    }
    for (const char* name : {"story.md", "story.txt"}) {
      const QString text = QString::fromUtf8(content(QLatin1String(name)));
      QVERIFY2(text.contains(other_.trimmed()), name);  // the branch that is shown
      QVERIFY2(!text.contains(whole_.trimmed()), name);
    }
    const auto read = readConversationJson(content(QStringLiteral("story.json")), bench_->chat->presets());
    QVERIFY(read.ok());
    QCOMPARE(read->notUnderstood, 0);
    const ConversationTree stored = bench_->stored(first_);
    QCOMPARE(read->tree.messages().size(), size_t{5});
    QCOMPARE(read->tree.messages().size(), stored.messages().size());
    for (size_t i = 0; i < stored.messages().size(); ++i) {
      QVERIFY(read->tree.messages()[i].content == stored.messages()[i].content);
      QVERIFY(read->tree.messages()[i].timeline == stored.messages()[i].timeline);
      QVERIFY(read->tree.messages()[i].tokens == stored.messages()[i].tokens);
    }
  }

  void findsEverythingInTheNextRun() {
    bench_->click("New chat");
    QVERIFY(bench_->type(QStringLiteral("And another one")));
    QVERIFY(bench_->waitIdle());
    const QString another = bench_->last().content;
    QVERIFY(stepByStep(another, kWords));
    QVERIFY(bench_->reopen());
    QCOMPARE(bench_->titles(), (QStringList{QStringLiteral("And another one"), QStringLiteral("Tell me")}));
    // The last conversation is shown, and the last model comes back.
    QTRY_VERIFY(shown().endsWith(another.trimmed()));
    QTRY_COMPARE(bench_->chat->modelStatus().state, ModelState::ready);
    // The other one is where it was left: on its second branch.
    const QAbstractItemModel* rows = bench_->list()->model();
    for (int row = 0; row < rows->rowCount(); ++row) {
      const QModelIndex index = rows->index(row, 0);
      if (index.data(ConversationListModel::idRole).toLongLong() != first_.value) continue;
      QTest::mouseClick(bench_->list()->viewport(), Qt::LeftButton, {}, bench_->list()->visualRect(index).center());
    }
    QTRY_COMPARE(bench_->chat->currentId(), first_);
    QCOMPARE(bench_->last().id, second_);
    QCOMPARE(shown(), QStringLiteral("Tell me\na story\n\n") + other_.trimmed());
    QCOMPARE(bench_->find<QPushButton>("Branch")->text(), QStringLiteral("2 / 3"));
    // Its temperature too.
    QCOMPARE(bench_->slider("Temperature")->amount(), 2.0);
  }
};

QTEST_MAIN(TheWholeWay)
#include "test_window_flow.moc"
