// Damaged vocabularies are refused with the key and the index, never accepted and never a crash.
#include <QTest>
#include <cmath>
#include <functional>

#include "engine/text/small_vocabularies.h"
#include "text/bpe_tokenizer.h"
#include "text/spm_tokenizer.h"

using namespace sotto::engine;
using namespace sotto::test;

namespace {

enum class Kind {
  spm,
  bpe
};

// The message of the refusal, empty when the vocabulary was accepted.
std::string refusal(Kind kind, const std::function<void(Vocabulary&)>& damage, std::string* where = nullptr) {
  Vocabulary vocabulary = kind == Kind::spm ? small_spm() : small_bpe();
  damage(vocabulary);
  try {
    if (kind == Kind::spm) {
      const SpmTokenizer tokenizer(vocabulary);
    } else {
      const BpeTokenizer tokenizer(vocabulary);
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::format) return "wrong code: " + std::string(error.what());
    if (where != nullptr) *where = error.where();
    return error.what();
  }
  return {};
}

}  // namespace

class HostileVocabularyIsRefused : public QObject {
  Q_OBJECT

 private slots:
  void soundOnesAreAccepted() {
    for (const Kind kind : {Kind::spm, Kind::bpe}) QCOMPARE(refusal(kind, [](Vocabulary&) {}), std::string());
  }

  void refusals_data() {
    using Damage = std::function<void(Vocabulary&)>;
    QTest::addColumn<bool>("spm");
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, Kind kind, const char* key, const char* says, const Damage& damage) {
      QTest::newRow(name) << (kind == Kind::spm) << damage << key << says;
    };
    row("no tokens", Kind::spm, "tokenizer.ggml.tokens", "is empty", [](Vocabulary& v) { v.pieces.clear(); });
    row("scores shorter than tokens", Kind::spm, "tokenizer.ggml.scores", "entries for",
        [](Vocabulary& v) { v.scores.resize(5); });
    row("types shorter than tokens", Kind::bpe, "tokenizer.ggml.token_type", "entries for",
        [](Vocabulary& v) { v.types.resize(5); });
    row("a score that is no number", Kind::spm, "tokenizer.ggml.scores", "[7]",
        [](Vocabulary& v) { v.scores[7] = std::nanf(""); });
    row("an infinite score", Kind::spm, "tokenizer.ggml.scores", "[7]", [](Vocabulary& v) { v.scores[7] = INFINITY; });
    for (const char* piece : {"<0xZZ>", "<0x-1>", "<0x1>", "", "x", "<0x100>", "<0x41"}) {
      row(piece[0] == 0 ? "an empty byte token" : piece, Kind::spm, "tokenizer.ggml.tokens", "[8]",
          [piece](Vocabulary& v) {
            v.pieces[8] = piece;
            v.types[8] = PieceType::byte;
          });
    }
    row("a piece twice", Kind::spm, "tokenizer.ggml.tokens", "[270]",
        [](Vocabulary& v) { v.pieces[270] = v.pieces[260]; });
    row("a control token that is a piece too", Kind::bpe, "tokenizer.ggml.tokens", "[260]", [](Vocabulary& v) {
      v.pieces[260] = v.pieces[1];
      v.types[260] = PieceType::control;
    });
    row("bos out of range", Kind::spm, "tokenizer.ggml.bos_token_id", "100000", [](Vocabulary& v) { v.bos = 100000; });
    row("eos out of range", Kind::bpe, "tokenizer.ggml.eos_token_id", "-2", [](Vocabulary& v) { v.eos = -2; });
    row("eot out of range", Kind::bpe, "tokenizer.ggml.eot_token_id", "2147483647",
        [](Vocabulary& v) { v.eot = 2147483647; });
    row("eom out of range", Kind::bpe, "tokenizer.ggml.eom_token_id", "1000", [](Vocabulary& v) { v.eom = 1000; });
    row("unknown out of range", Kind::bpe, "tokenizer.ggml.unknown_token_id", "1000",
        [](Vocabulary& v) { v.unknown = 1000; });
    row("bos wanted but missing", Kind::bpe, "tokenizer.ggml.add_bos_token", "bos_token_id", [](Vocabulary& v) {
      v.add_bos = true;
      v.bos = -1;
    });
    row("a merge of an unknown piece", Kind::bpe, "tokenizer.ggml.merges", "[3]",
        [](Vocabulary& v) { v.merges[3] = "hexe n"; });
    row("a merge to an unknown piece", Kind::bpe, "tokenizer.ggml.merges", "[3]",
        [](Vocabulary& v) { v.merges[3] = "q q"; });
    for (const char* merge : {"", " ", "he", "he ", " he", "h e r"}) {
      row(("the merge \"" + std::string(merge) + "\"").c_str(), Kind::bpe, "tokenizer.ggml.merges", "[3]",
          [merge](Vocabulary& v) { v.merges[3] = merge; });
    }
    row("megabytes of special tokens", Kind::spm, "tokenizer.ggml.token_type", "MiB", [](Vocabulary& v) {
      v.pieces.push_back(std::string(5 << 20, 'x'));
      v.types.push_back(PieceType::control);
      v.scores.push_back(0);
    });
  }

  void refusals() {
    QFETCH(bool, spm);
    QFETCH(std::function<void(Vocabulary&)>, damage);
    QFETCH(QString, key);
    QFETCH(QString, says);
    std::string where;
    const QString message = QString::fromStdString(refusal(spm ? Kind::spm : Kind::bpe, damage, &where));
    QVERIFY2(message.startsWith("\"small.gguf\" cannot be used: ") && message.endsWith('.'), qPrintable(message));
    QVERIFY2(message.contains(key), qPrintable(message));
    QVERIFY2(message.contains(says), qPrintable(message));
    QCOMPARE(QString::fromStdString(where), key);
  }

  void acceptedAreOddButHarmlessOnes() {
    QCOMPARE(refusal(Kind::spm, [](Vocabulary& v) { v.scores.clear(); }), std::string());
    QCOMPARE(refusal(Kind::spm, [](Vocabulary& v) { v.types.clear(); }), std::string());
    QCOMPARE(refusal(Kind::spm, [](Vocabulary& v) { v.scores.resize(v.pieces.size() + 9); }), std::string());
    QCOMPARE(refusal(Kind::spm, [](Vocabulary& v) { v.types.resize(v.pieces.size() + 9); }), std::string());
    QCOMPARE(refusal(Kind::spm, [](Vocabulary& v) { v.bos = v.eos = v.unknown = -1; }), std::string());
    QCOMPARE(refusal(Kind::spm, [](Vocabulary& v) { v.pieces[260] = v.pieces[261] = ""; }), std::string());
    QCOMPARE(refusal(Kind::bpe, [](Vocabulary& v) { v.merges.clear(); }), std::string());
    QCOMPARE(refusal(Kind::bpe, [](Vocabulary& v) { v.merges.push_back(v.merges[0]); }), std::string());
    QCOMPARE(refusal(Kind::bpe,
                     [](Vocabulary& v) {
                       v.pieces.push_back("\xFF\xFE not UTF-8");
                       v.types.push_back(PieceType::normal);
                     }),
             std::string());
  }

  void oddVocabulariesStillTokeniseWithoutLoss() {
    Vocabulary untyped = small_spm();
    untyped.types.clear();
    const SpmTokenizer tokenizer(untyped);
    QCOMPARE(tokenizer.decode(tokenizer.encode("hello ü</s>")), std::string("hello ü</s>"));
    Vocabulary unscored = small_spm();
    unscored.scores.clear();
    const SpmTokenizer flat(unscored);
    QCOMPARE(flat.decode(flat.encode("hello world")), std::string("hello world"));
  }
};

QTEST_GUILESS_MAIN(HostileVocabularyIsRefused)
#include "test_hostile_vocabulary.moc"
