// What models write is read as what they mean: exact blocks, no stray marks.
#include <QTest>

#include "markdown/document.h"
#include "ui/transcript_support/corpus.h"
#include "ui/transcript_support/dump.h"
#include "ui/transcript_support/thread_time.h"

using namespace sotto::ui::markdown;

namespace {
std::vector<Block> read(const QString& text, bool typed = false) {
  Document document(typed);
  document.setText(text, true);
  return document.blocks();
}
}  // namespace

class TestMarkdownBlocks : public QObject {
  Q_OBJECT

 private slots:
  void everyReplyOfTheCorpusHasItsBlocks_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("blocks");
    for (const Snippet& snippet : markdownCorpus()) {
      QTest::newRow(qPrintable(snippet.name)) << snippet.source << snippet.blocks;
    }
  }
  void everyReplyOfTheCorpusHasItsBlocks() {
    QFETCH(QString, source);
    QFETCH(QString, blocks);
    QCOMPARE(dump(read(source)), blocks);
  }
  void theCorpusIsLarge() { QVERIFY(markdownCorpus().size() >= 50); }

  void carriageReturnsAreLineEnds() {
    QCOMPARE(dump(read(QStringLiteral("one\r\ntwo\r\n\r\n```sh\r\nls\r\npwd\r\n```\r\nend"))),
             QStringLiteral("p one\\ntwo\ncode(sh) ls\\npwd\np end\n"));
  }

  void emptyTextHasNoBlocks() {
    QVERIFY(read(QString()).empty());
    QVERIFY(read(QStringLiteral("\n\n  \n")).empty());
  }

  void typedTextKeepsItsIndentation() {
    QCOMPARE(dump(read(QStringLiteral("def f():\n    return 1\n\n    x = 2"), true)),
             QStringLiteral("p def f():\\n    return 1\np x = 2\n")
                 .replace(QStringLiteral("p x"), QStringLiteral("p     x")));
    QCOMPARE(dump(read(QStringLiteral("- a\n  b"), true)), QStringLiteral("[-] p a\\nb\n"));
  }

  void everyPlaceInTheTextIsFoundInTheSourceAndBack() {
    for (const Snippet& snippet : markdownCorpus()) {
      if (snippet.name.startsWith(QStringLiteral("entities"))) continue;
      int end = 0;
      for (const Block& block : read(snippet.source)) {
        QVERIFY2(block.sourceStart >= end || block.sourceStart == block.sourceEnd, qPrintable(snippet.name));
        end = block.sourceEnd;
        for (int i = 0; i < block.text.size(); ++i) {
          if (!block.text[i].isLetterOrNumber()) continue;
          const int source = block.toSource(i);
          QVERIFY2(source >= block.sourceStart && source < block.sourceEnd, qPrintable(snippet.name));
          // An image without a description shows its address, which is elsewhere in the source.
          if (snippet.name.startsWith(QStringLiteral("image"))) continue;
          QVERIFY2(snippet.source[source] == block.text[i], qPrintable(snippet.name));
          QVERIFY2(block.fromSource(source) == i, qPrintable(snippet.name));
        }
      }
    }
  }

  void plainTextHasListMarksAndNoOthers() {
    QCOMPARE(
        plainText(read(QStringLiteral("# Plan\n\nTwo **ways**:\n1. Move\n   - a\n   - b\n2. `Store`\n\n```c\nx;\n```\n"
                                      "> said\n\n- [x] done\n\n| a | b |\n|--|--|\n| 1 | 2 |"))),
        QStringLiteral("Plan\n\nTwo ways:\n\n1. Move\n   - a\n   - b\n2. Store\n\nx;\n\nsaid\n\n- [x] done\n\n"
                       "a\tb\n1\t2"));
  }

  void aLineWithoutAnEndIsCutAndReadsAsOne() {
    QString words;
    while (words.size() < 200000) words += QStringLiteral("word%1 ").arg(words.size());
    words = words.trimmed();
    const QString letters(200000, u'x');
    for (const QString& text : {words, letters}) {
      const std::vector<Block> blocks = read(text);
      QVERIFY(blocks.size() > 10);
      for (const Block& block : blocks) QVERIFY(block.text.size() <= 16384);
      QCOMPARE(plainText(blocks), text);
    }
  }

  // Text that makes careless parsers quadratic or overflow their stack.
  void hostileTextIsReadInReasonableTime_data() {
    QTest::addColumn<QString>("text");
    const auto many = [](const char* piece, int count) { return QString::fromLatin1(piece).repeated(count); };
    QTest::newRow("brackets") << many("[", 50000);
    QTest::newRow("stars") << many("**a *", 20000);
    QTest::newRow("backticks") << many("`a``", 20000);
    QTest::newRow("quotes") << many(">", 5000) + QStringLiteral(" x");
    QTest::newRow("lists") << many("- ", 5000) + QStringLiteral("x");
    QTest::newRow("links") << many("[a](b", 20000);
    QTest::newRow("dollars") << many("$a ", 20000);
    QTest::newRow("math") << many("\\(", 20000);
    QTest::newRow("definitions") << many("[a]: b\n", 5000) + many("[a] ", 5000);
    QTest::newRow("table") << many("|", 2000) + u'\n' + many("|-", 2000) + QStringLiteral("|\n") + many("|a", 2000);
    QTest::newRow("zeros") << QString(10000, QChar(0));
    QTest::newRow("lone surrogates") << QString(10000, QChar(0xD800));
  }
  void hostileTextIsReadInReasonableTime() {
    QFETCH(QString, text);
    ThreadTimer timer;
    const std::vector<Block> complete = read(text);
    Document growing;
    growing.setText(text, false);
    QVERIFY2(timer.ms() < 4000, qPrintable(QString::number(timer.ms())));
    QVERIFY(!complete.empty() || text.startsWith(QStringLiteral("[a]: b")));
  }
};

QTEST_GUILESS_MAIN(TestMarkdownBlocks)
#include "test_markdown_blocks.moc"
