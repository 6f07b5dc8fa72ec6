// A frame costs what is new and what is seen, however long the reply, the code, the line or the conversation.
// ctest: serial timeout=300
#include <QApplication>
#include <QScrollBar>
#include <QTest>
#include <algorithm>

#include "theme/theme.h"
#include "ui/transcript_support/pointer.h"
#include "ui/transcript_support/thread_time.h"

using namespace sotto::app;
using namespace sotto::ui;

namespace {

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + qsizetype(values.size() / 2), values.end());
  return values[values.size() / 2];
}

}  // namespace

class TestTranscriptFrames : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { Theme::instance().setMode(Theme::Mode::light); }

  void anAppendedTokenCostsTheSameAtTheEnd_data() {
    QTest::addColumn<QString>("start");
    QTest::addColumn<QString>("bulk");  // what a reply grows by without being measured
    QTest::addColumn<int>("bulks");
    QTest::addColumn<QString>("token");
    QTest::newRow("code of 3,000 lines") << "Code:\n\n```cpp\n"
                                         << "    value = compute(other, 42);  // a comment\n"
                                         << 3000 << " token";
    QTest::newRow("a line of code of 200,000 letters") << "```\n" << QString(500, u'x') << 400 << "xyz";
    QTest::newRow("a line of prose of 200,000 letters") << "" << QString(500, u'x') << 400 << "xyz";
    QTest::newRow("prose") << ""
                           << "A sentence of some words, then **bold** ones, and `code`.\n\n"
                           << 2500 << " token";
    QTest::newRow("Chinese in one line") << "" << QStringLiteral("这是一个很长的段落，没有换行。").repeated(20) << 400
                                         << QStringLiteral("汉字");
    QTest::newRow("table of 1,000 rows") << "| a | b | c |\n|---|---|---|\n"
                                         << "| one | two words | `three` |\n"
                                         << 1000 << "| x";
    QTest::newRow("table of 5,000 rows in a quote") << "> | a | b | c |\n> |---|---|---|\n"
                                                    << "> | one | [two](https://a.b/c) | `three` |\n"
                                                    << 5000 << "> | x";
    QTest::newRow("code of 3,000 lines in a list") << "1. Code:\n\n   ```cpp\n"
                                                   << "       value = compute(other, 42);\n"
                                                   << 3000 << " token";
    QTest::newRow("indented code of 3,000 lines in a list") << "- Code:\n\n"
                                                            << "      value = compute(other, 42);\n"
                                                            << 3000 << " token";
    QTest::newRow("quote of 200,000 characters") << ""
                                                 << "> Some words that were **said**, and `code`.\n>\n"
                                                 << 4500 << " token";
    QTest::newRow("quote of 200,000 characters in one paragraph") << ""
                                                                  << "> Some words that were said, line by line.\n"
                                                                  << 4700 << " token";
    QTest::newRow("list of 5,000 items") << ""
                                         << "- an item with some words in it\n"
                                         << 5000 << " token";
    QTest::newRow("nested lists of 6,000 items") << ""
                                                 << "1. one\n   - two **words**\n     1. three\n   - four\n"
                                                 << 1500 << " token";
    QTest::newRow("an item of 200,000 characters") << "- An item\n\n"
                                                   << "  that has more than one paragraph in it.\n\n"
                                                   << 4800 << "  token";
    QTest::newRow("code of 1,000,000 letters in one line") << "```\n" << QString(500, u'x') << 2000 << "xyz";
  }
  void anAppendedTokenCostsTheSameAtTheEnd() {
    QFETCH(QString, start);
    QFETCH(QString, bulk);
    QFETCH(int, bulks);
    QFETCH(QString, token);
    Stage stage({900, 800});
    stage.source.addUser(QStringLiteral("Go"));
    stage.source.beginReply();
    stage.source.append(start);
    std::vector<double> times;  // ms
    constexpr int samples = 160;
    for (int i = 0; i < samples; ++i) {
      stage.source.append(bulk.repeated(bulks / samples + 1));
      stage.view.viewport()->repaint();
      // What the person sees: a token comes, it is laid out and painted.
      ThreadTimer timer;
      stage.source.append(token);
      stage.view.viewport()->repaint();
      times.push_back(timer.ms());
    }
    const double first = median({times.begin(), times.begin() + samples / 4});
    const double last = median({times.end() - samples / 4, times.end()});
    qInfo("first quarter %.2f ms, last quarter %.2f ms", first, last);
    QVERIFY2(last <= 3 * std::max(first, 0.5), qPrintable(QStringLiteral("%1 then %2 ms").arg(first).arg(last)));
    QVERIFY2(last < 16, qPrintable(QString::number(last)));
    QVERIFY(stage.view.isAtEnd());
    // Only what is near the window is laid out.
    QVERIFY(stage.view.rows().item(1).body()->exactFragments() < 200);
  }

  void fiveThousandMessagesOpenAtOnce() {
    MockSource source;
    source.blockSignals(true);
    const QString answer = QStringLiteral(
                               "A paragraph with **some** words in it, long enough to wrap around the line.\n\n"
                               "- one\n- two\n\n```c\nint x = 1;\nreturn x;\n```\n\n")
                               .repeated(4);
    for (int i = 0; i < 2500; ++i) {
      source.addUser(QStringLiteral("Question number %1, in a few words?").arg(i));
      source.addReply(answer);
    }
    source.blockSignals(false);
    TranscriptView view;
    view.resize(900, 800);
    view.show();
    QApplication::processEvents();
    ThreadTimer timer;
    view.setSource(&source);
    view.viewport()->repaint();
    const double opened = timer.ms();
    qInfo("5,000 messages open in %.1f ms", opened);
    QVERIFY2(opened < 300, qPrintable(QString::number(opened)));
    // And anywhere in them is as near.
    std::vector<double> jumps;
    for (int i = 0; i < 40; ++i) {
      timer.start();
      view.verticalScrollBar()->setValue(int(qint64(view.verticalScrollBar()->maximum()) * (i * 7 % 40) / 40));
      view.viewport()->repaint();
      jumps.push_back(timer.ms());
    }
    qInfo("a jump takes %.1f ms", median(jumps));
    QVERIFY2(median(jumps) < 60, qPrintable(QString::number(median(jumps))));
  }

  void scrollingThroughALongLineIsQuick() {
    Stage stage({900, 800});
    stage.source.addReply(QStringLiteral("```\n") + QString(200000, u'w') + QStringLiteral("\n```"));
    std::vector<double> times;
    for (int i = 0; i < 100; ++i) {
      ThreadTimer timer;
      stage.view.verticalScrollBar()->setValue(stage.view.verticalScrollBar()->value() - 300);
      stage.view.viewport()->repaint();
      times.push_back(timer.ms());
    }
    qInfo("a step takes %.2f ms", median(times));
    QVERIFY2(median(times) < 16, qPrintable(QString::number(median(times))));
    // The seams between pieces are whole rows: all lines but the last are full.
    const MessageBody& body = *stage.view.rows().item(0).body();
    const Place somewhere{0, 100000};
    QVERIFY(body.cursorRect(somewhere).height() > 0);
  }
};

QTEST_MAIN(TestTranscriptFrames)
#include "test_transcript_frames.moc"
