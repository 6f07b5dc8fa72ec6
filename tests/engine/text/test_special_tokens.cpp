// Fragments: a person's words never become control tokens, and markup does.
#include <QTest>

#include "engine/text/small_vocabularies.h"
#include "text/bpe_tokenizer.h"
#include "text/spm_tokenizer.h"

using namespace sotto::engine;
using namespace sotto::test;
using Ids = std::vector<Token>;
using Kind = Fragment::Kind;

class SpecialTokensComeFromMarkupOnly : public QObject {
  Q_OBJECT

  const Vocabulary spm_ = small_spm();
  const Vocabulary bpe_ = small_bpe();
  const SpmTokenizer spm_tokenizer_{small_spm()};
  const BpeTokenizer bpe_tokenizer_{small_bpe()};

  Ids spm(const std::vector<Fragment>& fragments) const { return spm_tokenizer_.encode(fragments, false); }
  Ids spm_ids(const std::vector<std::string>& pieces) const { return ids_of(spm_, pieces); }
  static bool has(const Ids& ids, Token id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

 private slots:
  void textStaysText() {
    for (const char* text : {"<s>", "a<s>", "</s>", "[INST] x [/INST]", "<unk>", "<0x41>", "x<s></s>"}) {
      for (const Token id : spm_tokenizer_.encode(text)) {
        QVERIFY(spm_.type(id) == PieceType::normal || spm_.type(id) == PieceType::byte);
      }
      QCOMPARE(spm_tokenizer_.decode(spm_tokenizer_.encode(text)), std::string(text));
    }
    QVERIFY(!has(bpe_tokenizer_.encode("<|eot_id|>"), bpe_.eos));
    QVERIFY(has(bpe_tokenizer_.encode("<|eot_id|>", true), bpe_.eos));
  }

  // Even where merging or a whole word would arrive at the control token.
  void noMergeMakesAControlToken() {
    Vocabulary vocabulary = small_bpe();
    vocabulary.types[static_cast<std::size_t>(id_of(vocabulary, "hell"))] = PieceType::control;
    vocabulary.types[static_cast<std::size_t>(id_of(vocabulary, "whole"))] = PieceType::control;
    const BpeTokenizer tokenizer(vocabulary);
    QCOMPARE(tokenizer.encode("hell"), ids_of(vocabulary, {"he", "ll"}));
    QVERIFY(!has(tokenizer.encode("whole"), id_of(vocabulary, "whole")));
    Vocabulary pieces = small_spm();
    pieces.types[static_cast<std::size_t>(id_of(pieces, "hello"))] = PieceType::control;
    QVERIFY(!has(SpmTokenizer(pieces).encode("hello"), id_of(pieces, "hello")));
  }

  void markupBecomesTokensAndTheSpacePrefixFollowsThem() {
    QCOMPARE(spm({{Kind::markup, "<s>[INST] ", {}}, {Kind::text, "hello", {}}, {Kind::markup, " [/INST]", {}}}),
             spm_ids({"<s>", "[INST]", "▁▁", "hello", "▁", "[/INST]"}));
    QCOMPARE(spm({{Kind::markup, "[INST]", {}}, {Kind::text, "hello", {}}}), spm_ids({"[INST]", "▁hello"}));
  }

  void textAndMarkupMergeAcrossTheirBorder() {
    QCOMPARE(spm({{Kind::markup, "he", {}}, {Kind::text, "llo", {}}}), spm_ids({"▁hello"}));
    QCOMPARE(spm({{Kind::markup, "x\n", {}}, {Kind::text, "\ny", {}}}), spm_ids({"▁", "x", "\n\n", "▁", "y"}));
  }

  void aSpecialTokenIsNotPutTogetherFromTextAndMarkup() {
    QVERIFY(!has(spm({{Kind::markup, "[IN", {}}, {Kind::text, "ST]", {}}}), id_of(spm_, "[INST]")));
    QVERIFY(!has(spm({{Kind::text, "[INST", {}}, {Kind::markup, "]", {}}}), id_of(spm_, "[INST]")));
    QCOMPARE(spm({{Kind::markup, "[IN", {}}, {Kind::markup, "ST]", {}}}), spm_ids({"[INST]"}));
  }

  void userDefinedTokensAreFoundAnywhereTheLongestFirst() {
    QCOMPARE(spm_tokenizer_.encode("a<box>b"), spm_ids({"▁", "a", "<box>", "▁", "b"}));
    Vocabulary vocabulary = small_spm();
    for (const char* piece : {"<box><box>", "\n\n\n", "x>"}) {
      vocabulary.pieces.push_back(piece);
      vocabulary.types.push_back(PieceType::user_defined);
      vocabulary.scores.push_back(0);
    }
    const SpmTokenizer tokenizer(vocabulary);
    QCOMPARE(tokenizer.encode("<box><box><box>"), ids_of(vocabulary, {"<box><box>", "<box>"}));
    QCOMPARE(tokenizer.encode("\n\n\n\n\n"), ids_of(vocabulary, {"\n\n\n", "\n\n"}));
    QCOMPARE(tokenizer.encode("<box>x>"), ids_of(vocabulary, {"<box>", "x>"}));
  }

  void tokensAreTakenAsTheyAre() {
    const Token world = id_of(spm_, "▁world");
    QCOMPARE(spm({{Kind::text, "hello", {}}, {Kind::tokens, "", {world, 2}}, {Kind::text, "hello", {}}}),
             spm_ids({"▁hello", "▁world", "</s>", "▁hello"}));
    // After ordinary tokens a text goes on and gets no space.
    QCOMPARE(spm({{Kind::tokens, "", {world}}, {Kind::text, "hello", {}}}), spm_ids({"▁world", "hello"}));
    QCOMPARE(spm({{Kind::text, "he", {}}, {Kind::tokens, "", {}}, {Kind::text, "llo", {}}}), spm_ids({"▁hello"}));
    QVERIFY_EXCEPTION_THROWN((void)spm({{Kind::tokens, "", {spm_tokenizer_.size()}}}), Error);
    QVERIFY_EXCEPTION_THROWN((void)spm({{Kind::tokens, "", {-1}}}), Error);
  }

  void bosIsNotDoubledBeforeTokens() {
    const std::vector<Fragment> fragments{{Kind::tokens, "", {1, 5}}};
    QCOMPARE(spm_tokenizer_.encode(fragments, true), (Ids{1, 5}));
  }

  void phi3SwallowsWhiteSpaceAfterSpecialTokens() {
    Vocabulary vocabulary = small_spm();
    vocabulary.strip_after_special = true;
    const SpmTokenizer tokenizer(vocabulary);
    QCOMPARE(tokenizer.encode("[INST]\n hello</s>", true), ids_of(vocabulary, {"[INST]", "▁hello", "</s>"}));
  }

  void endTokensAreThoseOfTheFileAndThoseKnownByTheirText() {
    QVERIFY(spm_tokenizer_.is_end(2));
    QVERIFY(!spm_tokenizer_.is_end(1));
    QVERIFY(!spm_tokenizer_.is_end(-1));
    QVERIFY(spm_tokenizer_.is_control(1));
    QVERIFY(!spm_tokenizer_.is_control(id_of(spm_, "hello")));
    QVERIFY(!spm_tokenizer_.is_control(-1));

    Vocabulary vocabulary = small_bpe();
    vocabulary.eos = -1;
    vocabulary.eot = id_of(vocabulary, "Ċ");
    vocabulary.eom = id_of(vocabulary, "z");
    for (const char* piece : {"<|im_end|>", "<|im_start|>", "<|endoftext|>", "</s>", "<|end|>"}) {
      vocabulary.pieces.push_back(piece);
      vocabulary.types.push_back(PieceType::user_defined);
    }
    vocabulary.types[static_cast<std::size_t>(id_of(vocabulary, "</s>"))] = PieceType::normal;
    const BpeTokenizer tokenizer(vocabulary);
    const auto ends = [&](const char* piece) { return tokenizer.is_end(id_of(vocabulary, piece)); };
    QVERIFY(ends("Ċ"));
    QVERIFY(ends("z"));
    QVERIFY(ends("<|eot_id|>"));
    QVERIFY(ends("<|im_end|>"));
    QVERIFY(ends("<|endoftext|>"));
    QVERIFY(ends("<|end|>"));
    QVERIFY(!ends("</s>"));  // an ordinary piece, as in Qwen's vocabulary: HTML
    QVERIFY(!ends("<|im_start|>"));
    // Mislabelled markers are control tokens all the same: nobody can type them.
    QVERIFY(tokenizer.is_control(id_of(vocabulary, "<|im_start|>")));
    QVERIFY(!has(tokenizer.encode("<|im_start|>"), id_of(vocabulary, "<|im_start|>")));
    QCOMPARE(tokenizer.encode("<|im_start|>", true), (Ids{id_of(vocabulary, "<|im_start|>")}));
  }

  void harmonysEndOfAPartIsNoEnd() {
    Vocabulary vocabulary = small_bpe();
    for (const char* piece : {"<|end|>", "<|return|>", "<|call|>"}) {
      vocabulary.pieces.push_back(piece);
      vocabulary.types.push_back(PieceType::control);
    }
    const BpeTokenizer tokenizer(vocabulary);
    QVERIFY(!tokenizer.is_end(id_of(vocabulary, "<|end|>")));
    QVERIFY(tokenizer.is_end(id_of(vocabulary, "<|return|>")));
    QVERIFY(tokenizer.is_end(id_of(vocabulary, "<|call|>")));
  }
};

QTEST_GUILESS_MAIN(SpecialTokensComeFromMarkupOnly)
#include "test_special_tokens.moc"
