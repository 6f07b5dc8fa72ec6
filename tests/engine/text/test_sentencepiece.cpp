// SentencePiece's own library (Debian's python3-sentencepiece) against ours, on models that it trains here; and the
// unigram model and its normalisation by hand.
// ctest: serial timeout=180
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <nlohmann/json.hpp>

#include "sotto/engine/error.h"
#include "support/english.h"
#include "text/spm_tokenizer.h"
#include "text/unigram_tokenizer.h"

using namespace sotto::engine;

namespace {

Vocabulary by_hand(const std::vector<std::pair<std::string, float>>& pieces) {
  Vocabulary vocabulary;
  vocabulary.source = "hand.gguf";
  vocabulary.unknown = 0;
  vocabulary.pieces = {"<unk>"};
  vocabulary.types = {PieceType::unknown};
  vocabulary.scores = {0};
  for (const auto& [piece, score] : pieces) {
    vocabulary.pieces.push_back(piece);
    vocabulary.types.push_back(PieceType::normal);
    vocabulary.scores.push_back(score);
  }
  return vocabulary;
}

std::vector<std::uint8_t> from_hex(const std::string& hex) {
  const QByteArray bytes = QByteArray::fromHex(QByteArray::fromStdString(hex));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

class SentencePieceModels : public QObject {
  Q_OBJECT

 private slots:
  void equalTheLibrary() {
    QProcess python;
    const QString debians =
        QFile::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";  // not one of a user's own
    python.start(debians, {"-c", "import sentencepiece"});
    if (!python.waitForFinished() || python.exitCode() != 0 || python.exitStatus() != QProcess::NormalExit)
      QSKIP("python3-sentencepiece is not there to compare with");
    const QTemporaryDir folder;
    python.start(debians, {QStringLiteral(SOTTO_SOURCE_DIR "/tests/data/sentencepiece_reference.py"),
                           QStringLiteral(SOTTO_SOURCE_DIR), folder.path()});
    QVERIFY(python.waitForFinished(150'000));
    QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
    const auto models = nlohmann::json::parse(python.readAllStandardOutput().toStdString());
    QCOMPARE(models.size(), std::size_t{4});
    for (const auto& model : models) {
      const auto name = model["name"].get<std::string>();
      Vocabulary vocabulary;
      vocabulary.source = name;
      vocabulary.pieces = model["pieces"].get<std::vector<std::string>>();
      vocabulary.scores = model["scores"].get<std::vector<float>>();
      for (const int type : model["types"]) vocabulary.types.push_back(static_cast<PieceType>(type));
      vocabulary.unknown = 0;
      const bool prefix = model["prefix"];
      vocabulary.add_space_prefix = prefix;
      std::unique_ptr<const Tokenizer> tokenizer;
      if (model["kind"] == "bpe") {
        tokenizer = std::make_unique<SpmTokenizer>(vocabulary);
      } else {
        tokenizer = std::make_unique<UnigramTokenizer>(
            vocabulary, SentencePieceNormalizer(from_hex(model["charsmap"]), {prefix, model["merge"]}));
      }
      int compared = 0;
      for (std::size_t i = 0; i < model["lines"].size(); ++i, ++compared) {
        const auto line = model["lines"][i].get<std::string>();
        const auto expected = model["ids"][i].get<std::vector<Token>>();
        const std::vector<Token> ids = tokenizer->encode(line);
        const auto text = [](const std::vector<Token>& tokens) {
          QStringList list;
          for (const Token token : tokens) list << QString::number(token);
          return list.join(' ').toStdString();
        };
        QVERIFY2(ids == expected, (name + ": " + line + "\n" + text(ids) + "\n" + text(expected)).c_str());
      }
      QVERIFY2(compared > 300, name.c_str());
      const std::string text = sotto::test::english(1'000'000);
      QElapsedTimer timer;
      timer.start();
      QVERIFY(!tokenizer->encode(text).empty());
      const double speed = 1e3 * static_cast<double>(text.size()) / static_cast<double>(timer.nsecsElapsed());
      qInfo("%s: %.1f MB/s", name.c_str(), speed);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
      QVERIFY2(speed > 5, name.c_str());
#endif
    }
  }

  void theLikeliestCutIsTaken() {
    const UnigramTokenizer tokenizer(
        by_hand({{"\u2581", -1}, {"a", -2}, {"b", -2}, {"ab", -3}, {"aba", -9}, {"\u2581a", -2.5F}}),
        SentencePieceNormalizer({}, {true, false}));
    QCOMPARE(tokenizer.encode("ab"), (std::vector<Token>{1, 4}));      // -1 - 3 beats -2.5 - 2
    QCOMPARE(tokenizer.encode("aba"), (std::vector<Token>{1, 4, 2}));  // -6 beats -10 and -6.5
    QCOMPARE(tokenizer.encode("xyb"), (std::vector<Token>{1, 0, 3}));  // unknown neighbours are one
    QCOMPARE(tokenizer.encode(""), std::vector<Token>{});
    QCOMPARE(tokenizer.decode(tokenizer.encode("ab ab")), std::string("ab ab"));
  }

  void bytesStandForWhatIsUnknown() {
    Vocabulary vocabulary = by_hand({{"\u2581", -1}, {"a", -2}});
    for (int byte = 0; byte < 256; ++byte) {
      constexpr char hex[] = "0123456789ABCDEF";
      vocabulary.pieces.push_back({'<', '0', 'x', hex[byte >> 4], hex[byte & 15], '>'});
      vocabulary.types.push_back(PieceType::byte);
      vocabulary.scores.push_back(0);
    }
    const UnigramTokenizer tokenizer(vocabulary, SentencePieceNormalizer({}, {true, false}));
    QCOMPARE(tokenizer.encode("a\u00E9a"), (std::vector<Token>{1, 2, 3 + 0xC3, 3 + 0xA9, 2}));
    QCOMPARE(tokenizer.decode(tokenizer.encode("a\u00E9a")), std::string("a\u00E9a"));
  }

  void spacesAreMergedAndPrefixed() {
    const auto normal = [](bool prefix, bool merge, std::string_view text) {
      return SentencePieceNormalizer({}, {prefix, merge}).normalized(text);
    };
    QCOMPARE(normal(true, true, "  a  b "), std::string("\u2581a\u2581b"));
    QCOMPARE(normal(true, false, "a  b"), std::string("\u2581a\u2581\u2581b"));
    QCOMPARE(normal(false, true, " a b"), std::string("a\u2581b"));
    QCOMPARE(normal(false, false, " a"), std::string("\u2581a"));
    QCOMPARE(normal(true, true, ""), std::string());
    QCOMPARE(normal(true, true, "\xFF"), std::string("\u2581\uFFFD"));
  }

  void brokenTablesReplaceNothing() {
    for (const std::vector<std::uint8_t>& table :
         std::vector<std::vector<std::uint8_t>>{{1},
                                                {4, 0, 0, 0},
                                                {255, 255, 255, 255, 1},
                                                {3, 0, 0, 0, 1, 2, 3},
                                                {4, 0, 0, 0, 255, 255, 255, 255},
                                                {8, 0, 0, 0, 0, 4, 0, 0, 97, 1, 0, 128, 120}}) {
      QCOMPARE(SentencePieceNormalizer(table, {false, false}).normalized("ab"), std::string("ab"));
    }
  }

  void aVocabularyWithoutScoresIsRefused() {
    Vocabulary vocabulary = by_hand({{"a", -1}});
    vocabulary.scores.clear();
    QVERIFY_THROWS_EXCEPTION(Error, UnigramTokenizer(vocabulary, SentencePieceNormalizer({}, {true, false})));
    vocabulary = by_hand({{"a", -1}});
    vocabulary.unknown = -1;
    vocabulary.types[0] = PieceType::normal;
    const UnigramTokenizer tokenizer(vocabulary, SentencePieceNormalizer({}, {false, false}));
    QVERIFY_THROWS_EXCEPTION(Error, (void)tokenizer.encode("z"));
  }

  void longTextsTakeLinearTime() {
    const UnigramTokenizer tokenizer(by_hand({{"a", -2}, {"aa", -3}, {"aaa", -3.5F}, {"\u2581", -1}}),
                                     SentencePieceNormalizer({}, {true, false}));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(tokenizer.encode(std::string(1'000'000, 'a')).size() > 300'000);
    QVERIFY(tokenizer.encode(std::string(1'000'000, 'x')).size() <= 2);
    QVERIFY2(timer.elapsed() < 3000, qPrintable(QString::number(timer.elapsed())));
  }
};

QTEST_GUILESS_MAIN(SentencePieceModels)
#include "test_sentencepiece.moc"
