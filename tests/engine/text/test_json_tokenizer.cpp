// tokenizer.json files: what Hugging Face's own library makes of them, and files that mean harm.
// tests/data/json_tokenizers.mjs made the reference.
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/text/small_vocabularies.h"
#include "sotto/engine/error.h"
#include "support/gguf_writer.h"
#include "text/json/json_tokenizer.h"
#include "text/json/split.h"

using namespace sotto::engine;
using namespace sotto::test;
using nlohmann::json;

namespace {

json reference() {
  std::ifstream in(SOTTO_SOURCE_DIR "/tests/data/json_tokenizers.json");
  return json::parse(in);
}

json with_vocab(json tokenizer, const json& shared) {
  json& model = tokenizer["model"];
  if (model.contains("shared")) {
    model.update(shared.at(model["shared"].get<std::string>()));
    model.erase("shared");
  }
  return tokenizer;
}

JsonTokenizer make(const json& tokenizer, const std::string& config = {}) {
  return {tokenizer.dump(), config, "tokenizer.json"};
}

// Hello, and what is there, with a normalizer and a pre-tokenizer to try.
json small(const json& normalizer = nullptr, const json& pre_tokenizer = nullptr) {
  return {
      {"added_tokens", json::array()},
      {"normalizer", normalizer},
      {"pre_tokenizer", pre_tokenizer},
      {"post_processor", nullptr},
      {"decoder", nullptr},
      {"model", {{"type", "WordLevel"}, {"unk_token", "<unk>"}, {"vocab", {{"<unk>", 0}, {"hello", 1}, {"é", 2}}}}}};
}

json special(int id, const char* content) {
  return {{"id", id}, {"content", content}, {"special", true}, {"normalized", false}};
}

QString shown(const std::vector<Token>& ids) {
  QStringList words;
  for (const Token id : ids) words << QString::number(id);
  return words.join(' ');
}

std::string message(const std::string& text, std::string* where = nullptr) {
  try {
    (void)JsonTokenizer(text, {}, "tokenizer.json");
  } catch (const Error& error) {
    if (where != nullptr) *where = error.where();
    return error.what();
  }
  return {};
}

}  // namespace

class JsonTokenizers : public QObject {
  Q_OBJECT

  json reference_ = reference();

 private slots:
  void makeTheIdsOfTheReference_data() {
    QTest::addColumn<int>("index");
    int index = 0;
    for (const json& each : reference_["tokenizers"]) {
      QTest::newRow(each["name"].get<std::string>().c_str()) << index++;
    }
    QVERIFY(index > 50);
  }

  void makeTheIdsOfTheReference() {
    QFETCH(int, index);
    const json& each = reference_["tokenizers"][static_cast<std::size_t>(index)];
    const JsonTokenizer tokenizer = make(with_vocab(each["tokenizer"], reference_["shared"]));
    const json& texts = reference_["texts"];
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto text = texts[i].get<std::string>();
      const auto expected = each["ids"][i].get<std::vector<Token>>();
      const std::vector<Token> ids = tokenizer.encode(text, true);
      QVERIFY2(ids == expected,
               qPrintable(QStringLiteral("%1\n%2\n%3").arg(QString::fromStdString(text), shown(ids), shown(expected))));
      const json& decoded = each["decoded"][i];
      const std::string plain = decoded.is_null() ? text : decoded.get<std::string>();
      QCOMPARE(QString::fromStdString(tokenizer.decode(ids)), QString::fromStdString(plain));
      const json& all = each["all"];
      const std::string key = std::to_string(i);
      QCOMPARE(QString::fromStdString(tokenizer.decode(ids, true)),
               QString::fromStdString(all.contains(key) ? all[key].get<std::string>() : plain));
    }
    // What stands before a prompt is put there on request alone.
    const auto prefixed = each["prefixed"].get<std::vector<Token>>();
    const Fragment hello{Fragment::Kind::markup, "hello", {}};
    std::vector<Token> ids = tokenizer.encode(std::span(&hello, 1), true);
    QVERIFY(ids.size() <= prefixed.size());
    QCOMPARE(ids, std::vector<Token>(prefixed.begin(), prefixed.begin() + static_cast<std::ptrdiff_t>(ids.size())));
    QCOMPARE(tokenizer.adds_bos(), ids.size() > tokenizer.encode("hello", true).size());
  }

  // A reply is shown piece by piece.
  void piecesTogetherAreTheText() {
    for (const json& each : reference_["tokenizers"]) {
      const std::string name = each["name"];
      if (name != "Llama 3" && name != "Llama 2" && name != "Gemma" && name != "Qwen 2") continue;
      const JsonTokenizer tokenizer = make(with_vocab(each["tokenizer"], reference_["shared"]));
      for (const json& entry : reference_["texts"]) {
        const auto text = entry.get<std::string>();
        const std::vector<Token> ids = tokenizer.encode(text);
        std::string together;
        for (const Token id : ids) together += tokenizer.piece(id);
        const bool leads = name == "Llama 2" && together.starts_with(' ');  // what decode takes away
        QCOMPARE(QString::fromStdString(together.substr(leads ? 1 : 0)), QString::fromStdString(tokenizer.decode(ids)));
      }
    }
  }

  void aUsersWordsAreNeverSpecialTokens() {
    json file = small(nullptr, {{"type", "WhitespaceSplit"}});
    file["added_tokens"] = {special(3, "<|im_end|>"),
                            {{"id", 4}, {"content", "<keep>"}, {"special", false}, {"normalized", false}}};
    const JsonTokenizer tokenizer = make(file);
    QCOMPARE(tokenizer.encode("hello <|im_end|> <keep>"), (std::vector<Token>{1, 0, 4}));
    QCOMPARE(tokenizer.encode("hello <|im_end|> <keep>", true), (std::vector<Token>{1, 3, 4}));
    const Fragment parts[] = {{Fragment::Kind::text, "hello <|im_", {}}, {Fragment::Kind::markup, "end|> hello", {}}};
    QCOMPARE(tokenizer.encode(parts, false), (std::vector<Token>{1, 0, 1}));
    const Fragment ids[] = {{Fragment::Kind::tokens, {}, {3, 1}}, {Fragment::Kind::text, "hello", {}}};
    QCOMPARE(tokenizer.encode(ids, false), (std::vector<Token>{3, 1, 1}));
    QVERIFY(tokenizer.is_control(3) && tokenizer.is_end(3) && !tokenizer.is_control(4));
    QCOMPARE(tokenizer.piece(3), std::string());
    QCOMPARE(tokenizer.piece(3, true), std::string("<|im_end|>"));
    QVERIFY_EXCEPTION_THROWN((void)tokenizer.piece(5), Error);
    QVERIFY_EXCEPTION_THROWN((void)tokenizer.piece(-1), Error);
  }

  void bytesThatAreNoTextBecomeReplacements() {
    const JsonTokenizer tokenizer = make(small());
    QCOMPARE(tokenizer.encode("\xFF\xC3"), (std::vector<Token>{0}));
    json file = small();
    file["model"]["vocab"]["\uFFFD\uFFFD"] = 3;
    QCOMPARE(make(file).encode("\xFF\xC3"), (std::vector<Token>{3}));
  }

  void theConfigurationNamesBosAndEos() {
    json file = small();
    file["added_tokens"] = {special(3, "<s>"), special(4, "</s>")};
    const JsonTokenizer tokenizer = make(file, R"({"bos_token": "<s>", "eos_token": {"content": "</s>"}})");
    QCOMPARE(tokenizer.bos(), 3);
    QCOMPARE(tokenizer.eos(), 4);
    QVERIFY(tokenizer.is_end(4));
    QVERIFY(!tokenizer.adds_bos());
    QCOMPARE(make(file).eos(), -1);
  }

  void aFolderIsReadAsOne() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    json file = small();
    file["added_tokens"] = {special(3, "<end>")};
    std::ofstream(path / "tokenizer.json") << file.dump();
    std::ofstream(path / "tokenizer_config.json") << R"({"eos_token": "<end>"})";
    const auto tokenizer = load_tokenizer(path / "tokenizer.json");
    QCOMPARE(tokenizer->encode("hello"), (std::vector<Token>{1}));
    QCOMPARE(tokenizer->eos(), 3);
  }

  // Where the GGUF vocabulary is of a kind that the engine does not know.
  void aModelFileMayHoldOne() {
    QTemporaryDir folder;
    const std::filesystem::path path = std::filesystem::path(folder.path().toStdString()) / "model.gguf";
    GgufWriter writer;
    writer.set("tokenizer.ggml.model", "something new").set("tokenizer.huggingface.json", small().dump());
    writer.set("tokenizer.ggml.eos_token_id", std::uint32_t{2});
    writer.write(path);
    const auto tokenizer = load_tokenizer(path);
    QCOMPARE(tokenizer->encode("hello"), (std::vector<Token>{1}));
    QCOMPARE(tokenizer->eos(), 2);
    writer.set("tokenizer.ggml.eos_token_id", std::uint32_t{2000});
    writer.write(path);
    QVERIFY_EXCEPTION_THROWN((void)load_tokenizer(path), Error);
  }

  void whatIsWrongIsSaidWithItsPlace_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("place");
    const auto row = [](const char* name, const json& file, const char* place) {
      QTest::newRow(name) << QString::fromStdString(file.dump()) << QString(place);
    };
    const auto changed = [](const char* pointer, const json& value) {
      json file = small();
      file[json::json_pointer(pointer)] = value;
      return file;
    };
    QTest::newRow("no JSON") << QStringLiteral("{\"model\": ") << QString();
    QTest::newRow("a list") << QStringLiteral("[]") << QString();
    QTest::newRow("nothing in it") << QStringLiteral("{}") << QStringLiteral("model");
    row("an unknown model", changed("/model/type", "Telepathy"), "model");
    row("no vocabulary", changed("/model/vocab", nullptr), "model.vocab");
    row("a vocabulary of lists", changed("/model/vocab", json::array({1, 2})), "model.vocab");
    row("an id that is a text", changed("/model/vocab/hello", "1"), "the id of \"hello\"");
    row("a huge id", changed("/model/vocab/hello", 1e15), "the id of \"hello\"");
    row("an impossible id", changed("/model/vocab/hello", 4'000'000'000U), "model.vocab");
    row("a negative id", changed("/model/vocab/hello", -1), "model.vocab");
    row("an id twice", changed("/model/vocab/hello", 2), "model.vocab");
    row("an unknown normalizer", changed("/normalizer", {{"type", "Poetry"}}), "normalizer");
    row("a normalizer without a type", changed("/normalizer", json::object()), "normalizer.type");
    row("a normalizer that is a number", changed("/normalizer", 5), "normalizer");
    row("no Base64", changed("/normalizer", {{"type", "Precompiled"}, {"precompiled_charsmap", "%%%"}}),
        "normalizer.precompiled_charsmap");
    row("an unknown pre-tokenizer", changed("/pre_tokenizer", {{"type", "UnicodeScripts"}}), "pre_tokenizer");
    row("an unknown behaviour",
        changed("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"String", "a"}}}, {"behavior", "Lost"}}),
        "pre_tokenizer.behavior");
    row("a broken pattern",
        changed("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "(a"}}}, {"behavior", "Isolated"}}),
        "pre_tokenizer.pattern.Regex");
    row("sets in sets",
        changed("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "[a[bc]]"}}}, {"behavior", "Isolated"}}),
        "pre_tokenizer.pattern.Regex");
    row("no pattern", changed("/pre_tokenizer", {{"type", "Split"}, {"behavior", "Isolated"}}),
        "pre_tokenizer.pattern");
    row("a length of nothing", changed("/pre_tokenizer", {{"type", "FixedLength"}, {"length", 0}}),
        "pre_tokenizer.length");
    row("an unknown decoder", changed("/decoder", {{"type", "CTC"}}), "decoder");
    row("an added token without id", changed("/added_tokens", json::array({{{"content", "a"}}})), "added_tokens[0].id");
    row("an added token far away", changed("/added_tokens", json::array({special(2'000'000'000, "a")})),
        "added_tokens[0].id");
    row("an added token behind a gap", changed("/added_tokens", json::array({special(10'000'000, "a")})),
        "added_tokens");
    row("a template without its token",
        changed("/post_processor", {{"type", "TemplateProcessing"},
                                    {"single", json::array({{{"SpecialToken", {{"id", "<s>"}}}}})},
                                    {"special_tokens", json::object()}}),
        "post_processor.single[0].SpecialToken");
    json merges = small();
    merges["model"] = {{"type", "BPE"}, {"vocab", {{"a", 0}, {"b", 1}}}, {"merges", json::array({"a b"})}};
    row("a merge of nothing", merges, "model.merges[0]");
    merges["model"]["merges"] = json::array({"a b c"});
    row("a merge of three", merges, "model.merges[0]");
    json unigram = small();
    unigram["model"] = {{"type", "Unigram"}, {"unk_id", 7}, {"vocab", json::array({json::array({"a", -1.0})})}};
    row("an unknown token that is none", unigram, "model.unk_id");
    unigram["model"]["unk_id"] = 0;
    unigram["model"]["vocab"] = json::array({json::array({"a", "b"})});
    row("a score that is a text", unigram, "model.vocab[0][1]");
    json deep = {{"type", "NFC"}};
    for (int i = 0; i < 20; ++i) deep = {{"type", "Sequence"}, {"normalizers", json::array({deep})}};
    std::string place = "normalizer";
    for (int i = 0; i < 16; ++i) place += ".normalizers[0]";
    QTest::newRow("too deep") << QString::fromStdString(changed("/normalizer", deep).dump())
                              << QString::fromStdString(place);
  }

  void whatIsWrongIsSaidWithItsPlace() {
    QFETCH(QString, text);
    QFETCH(QString, place);
    std::string where;
    const QString said = QString::fromStdString(message(text.toStdString(), &where));
    QVERIFY2(said.contains(QStringLiteral("tokenizer.json")) && said.endsWith('.'), qPrintable(said));
    QCOMPARE(QString::fromStdString(where), place);
  }

  // \C would cut inside a character.
  void noPatternCutsCharacters() {
    for (const char* pattern : {"\\C", "[^\\C]", "\\K", "\\N", "\\Q"}) {
      std::string where;
      const json file =
          small(nullptr, {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}});
      QVERIFY2(!message(file.dump(), &where).empty(), pattern);
      QCOMPARE(where, std::string("pre_tokenizer.pattern.Regex"));
    }
  }

  void longRunsOfMarksAreNormalisedAtOnce() {
    std::string text = "a";
    for (int i = 0; i < 100'000; ++i) text += "\xCC\x81\xCC\xA3";  // above, below
    for (const char* form : {"NFC", "NFD", "NFKC", "NFKD"}) {
      const JsonTokenizer tokenizer = make(small({{"type", form}}));
      QCOMPARE(tokenizer.encode(text), (std::vector<Token>{0}));
    }
    // The same as of a short run: first what stands below.
    json file = small({{"type", "NFD"}});
    std::string below;
    std::string above;
    for (int i = 0; i < 20; ++i) below += "\xCC\xA3", above += "\xCC\x81";
    file["model"]["vocab"]["a" + below + above] = 3;
    std::string mixed = "a";
    for (int i = 0; i < 20; ++i) mixed += "\xCC\x81\xCC\xA3";
    QCOMPARE(make(file).encode(mixed), (std::vector<Token>{3}));
  }

  // A search goes on in steps, whose ends may lie anywhere in a character.
  void aMatchFarAwayIsFound() {
    const json entry = {{"Regex", "b+"}};
    const std::string source = "tokenizer.json";
    const JsonPattern pattern(JsonEntry(entry, "", source));
    for (const std::string letter : {"a", "\u00e9", "\u6f22", "\U0001f600"}) {
      for (std::size_t count = 0; count < 40; ++count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += letter;
        const std::size_t begin = text.size();
        text.append("bb").append(letter);
        const std::vector<Stretch> found = pattern.find(text);
        const auto matched = std::ranges::find_if(found, &Stretch::matched);
        QVERIFY(matched != found.end());
        QCOMPARE(matched->begin, begin);
        QCOMPARE(matched->end, begin + 2);
        QCOMPARE(found.size(), count == 0 ? std::size_t{2} : std::size_t{3});
      }
    }
  }

  // Each of these is within the bound of one attempt, and there are many.
  void patternsThatAreSlowOnLongTextsEnd_data() {
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("word");
    QTest::newRow("everything is looked at from every place") << "[^x]*x|a"
                                                              << "a";
    QTest::newRow("nothing is found, at every place") << "(a|aa)+[b-y]"
                                                      << "aaaaaaaaaaaaaaaaaaaaaaaaaa ";
    QTest::newRow("much is tried for every match") << "(a|aa)+[b-y]| "
                                                   << "aaaaaaaaaaaaaaaaaaaaaaaaaa ";
  }
  void patternsThatAreSlowOnLongTextsEnd() {
    QFETCH(QString, pattern);
    QFETCH(QString, word);
    const json split = {{"type", "Split"}, {"pattern", {{"Regex", pattern.toStdString()}}}, {"behavior", "Isolated"}};
    const json words = {{"type", "Split"}, {"pattern", {{"Regex", " "}}}, {"behavior", "MergedWithPrevious"}};
    const std::string text = word.repeated(300'000 / word.size()).toStdString();
    for (const json& steps : {json::array({split}), json::array({words, split})}) {
      const JsonTokenizer tokenizer = make(small(nullptr, {{"type", "Sequence"}, {"pretokenizers", steps}}));
      const std::clock_t start = std::clock();
      QVERIFY_EXCEPTION_THROWN((void)tokenizer.encode(text), Error);
      const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
      QVERIFY2(seconds < 10, qPrintable(QString::number(seconds)));  // the bound is 4
    }
    // What is short is not refused, also behind a text that was.
    (void)make(small(nullptr, split)).encode("aaaaaaaaaaab x");
  }

  void noFileTakesForEver() {
    const std::string many(20'000, 'a');
    // A pattern that tries every way.
    const JsonTokenizer pattern =
        make(small(nullptr, {{"type", "Split"}, {"pattern", {{"Regex", "(a|aa)+[b-y]"}}}, {"behavior", "Isolated"}}));
    QVERIFY_EXCEPTION_THROWN((void)pattern.encode(many), Error);
    // Replacements that double the text again and again.
    json doubling = json::array();
    for (int i = 0; i < 60; ++i)
      doubling.push_back({{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aa"}});
    const JsonTokenizer growth = make(small({{"type", "Sequence"}, {"normalizers", doubling}}));
    QVERIFY_EXCEPTION_THROWN((void)growth.encode(many), Error);
    const std::string megabyte(1 << 20, 'x');
    const JsonTokenizer bomb =
        make(small({{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", megabyte}}));
    QVERIFY_EXCEPTION_THROWN((void)bomb.encode(many), Error);
    json decoders = json::array();
    for (int i = 0; i < 60; ++i) {
      decoders.push_back({{"type", "Replace"}, {"pattern", {{"Regex", "."}}}, {"content", "xy"}});
    }
    json growing = small();
    growing["decoder"] = {{"type", "Sequence"}, {"decoders", decoders}};
    QVERIFY_EXCEPTION_THROWN((void)make(growing).piece(1), Error);
    QVERIFY(message(std::string(100'000, '[')).find("nested too deeply") != std::string::npos);
    // Long pieces.
    json longest = small();
    longest["model"] = {
        {"type", "WordPiece"},
        {"unk_token", "a"},
        {"max_input_chars_per_word", 1 << 30},
        {"vocab",
         {{"a", 0}, {"##a", 1}, {std::string(100'000, 'a'), 2}, {std::string("##") + std::string(100'000, 'a'), 3}}}};
    QCOMPARE(make(longest).encode(many + many).size(), std::size_t{40'000});
    // Long words, for every model.
    json bpe = small();
    bpe["model"] = {
        {"type", "BPE"}, {"vocab", {{"a", 0}, {"aa", 1}, {"aaaa", 2}}}, {"merges", json::array({"a a", "aa aa"})}};
    QCOMPARE(make(bpe).encode(std::string(1 << 20, 'a')).size(), std::size_t{1 << 18});
    json piece = small();
    piece["model"] = {{"type", "WordPiece"},
                      {"unk_token", "a"},
                      {"max_input_chars_per_word", 1 << 30},
                      {"vocab", {{"a", 0}, {"##a", 1}}}};
    QCOMPARE(make(piece).encode(std::string(1 << 20, 'a')).size(), std::size_t{1 << 20});
    json unigram = small();
    unigram["model"] = {{"type", "Unigram"},
                        {"unk_id", nullptr},
                        {"vocab", json::array({json::array({"a", -1.0}), json::array({"aa", -1.5})})}};
    QCOMPARE(make(unigram).encode(std::string(1 << 20, 'a')).size(), std::size_t{1 << 19});
    QVERIFY_EXCEPTION_THROWN((void)make(unigram).encode("b"), Error);
    // As many added tokens as characters.
    json added = small();
    added["added_tokens"] = {{{"id", 3}, {"content", "a"}, {"lstrip", true}, {"rstrip", true}, {"normalized", false}}};
    QCOMPARE(make(added).encode(std::string(1 << 20, 'a')).size(), std::size_t{1 << 20});
    QCOMPARE(make(added).encode(std::string(1 << 20, ' ')).size(), std::size_t{1});
  }
};

QTEST_GUILESS_MAIN(JsonTokenizers)
#include "test_json_tokenizer.moc"
