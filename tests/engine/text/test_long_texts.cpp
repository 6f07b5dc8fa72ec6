// Nothing is quadratic: a megabyte without a blank, or of one character, is tokenised in a moment.
#include <QElapsedTimer>
#include <QTest>

#include "engine/text/small_vocabularies.h"
#include "text/bpe_tokenizer.h"
#include "text/spm_tokenizer.h"

using namespace sotto::engine;
using namespace sotto::test;

class LongTextsAreTokenisedInLinearTime : public QObject {
  Q_OBJECT

 private slots:
  void megabytes_data() {
    QTest::addColumn<QByteArray>("text");
    constexpr int megabyte = 1'000'000;
    QTest::newRow("one letter") << QByteArray(megabyte, 'a');
    QTest::newRow("one digit") << QByteArray(megabyte, '1');
    QTest::newRow("blanks") << QByteArray(megabyte, ' ');
    QTest::newRow("blanks and a letter") << QByteArray(megabyte, ' ') + "a";
    QTest::newRow("line feeds") << QByteArray(megabyte, '\n');
    QTest::newRow("signs") << QByteArray(megabyte, '!');
    QTest::newRow("apostrophes") << QByteArray(megabyte, '\'');
    QTest::newRow("without a blank") << QByteArray("helloworldthe").repeated(megabyte / 13);
    QTest::newRow("blank and line feed") << QByteArray(" \n").repeated(megabyte / 2);
    QTest::newRow("beginnings of a special token") << QByteArray("<bo").repeated(megabyte / 3);
    QTest::newRow("special tokens") << QByteArray("<box>").repeated(megabyte / 5);
    QTest::newRow("beyond ASCII") << QByteArray("é").repeated(megabyte / 2);
    QTest::newRow("invalid UTF-8") << QByteArray(megabyte, '\xFF');
    QTest::newRow("unfinished UTF-8") << QByteArray(megabyte, '\xE2');
  }

  void megabytes() {
    QFETCH(QByteArray, text);
    const SpmTokenizer spm(small_spm());
    const BpeTokenizer llama3(small_bpe());
    const BpeTokenizer unnamed(small_bpe("default"));
    for (const Tokenizer* tokenizer : std::initializer_list<const Tokenizer*>{&spm, &llama3, &unnamed}) {
      QElapsedTimer timer;
      timer.start();
      const auto ids = tokenizer->encode(std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
      const qint64 elapsed = timer.elapsed();
      // A quadratic step would take minutes; seconds are room for a busy machine and for sanitizers.
      QVERIFY2(elapsed < 10'000, qPrintable(QString::number(elapsed) + " ms"));
      QVERIFY(tokenizer->decode(ids) == text.toStdString());
    }
  }

  // A special token that the text begins again and again.
  void aLongSpecialTokenCostsNothing() {
    Vocabulary vocabulary = small_spm();
    vocabulary.pieces.push_back(std::string(100'000, 'a') + "b");
    vocabulary.types.push_back(PieceType::user_defined);
    vocabulary.scores.push_back(0);
    const SpmTokenizer tokenizer(vocabulary);
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(tokenizer.encode(std::string(1'000'000, 'a')).size(), std::size_t{1'000'001});
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(QString::number(timer.elapsed()) + " ms"));
  }
};

QTEST_GUILESS_MAIN(LongTextsAreTokenisedInLinearTime)
#include "test_long_texts.moc"
