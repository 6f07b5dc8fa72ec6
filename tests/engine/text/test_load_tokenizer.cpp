// From a GGUF file to its tokenizer: which keys are read, what holds where they are missing, and what is refused.
#include <QTemporaryDir>
#include <QTest>
#include <functional>

#include "engine/text/small_vocabularies.h"
#include "sotto/engine/error.h"
#include "sotto/engine/tokenizer.h"
#include "support/gguf_writer.h"

using namespace sotto::engine;
using namespace sotto::test;

namespace {

void put_pieces(GgufWriter& writer, const Vocabulary& vocabulary) {
  std::vector<std::int32_t> types;
  for (const PieceType type : vocabulary.types) types.push_back(static_cast<std::int32_t>(type));
  writer.set("tokenizer.ggml.tokens", vocabulary.pieces);
  writer.set("tokenizer.ggml.token_type", types);
  if (!vocabulary.scores.empty()) writer.set("tokenizer.ggml.scores", vocabulary.scores);
}

GgufWriter spm_file() {
  GgufWriter writer;
  writer.set("tokenizer.ggml.model", "llama");
  put_pieces(writer, small_spm());
  return writer;
}

GgufWriter bpe_file() {
  GgufWriter writer;
  const Vocabulary vocabulary = small_bpe();
  writer.set("tokenizer.ggml.model", "gpt2").set("tokenizer.ggml.pre", "llama-bpe");
  put_pieces(writer, vocabulary);
  writer.set("tokenizer.ggml.merges", vocabulary.merges);
  writer.set("tokenizer.ggml.bos_token_id", static_cast<std::uint32_t>(vocabulary.bos));
  writer.set("tokenizer.ggml.eos_token_id", static_cast<std::uint32_t>(vocabulary.eos));
  return writer;
}

}  // namespace

class TokenizersAreLoadedFromFiles : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;

  std::unique_ptr<const Tokenizer> load(const GgufWriter& writer) const {
    const auto path = std::filesystem::path(folder_.path().toStdString()) / "model.gguf";
    writer.write(path);
    return load_tokenizer(path);
  }

 private slots:
  void sentencePieceFilesWithoutTensorsWork() {
    const auto tokenizer = load(spm_file());
    QCOMPARE(tokenizer->size(), static_cast<int>(small_spm().pieces.size()));
    QCOMPARE(tokenizer->encode("hello world"), ids_of(small_spm(), {"▁hello", "▁world"}));
    // What holds where the keys are missing.
    QCOMPARE(tokenizer->bos(), 1);
    QCOMPARE(tokenizer->eos(), 2);
    QVERIFY(tokenizer->adds_bos());
    QVERIFY(tokenizer->is_end(2));
  }

  void byteLevelFilesWork() {
    const auto tokenizer = load(bpe_file());
    QCOMPARE(tokenizer->encode("hello world"), ids_of(small_bpe(), {"hello", "Ġworld"}));
    QVERIFY(tokenizer->adds_bos());
    QVERIFY(tokenizer->is_end(small_bpe().eos));
  }

  void keysAreHeeded() {
    GgufWriter writer = spm_file();
    writer.set("tokenizer.ggml.add_bos_token", false).set("tokenizer.ggml.add_space_prefix", false);
    writer.set("tokenizer.ggml.bos_token_id", std::uint32_t{5}).set("tokenizer.ggml.eos_token_id", std::uint16_t{6});
    writer.set("tokenizer.ggml.eot_token_id", std::int32_t{7}).set("tokenizer.ggml.eom_token_id", std::uint64_t{8});
    const auto tokenizer = load(writer);
    QVERIFY(!tokenizer->adds_bos());
    QCOMPARE(tokenizer->bos(), 5);
    QCOMPARE(tokenizer->eos(), 6);
    for (const Token token : {2, 6, 7, 8}) QVERIFY(tokenizer->is_end(token));
    QVERIFY(!tokenizer->is_end(9));
    QCOMPARE(tokenizer->encode("hello"), ids_of(small_spm(), {"hello"}));
  }

  void noTokenIsWrittenWithAllBitsSet() {
    GgufWriter writer = bpe_file();
    writer.set("tokenizer.ggml.bos_token_id", 0xFFFFFFFFU).set("tokenizer.ggml.eos_token_id", std::int32_t{-1});
    const auto tokenizer = load(writer);
    QCOMPARE(tokenizer->bos(), -1);
    QCOMPARE(tokenizer->eos(), -1);
    QVERIFY(!tokenizer->adds_bos());
    QCOMPARE(tokenizer->encode(std::vector<Fragment>{{Fragment::Kind::text, "hello", {}}}, true),
             ids_of(small_bpe(), {"hello"}));
  }

  void filesWithoutAPreTokenizerGetTheDefault() {
    GgufWriter writer = bpe_file();
    writer.remove("tokenizer.ggml.pre");
    const auto tokenizer = load(writer);
    QVERIFY(!tokenizer->adds_bos());
    QCOMPARE(tokenizer->decode(tokenizer->encode("hello (world) 1234")), std::string("hello (world) 1234"));
  }

  void phi3ModelsAreKnownByTheirName() {
    GgufWriter writer = spm_file();
    writer.set("general.name", "Phi 3 mini").set("general.name", "Phi-3-mini-4k");
    QCOMPARE(load(writer)->encode("[INST] \nhello", true), ids_of(small_spm(), {"[INST]", "▁hello"}));
    QCOMPARE(load(spm_file())->encode("[INST]\n\nhello", true), ids_of(small_spm(), {"[INST]", "\n\n", "▁hello"}));
  }

  void refusals_data() {
    using Damage = std::function<void(GgufWriter&)>;
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<QString>("key");
    QTest::addColumn<bool>("unsupported");
    const auto row = [](const char* name, const char* key, const Damage& damage, bool unsupported = false) {
      QTest::newRow(name) << damage << key << unsupported;
    };
    row("no model", "tokenizer.ggml.model", [](GgufWriter& w) { w.remove("tokenizer.ggml.model"); });
    row("a model that is a number", "tokenizer.ggml.model", [](GgufWriter& w) { w.set("tokenizer.ggml.model", 1U); });
    row(
        "an unknown model", "tokenizer.ggml.model", [](GgufWriter& w) { w.set("tokenizer.ggml.model", "bert"); }, true);
    row(
        "an unknown pre-tokenizer", "tokenizer.ggml.pre", [](GgufWriter& w) { w.set("tokenizer.ggml.pre", "klingon"); },
        true);
    row("no tokens", "tokenizer.ggml.tokens", [](GgufWriter& w) { w.remove("tokenizer.ggml.tokens"); });
    row("an empty vocabulary", "tokenizer.ggml.tokens",
        [](GgufWriter& w) { w.set("tokenizer.ggml.tokens", std::vector<std::string>{}); });
    row("tokens that are numbers", "tokenizer.ggml.tokens", [](GgufWriter& w) {
      w.set("tokenizer.ggml.tokens", std::vector<std::int32_t>{1, 2});
    });
    row("types shorter than tokens", "tokenizer.ggml.token_type", [](GgufWriter& w) {
      w.set("tokenizer.ggml.token_type", std::vector<std::int32_t>{1, 2});
    });
    row("scores shorter than tokens", "tokenizer.ggml.scores", [](GgufWriter& w) {
      w.set("tokenizer.ggml.scores", std::vector<float>{1, 2});
    });
    row("no merges", "tokenizer.ggml.merges", [](GgufWriter& w) { w.remove("tokenizer.ggml.merges"); });
    row("an unknown piece in the merges", "tokenizer.ggml.merges", [](GgufWriter& w) {
      w.set("tokenizer.ggml.merges", std::vector<std::string>{"h e", "he xyz"});
    });
    for (const char* key : {"tokenizer.ggml.bos_token_id", "tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id",
                            "tokenizer.ggml.eom_token_id", "tokenizer.ggml.unknown_token_id",
                            "tokenizer.ggml.padding_token_id", "tokenizer.ggml.fim_pad_token_id"}) {
      row(key, key, [key](GgufWriter& w) { w.set(key, 100000U); });
    }
    row("a negative id", "tokenizer.ggml.eos_token_id",
        [](GgufWriter& w) { w.set("tokenizer.ggml.eos_token_id", std::int32_t{-5}); });
    row("an id of 64 bits", "tokenizer.ggml.eos_token_id",
        [](GgufWriter& w) { w.set("tokenizer.ggml.eos_token_id", ~std::uint64_t{0}); });
    row("an id that is text", "tokenizer.ggml.bos_token_id",
        [](GgufWriter& w) { w.set("tokenizer.ggml.bos_token_id", "1"); });
    row("BOS wanted but missing", "tokenizer.ggml.add_bos_token", [](GgufWriter& w) {
      w.remove("tokenizer.ggml.bos_token_id");
      w.set("tokenizer.ggml.add_bos_token", true);
    });
  }

  void refusals() {
    QFETCH(std::function<void(GgufWriter&)>, damage);
    QFETCH(QString, key);
    QFETCH(bool, unsupported);
    GgufWriter writer = bpe_file();
    damage(writer);
    try {
      (void)load(writer);
      QFAIL("the file was accepted");
    } catch (const Error& error) {
      QCOMPARE(error.code(), unsupported ? ErrorCode::unsupported : ErrorCode::format);
      QVERIFY2(QString(error.what()).contains(key), error.what());
      QVERIFY2(QString(error.what()).contains("model.gguf"), error.what());
      QCOMPARE(QString::fromStdString(error.where()), key);
    }
  }

  void aMissingFileIsSaid() { QVERIFY_EXCEPTION_THROWN((void)load_tokenizer("/nowhere/model.gguf"), Error); }
};

QTEST_GUILESS_MAIN(TokenizersAreLoadedFromFiles)
#include "test_load_tokenizer.moc"
