// Text with numbers takes the room that was measured for it.
#include <QFontMetrics>
#include <QImage>
#include <QPainter>
#include <QTest>

#include "theme/paint.h"
#include "theme/theme.h"

using namespace sotto::ui;

class TabularText : public QObject {
  Q_OBJECT

 private slots:
  void isMeasuredAsItIsPainted_data() {
    QTest::addColumn<QString>("text");
    QTest::newRow("words") << QStringLiteral("Waits for the reply that is being written");
    QTest::newRow("numbers") << QStringLiteral("2,048 of 131,072 tokens");
    QTest::newRow("kerning") << QStringLiteral("AVAVAVATo Te 17 AVAVAV");
    QTest::newRow("beyond the plane") << QString::fromUtf8("\U0001F40B\U0001F40B 3 \u4f60\u597d");
  }
  void isMeasuredAsItIsPainted() {
    QFETCH(QString, text);
    const QFont font = Theme::instance().textFont(12);
    const int width = tabularWidth(QFontMetrics(font), text);
    constexpr int kAround = 40;
    QImage image(width + 2 * kAround, 30, QImage::Format_ARGB32_Premultiplied);
    const auto inkAt = [&](Qt::Alignment alignment) {
      image.fill(Qt::transparent);
      QPainter painter(&image);
      painter.setFont(font);
      painter.setPen(Qt::black);
      paintTabular(&painter, {kAround, 0, width, 30}, alignment, text);
      painter.end();
      int left = image.width(), right = -1;
      for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
          if (qAlpha(image.pixel(x, y)) < 64) continue;
          left = std::min(left, x);
          right = std::max(right, x);
        }
      }
      return std::pair(left, right);
    };
    for (const Qt::Alignment alignment : {Qt::AlignLeft, Qt::AlignRight}) {
      const auto [left, right] = inkAt(alignment);
      // Letters may reach a pixel beyond their advance, and leave a little room within it.
      QVERIFY2(left >= kAround - 1 && left <= kAround + 3, qPrintable(QString::number(left - kAround)));
      QVERIFY2(right <= kAround + width && right >= kAround + width - 5,
               qPrintable(QString::number(right - kAround - width)));
    }
  }
};

QTEST_MAIN(TabularText)
#include "test_paint.moc"
