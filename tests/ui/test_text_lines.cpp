// Text laid out in pieces looks as if it were laid out as one.
#include <QImage>
#include <QPainter>
#include <QTest>

#include "transcript/text_lines.h"

using namespace sotto::ui;

namespace {

LinesSetup setupOf(int width, bool anywhere, bool rightToLeft) {
  LinesSetup setup;
  setup.grid.font.setPixelSize(14);
  setup.grid.height = 20;
  setup.grid.baseline = 15;
  setup.width = width;
  setup.anywhere = anywhere;
  setup.rightToLeft = rightToLeft;
  return setup;
}

// Where one layout of the whole begins its lines.
std::vector<int> wholeStarts(QString text, const LinesSetup& setup) {
  QTextLayout layout(text.replace(u'\n', QChar::LineSeparator), setup.grid.font);
  QTextOption option(setup.rightToLeft ? Qt::AlignRight : Qt::AlignLeft);
  option.setTextDirection(setup.rightToLeft ? Qt::RightToLeft : Qt::LeftToRight);
  option.setWrapMode(setup.anywhere ? QTextOption::WrapAnywhere : QTextOption::WrapAtWordBoundaryOrAnywhere);
  layout.setTextOption(option);
  std::vector<int> starts;
  layout.beginLayout();
  for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
    line.setLineWidth(setup.width);
    starts.push_back(line.textStart());
  }
  layout.endLayout();
  return starts;
}

}  // namespace

class TestTextLines : public QObject {
  Q_OBJECT

 private slots:
  // No text is longer than the 4096 units that Qt shapes at once.
  void piecesBreakAsTheWhole_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("rightToLeft");
    QTest::newRow("words") << QStringLiteral("some words of more or less length, and a few more. ").repeated(100)
                           << false;
    QTest::newRow("without a blank") << QString(4000, u'x') << false;
    QTest::newRow("brackets") << QString(4000, u'[') << false;
    QTest::newRow("words longer than lines") << (QString(700, u'y') + u' ').repeated(5) << false;
    QTest::newRow("lines") << (QString(60, u'l') + QStringLiteral(" and\n")).repeated(60) << false;
    QTest::newRow("few line feeds") << (QString(900, u'z') + u'\n').repeated(4) << false;
    QTest::newRow("letters outside the BMP") << QStringLiteral("\U0001F600 \U0001F680").repeated(700) << false;
    QTest::newRow("Chinese") << QStringLiteral("天地玄黄，宇宙洪荒。日月盈昃，辰宿列张。").repeated(150) << false;
    QTest::newRow("Arabic") << QStringLiteral("هذا نص طويل جدا من الكلمات ").repeated(140) << true;
    QTest::newRow("a size that is a window's") << QString(1024, u'w') << false;
    QTest::newRow("one more") << QString(1025, u'w') << false;
  }
  void piecesBreakAsTheWhole() {
    QFETCH(QString, text);
    QFETCH(bool, rightToLeft);
    for (const bool anywhere : {false, true}) {
      if (anywhere && rightToLeft) continue;  // a word that is cut is shaped otherwise
      for (const int width : {60, 333, 700, 1500}) {
        const LinesSetup setup = setupOf(width, anywhere, rightToLeft);
        TextLines lines;
        lines.layOut(text, {}, setup);
        const std::vector<int> whole = wholeStarts(text, setup);
        std::vector<int> found;
        for (int at = 0; at < int(text.size());) {
          const TextLines::Range line = lines.lineAt(at);
          if (found.empty() || found.back() != line.start) found.push_back(line.start);
          at = std::max(at + 1, line.end);
        }
        if (text.endsWith(u'\n') && whole.size() == found.size() + 1) found.push_back(whole.back());
        QCOMPARE(found.size(), whole.size());
        QVERIFY2(found == whole, qPrintable(QString::number(width)));
        if (!rightToLeft) {
          const std::vector<QRectF> rects = lines.rects(0, int(text.size()));
          QCOMPARE(rects.size(), found.size() - (text.endsWith(u'\n') ? 1 : 0));
        }
      }
    }
  }

  void textThatGrewIsLaidOutAsIfItCameAtOnce() {
    const QString text = QStringLiteral("some words of more or less length, and a few more. ").repeated(100);
    const LinesSetup setup = setupOf(500, false, false);
    TextLines grown;
    for (qsizetype size = 1; size < text.size(); size += 37) grown.layOut(text.left(size), {}, setup);
    grown.layOut(text, {}, setup);
    TextLines whole;
    whole.layOut(text, {}, setup);
    QCOMPARE(grown.height(), whole.height());
    for (int at = 0; at < int(text.size()); ++at) {
      QCOMPARE(grown.lineAt(at).start, whole.lineAt(at).start);
      QCOMPARE(grown.cursorRect(at), whole.cursorRect(at));
    }
  }

  // What is left to the next piece is not drawn by this one, too.
  void everyLineIsDrawnOnce() {
    const QString text = QStringLiteral("mmmm ").repeated(600);
    const LinesSetup setup = setupOf(500, false, false);
    TextLines lines;
    lines.layOut(text, {}, setup);
    QImage image(500, lines.height() + 200, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    lines.draw(&painter, {}, QRectF(image.rect()), {});
    painter.end();
    // Lines of the same letters look the same; below the last there is nothing.
    const QImage first = image.copy(0, 0, 500, 20);
    QVERIFY(first != image.copy(0, lines.height(), 500, 20));
    for (int y = 20; y + 40 <= lines.height(); y += 20) QCOMPARE(image.copy(0, y, 500, 20), first);
    for (int y = lines.height(); y < image.height(); ++y) {
      for (int x = 0; x < 500; ++x) QCOMPARE(image.pixel(x, y), qRgb(255, 255, 255));
    }
  }
};

QTEST_MAIN(TestTextLines)
#include "test_text_lines.moc"
