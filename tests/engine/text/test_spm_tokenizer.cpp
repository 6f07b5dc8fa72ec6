// SentencePiece tokenisation on a vocabulary made by hand.
#include <QTest>

#include "engine/text/small_vocabularies.h"
#include "text/spm_tokenizer.h"

using namespace sotto::engine;
using namespace sotto::test;
using Ids = std::vector<Token>;

class SpmTokenizerMergesByScore : public QObject {
  Q_OBJECT

  const Vocabulary vocabulary_ = small_spm();
  const SpmTokenizer tokenizer_{small_spm()};

  Ids ids(const std::vector<std::string>& pieces) const { return ids_of(vocabulary_, pieces); }

 private slots:
  void wordsAreMerged() {
    QCOMPARE(tokenizer_.encode("hello world"), ids({"▁hello", "▁world"}));
    QCOMPARE(tokenizer_.encode("the"), ids({"▁the"}));
    QCOMPARE(tokenizer_.encode("xher"), ids({"▁", "x", "he", "r"}));  // "he" has a better score than "er"
    QCOMPARE(tokenizer_.encode(""), Ids());
  }

  void theLeftmostOfEqualScoresGoesFirst() {
    Vocabulary vocabulary = small_spm();
    vocabulary.pieces.push_back("xy");
    vocabulary.pieces.push_back("yx");
    vocabulary.types.resize(vocabulary.pieces.size(), PieceType::normal);
    vocabulary.scores.resize(vocabulary.pieces.size(), -3.F);
    const SpmTokenizer tokenizer(vocabulary);
    QCOMPARE(tokenizer.encode("xyxy"), ids_of(vocabulary, {"▁", "xy", "xy"}));
    QCOMPARE(tokenizer.encode("yxy"), ids_of(vocabulary, {"▁", "yx", "y"}));
  }

  void charactersWithoutAPieceBecomeBytes() {
    QCOMPARE(tokenizer_.encode("é"), ids({"▁", "é"}));
    QCOMPARE(tokenizer_.encode("ü"), ids({"▁", "<0xC3>", "<0xBC>"}));
    QCOMPARE(tokenizer_.encode("\xC3z"), ids({"▁", "<0xC3>", "z"}));
  }

  void withoutBytesTheyBecomeTheUnknownToken() {
    Vocabulary vocabulary = small_spm();
    for (int byte = 0; byte < 256; ++byte) vocabulary.pieces[static_cast<std::size_t>(3 + byte)] = "";
    std::fill_n(vocabulary.types.begin() + 3, 256, PieceType::unused);
    QCOMPARE(SpmTokenizer(vocabulary).encode("aü"), (Ids{id_of(vocabulary, "▁"), id_of(vocabulary, "a"), 0}));
    vocabulary.unknown = -1;
    QVERIFY_EXCEPTION_THROWN((void)SpmTokenizer(vocabulary).encode("ü"), Error);
  }

  void unusedPiecesAreTakenApartAgain() {
    QCOMPARE(tokenizer_.encode("tion"), ids({"▁t", "i", "on"}));
    QCOMPARE(tokenizer_.encode("ation"), ids({"▁", "a", "ti", "on"}));
  }

  void theSpacePrefixFollowsTheKey() {
    Vocabulary vocabulary = small_spm();
    vocabulary.add_space_prefix = false;
    const SpmTokenizer bare(vocabulary);
    QCOMPARE(bare.encode("hello"), ids({"hello"}));
    QCOMPARE(bare.decode(bare.encode(" hello")), std::string(" hello"));
  }

  void bosIsAddedOnceWhereTheFileAsksOrSaysNothing() {
    const std::vector<Fragment> text{{Fragment::Kind::text, "hello", {}}};
    const std::vector<Fragment> with_bos{{Fragment::Kind::markup, "<s>hello", {}}};
    QVERIFY(tokenizer_.adds_bos());
    QCOMPARE(tokenizer_.encode(text, true), ids({"<s>", "▁hello"}));
    QCOMPARE(tokenizer_.encode(text, false), ids({"▁hello"}));
    QCOMPARE(tokenizer_.encode(with_bos, true), ids({"<s>", "▁hello"}));
    QCOMPARE(tokenizer_.encode(std::vector<Fragment>{}, true), ids({"<s>"}));
    Vocabulary vocabulary = small_spm();
    vocabulary.add_bos = false;
    QVERIFY(!SpmTokenizer(vocabulary).adds_bos());
    QCOMPARE(SpmTokenizer(vocabulary).encode(text, true), ids({"▁hello"}));
  }

  void piecesAndTextsComeBack() {
    QCOMPARE(tokenizer_.piece(id_of(vocabulary_, "▁hello")), std::string(" hello"));
    QCOMPARE(tokenizer_.piece(id_of(vocabulary_, "<0xC3>")), std::string("\xC3"));
    QCOMPARE(tokenizer_.piece(1), std::string());
    QCOMPARE(tokenizer_.piece(1, true), std::string("<s>"));
    QCOMPARE(tokenizer_.decode(ids({"<s>", "▁hello", "▁world"})), std::string("hello world"));
    QVERIFY_EXCEPTION_THROWN((void)tokenizer_.piece(-1), Error);
    QVERIFY_EXCEPTION_THROWN((void)tokenizer_.piece(tokenizer_.size()), Error);
  }

  void everyTextComesBackWhole() {
    for (unsigned seed = 0; seed < 300; ++seed) {
      const std::string text = random_text(seed, seed);
      QCOMPARE(tokenizer_.decode(tokenizer_.encode(text)), text);
    }
  }

  // A piece with a space in its middle forbids cutting a text at spaces; what comes out must not depend on that.
  void cuttingAtSpacesChangesNothing() {
    Vocabulary vocabulary = small_spm();
    vocabulary.pieces.push_back("never▁seen");
    vocabulary.types.push_back(PieceType::normal);
    vocabulary.scores.push_back(-99);
    const SpmTokenizer uncut(vocabulary);
    for (unsigned seed = 0; seed < 100; ++seed) {
      const std::string text = random_text(seed, 5 * seed);
      QCOMPARE(uncut.encode(text), tokenizer_.encode(text));
    }
  }
};

QTEST_GUILESS_MAIN(SpmTokenizerMergesByScore)
#include "test_spm_tokenizer.moc"
