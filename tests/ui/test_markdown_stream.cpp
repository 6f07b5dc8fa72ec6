// A text that grows has, at its end, the blocks of a text read at once; and on the way there nothing flashes up.
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>
#include <algorithm>

#include "markdown/document.h"
#include "ui/transcript_support/corpus.h"
#include "ui/transcript_support/dump.h"
#include "ui/transcript_support/thread_time.h"

using namespace sotto::ui::markdown;

namespace {

QString wholeCorpus() {
  QString text;
  for (const Snippet& snippet : markdownCorpus()) {
    // An open fence would take in all that follows it.
    if (!snippet.name.startsWith(QStringLiteral("unclosed"))) text += snippet.source + QStringLiteral("\n\n");
  }
  return text;
}

// Feeds `text` in pieces that end at `ends` and checks, where `check` is, what setText promises on the way.
void feed(const QString& text, const std::vector<int>& ends, bool check, std::vector<Block>* result) {
  Document document;
  std::vector<Block> before;
  for (const int end : ends) {
    const Document::Same same = document.setText(text.left(end), end == text.size());
    const int changed = same.block;
    if (!check) continue;
    const std::vector<Block>& after = document.blocks();
    QVERIFY(changed >= 0 && changed <= int(after.size()));
    QVERIFY(changed <= int(before.size()));
    for (int i = 0; i < changed; ++i) QVERIFY2(before[size_t(i)] == after[size_t(i)], qPrintable(text.left(end)));
    if (same.text > 0) {
      QVERIFY(before[size_t(changed)].text.left(same.text) == after[size_t(changed)].text.left(same.text));
      QVERIFY(before[size_t(changed)].text.size() >= same.text && after[size_t(changed)].text.size() >= same.text);
    }
    before = after;
  }
  *result = document.blocks();
}

std::vector<Block> atOnce(const QString& text) {
  Document document;
  document.setText(text, true);
  return document.blocks();
}

}  // namespace

class TestMarkdownStream : public QObject {
  Q_OBJECT

 private slots:
  void everySplitGivesTheBlocksOfTheWhole() {
    for (const Snippet& snippet : markdownCorpus()) {
      const std::vector<Block> expected = atOnce(snippet.source);
      const int size = int(snippet.source.size());
      std::vector<int> letters;
      for (int split = 1; split <= size; ++split) {
        std::vector<Block> blocks;
        feed(snippet.source, {split, size}, true, &blocks);
        QVERIFY2(blocks == expected, qPrintable(snippet.name + u' ' + QString::number(split)));
        letters.push_back(split);
      }
      std::vector<Block> blocks;
      feed(snippet.source, letters, true, &blocks);
      QVERIFY2(blocks == expected, qPrintable(snippet.name));
    }
  }

  void aLongReplyInRandomPiecesToo() {
    QRandomGenerator random(7);
    QString text = wholeCorpus();
    text += QString(40000, u'y') + QStringLiteral("\n\n") + QStringLiteral("some words and ").repeated(4000) +
            QStringLiteral("\nnext line\n\n- ") + QStringLiteral("an item ").repeated(3000) +
            QStringLiteral("\n- b\n\n") + QStringLiteral("a line of a paragraph that is long\n").repeated(1500) + text;
    const std::vector<Block> expected = atOnce(text);
    for (int round = 0; round < 3; ++round) {
      std::vector<int> ends;
      for (int end = 0; end < text.size();) {
        end = std::min(int(text.size()), end + int(random.bounded(1, round == 0 ? 4000 : 900)));
        ends.push_back(end);
      }
      std::vector<Block> blocks;
      feed(text, ends, false, &blocks);
      QCOMPARE(blocks.size(), expected.size());
      QVERIFY(blocks == expected);
    }
  }

  // Continue: a reply that was complete goes on.
  void aCompleteTextMayGoOn() {
    const QString text = wholeCorpus();
    const std::vector<Block> expected = atOnce(text);
    QRandomGenerator random(3);
    for (int round = 0; round < 40; ++round) {
      const int split = int(random.bounded(int(text.size())));
      Document document;
      document.setText(text.left(split), false);
      document.setText(text.left(split), true);
      document.setText(text.left(split + 1), false);
      document.setText(text, true);
      QVERIFY2(document.blocks() == expected, qPrintable(QString::number(split)));
    }
  }

  void anotherTextBeginsAnew() {
    Document document;
    document.setText(QStringLiteral("one\n\ntwo"), true);
    QCOMPARE(document.setText(QStringLiteral("three"), true).block, 0);
    QCOMPARE(dump(document.blocks()), QStringLiteral("p three\n"));
    QCOMPARE(document.setText(QStringLiteral("three"), true).block, 1);
  }

  void marksDoNotFlashUp_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("marks");
    QTest::newRow("bold") << "Use **bold words** and *more*, ***both***, ~~old~~."
                          << "*~";
    QTest::newRow("code") << "Call `f(x)` or ``g`h`` now."
                          << "";
    QTest::newRow("bold in lists") << "Text:\n\n1. **One:** a\n2. **Two:** b\n   - **three** c"
                                   << "*";
    QTest::newRow("headings") << "# Title\n\n## Sub **b**\n\ntext"
                              << "#*";
    QTest::newRow("rules and lists") << "Text\n\n---\n\nmore\n- a\n- b\n\n***\n\nend"
                                     << "-*";
    QTest::newRow("table") << "See:\n\n| a | b |\n|---|:-:|\n| **1** | 2 |\n\nend"
                           << "|*-";
    QTest::newRow("Chinese") << "这是**重点。**后面，**注意：**请看"
                             << "*";
    QTest::newRow("fences") << "Text:\n```python\nprint(1)\n```\nmore\n\n- x\n  ```c\n  y;\n  ```\n- z"
                            << "`";
    QTest::newRow("tasks") << "- [x] a\n- [ ] b"
                           << "[]";
    QTest::newRow("address") << "see [the docs](https://a.b/c) there"
                             << "()";
    QTest::newRow("quote") << "> said\n> again\n\nend"
                           << ">";
  }
  void marksDoNotFlashUp() {
    QFETCH(QString, text);
    QFETCH(QString, marks);
    Document document;
    for (int end = 1; end <= text.size(); ++end) {
      document.setText(text.left(end), end == text.size());
      for (const Block& block : document.blocks()) {
        for (const QChar mark : marks) {
          const QString shown = block.kind == BlockKind::code ? QString() : block.text;
          QVERIFY2(!shown.contains(mark), qPrintable(text.left(end) + QStringLiteral(" => ") + dump(block)));
        }
        if (!marks.contains(u'`')) continue;
        QVERIFY2(!block.text.contains(u'`'), qPrintable(text.left(end) + QStringLiteral(" => ") + dump(block)));
      }
    }
  }

  // Text that is shown stays: the visible text only ever grows, but for marks that turn out to be meant.
  void kindsDoNotFlicker() {
    const QString text =
        QStringLiteral("Intro line\n- first item\n- second\n\n1. one\n2. two\n\n| a | b |\n|--|--|\n| 1 | 2 |\n");
    Document document;
    for (int end = 1; end <= text.size(); ++end) {
      document.setText(text.left(end), false);
      for (const Block& block : document.blocks())
        QVERIFY2(block.kind != BlockKind::heading, qPrintable(text.left(end)));
    }
  }

  void anAppendCostsWhatWasAppended_data() {
    QTest::addColumn<QString>("start");
    QTest::addColumn<QString>("piece");
    QTest::newRow("code") << "```c\n"
                          << "    int value = compute(other, 42);\n";
    QTest::newRow("a line of code") << "```\n"
                                    << "0123456789abcdef0123456789abcdef";
    QTest::newRow("prose") << ""
                           << "Some words that make a sentence.\n\n";
    QTest::newRow("a line of prose") << ""
                                     << "words and more words, ";
    QTest::newRow("list") << ""
                          << "- an item of a list\n";
  }
  void anAppendCostsWhatWasAppended() {
    QFETCH(QString, start);
    QFETCH(QString, piece);
    Document document;
    QString text = start;
    std::vector<qint64> times;
    while (text.size() < 120000) {
      text += piece;
      QElapsedTimer timer;
      timer.start();
      document.setText(text, false);
      times.push_back(timer.nsecsElapsed());
    }
    const size_t quarter = times.size() / 4;
    const auto median = [](std::vector<qint64> values) {
      std::nth_element(values.begin(), values.begin() + qsizetype(values.size() / 2), values.end());
      return values[values.size() / 2];
    };
    const qint64 last = median({times.end() - qsizetype(quarter), times.end()});
    qInfo("median of the last quarter: %.3f ms", double(last) / 1e6);
    QVERIFY2(double(last) < 3e6 * instrumented, qPrintable(QString::number(last)));
  }
};

QTEST_GUILESS_MAIN(TestMarkdownStream)
#include "test_markdown_stream.moc"
