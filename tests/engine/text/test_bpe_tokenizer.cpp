// Byte-level BPE on a vocabulary made by hand.
#include <QTest>

#include "engine/text/small_vocabularies.h"
#include "text/bpe_tokenizer.h"

using namespace sotto::engine;
using namespace sotto::test;
using Ids = std::vector<Token>;

class BpeTokenizerMergesByRank : public QObject {
  Q_OBJECT

  const Vocabulary vocabulary_ = small_bpe();
  const BpeTokenizer tokenizer_{small_bpe()};

  Ids ids(const std::vector<std::string>& pieces) const { return ids_of(vocabulary_, pieces); }

 private slots:
  void wordsAreMerged() {
    QCOMPARE(tokenizer_.encode("hello world"), ids({"hello", "Ġworld"}));
    QCOMPARE(tokenizer_.encode("hellother"), ids({"hello", "t", "he", "r"}));
    QCOMPARE(tokenizer_.encode(""), Ids());
  }

  void theLeftmostOfEqualRanksGoesFirst() { QCOMPARE(tokenizer_.encode("aaa"), ids({"aa", "a"})); }

  void bytesHaveNoLossAndNoFallback() {
    QCOMPARE(tokenizer_.encode("é"), ids({"Ã©"}));
    QCOMPARE(tokenizer_.encode("\xFF"), (Ids{255}));
    QCOMPARE(tokenizer_.encode(std::string(1, '\0')), (Ids{0}));
  }

  void ignoreMergesTakesWholeWords() {
    QCOMPARE(tokenizer_.encode("whole"), ids({"whole"}));
    QCOMPARE(BpeTokenizer(small_bpe("qwen2")).encode("whole"), ids({"w", "h", "o", "l", "e"}));
  }

  void thePreTokenizerDecidesAboutDigitsAndContractions() {
    const auto words = [](std::string_view pre, std::string_view text) {
      const PreTokenizer splitter(*find_pre_tokenizer(pre));
      std::vector<std::string> found;
      std::size_t begin = 0;
      for (const std::int32_t end : splitter.split(text)) {
        found.emplace_back(text.substr(begin, static_cast<std::size_t>(end) - begin));
        begin = static_cast<std::size_t>(end);
      }
      return found;
    };
    using Words = std::vector<std::string>;
    QCOMPARE(words("llama-bpe", "I'LL 12345 a\n\n b"), (Words{"I", "'LL", " ", "123", "45", " a", "\n\n", " b"}));
    QCOMPARE(words("qwen2", "x 12"), (Words{"x", " ", "1", "2"}));
    QCOMPARE(words("gpt-2", "I'LL we'll 12345  b"), (Words{"I", "'", "LL", " we", "'ll", " 12345", " ", " b"}));
    QCOMPARE(words("smollm", "a 12"), (Words{"a", " ", "1", "2"}));
    QCOMPARE(words("tekken", "camelCase ÉCOLE 12/\n"), (Words{"camel", "Case", " ÉCOLE", " ", "1", "2", "/\n"}));
    QCOMPARE(words("default", "a(b) 12345"), (Words{"a", "(", "b", ")", " ", "123", "45"}));
    // U+180E is no white space, U+0085 is.
    QCOMPARE(words("gpt-2", "a\xE1\xA0\x8E"), (Words{"a", "\xE1\xA0\x8E"}));
    QCOMPARE(words("gpt-2", "a\xC2\x85\xC2\x85."), (Words{"a", "\xC2\x85", "\xC2\x85", "."}));
    // Invalid bytes count as signs.
    QCOMPARE(words("llama-bpe", "a \xFF\xC3!b"), (Words{"a", " \xFF\xC3!", "b"}));
  }

  void aMissingPreTokenizerIsTheDefaultAndAnUnknownOneIsNamed() {
    Vocabulary vocabulary = small_bpe();
    vocabulary.pre.reset();
    QCOMPARE(BpeTokenizer(vocabulary).encode("hello"), ids({"hello"}));
    QVERIFY(!BpeTokenizer(vocabulary).adds_bos());
    vocabulary.pre = "klingon";
    try {
      const BpeTokenizer unknown(vocabulary);
      QFAIL("an unknown pre-tokenizer was accepted");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::unsupported);
      QVERIFY(std::string(error.what()).find("klingon") != std::string::npos);
    }
  }

  void bosIsAddedOnceWhereTheFileAsksOrThePreTokenizerIsLlamas() {
    const std::vector<Fragment> text{{Fragment::Kind::text, "hello", {}}};
    QCOMPARE(tokenizer_.encode(text, true), ids({"<|begin_of_text|>", "hello"}));
    QCOMPARE(BpeTokenizer(small_bpe("qwen2")).encode(text, true), ids({"hello"}));
    const std::vector<Fragment> with_bos{{Fragment::Kind::markup, "<|begin_of_text|>hello", {}}};
    QCOMPARE(tokenizer_.encode(with_bos, true), ids({"<|begin_of_text|>", "hello"}));
    Vocabulary vocabulary = small_bpe("qwen2");
    vocabulary.add_bos = true;
    QCOMPARE(BpeTokenizer(vocabulary).encode(text, true), ids({"<|begin_of_text|>", "hello"}));
  }

  void bytesWithoutATokenBecomeTheUnknownTokenOrAnError() {
    Vocabulary vocabulary = small_bpe();
    vocabulary.types[255] = PieceType::unused;
    QVERIFY_EXCEPTION_THROWN((void)BpeTokenizer(vocabulary).encode("a\xFF"), Error);
    vocabulary.unknown = 7;
    QCOMPARE(BpeTokenizer(vocabulary).encode("a\xFF"), (Ids{'a', 7}));
  }

  void everyTextComesBackWhole() {
    for (const char* pre : {"llama-bpe", "qwen2", "gpt-2", "default", "smollm"}) {
      const BpeTokenizer tokenizer(small_bpe(pre));
      for (unsigned seed = 0; seed < 100; ++seed) {
        const std::string text = random_text(seed, seed);
        QCOMPARE(tokenizer.decode(tokenizer.encode(text)), text);
      }
    }
  }
};

QTEST_GUILESS_MAIN(BpeTokenizerMergesByRank)
#include "test_bpe_tokenizer.moc"
