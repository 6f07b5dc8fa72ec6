// The vocabularies of ../shared/golden/tokenizer once more, each as the tokenizer.json that its model came with: the
// same ids as the reference, and as fast as the others.
// ctest: serial
#include <QElapsedTimer>
#include <QFile>
#include <QTest>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/gguf.h"
#include "support/english.h"
#include "text/json/json_tokenizer.h"

using namespace sotto::engine;
using nlohmann::json;

namespace {

QString golden(const QString& name) {
  return QStringLiteral(SOTTO_SOURCE_DIR "/../shared/golden/tokenizer/ggml-vocab-%1.gguf").arg(name);
}

QByteArray contents(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

json split(const char* pattern) {
  return {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
}

json byte_level(bool use_regex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", use_regex}};
}

json sequence(const char* list, const json& parts) { return {{"type", "Sequence"}, {list, parts}}; }

// What the models' own files say.
json pre_tokenizer(const QString& name) {
  constexpr const char* words =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
      "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  constexpr const char* words_and_digits =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|"
      "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  if (name == "gpt-2") return byte_level(true);
  if (name == "llama-bpe") return sequence("pretokenizers", {split(words), byte_level(false)});
  return sequence("pretokenizers", {split(words_and_digits), byte_level(false)});
}

JsonTokenizer from_gguf(const QString& name) {
  const auto file = GgufFile::open(golden(name).toStdString());
  const std::vector<std::string> pieces = *file->strings("tokenizer.ggml.tokens");
  const std::vector<std::int64_t> types = *file->integers("tokenizer.ggml.token_type");
  json vocab = json::object();
  json added = json::array();
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    if (types[id] == 1) {
      vocab[pieces[id]] = id;
    } else {
      added.push_back({{"id", id}, {"content", pieces[id]}, {"special", types[id] == 3}, {"normalized", false}});
    }
  }
  json model{{"type", "BPE"}, {"ignore_merges", name == "llama-bpe"}, {"vocab", vocab}};
  model["merges"] = *file->strings("tokenizer.ggml.merges");
  const json tokenizer{{"added_tokens", added},
                       {"normalizer", nullptr},
                       {"pre_tokenizer", pre_tokenizer(name)},
                       {"decoder", byte_level(true)},
                       {"model", model}};
  return {tokenizer.dump(), {}, "tokenizer.json"};
}

}  // namespace

class JsonTokenizersOfRealModels : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    if (!QFile::exists(golden("gpt-2"))) QSKIP("../shared/golden/tokenizer is not there: no reference vocabularies");
  }

  void makeTheSameIds_data() {
    QTest::addColumn<QString>("name");
    for (const char* name : {"gpt-2", "llama-bpe", "qwen2"}) QTest::newRow(name) << QString(name);
  }

  void makeTheSameIds() {
    QFETCH(QString, name);
    const JsonTokenizer tokenizer = from_gguf(name);
    const std::string input = contents(golden(name) + ".inp").toStdString();
    const QList<QByteArray> expected = contents(golden(name) + ".out").split('\n');
    const std::string separator = "\n__ggml_vocab_test__\n";
    int cases = 0;
    for (std::size_t begin = 0; begin != std::string::npos; ++cases) {
      const std::size_t end = input.find(separator, begin);
      const std::string text = input.substr(begin, end == std::string::npos ? end : end - begin);
      std::vector<Token> ids;
      for (const QByteArray& id : expected.at(cases).simplified().split(' ')) {
        if (!id.isEmpty()) ids.push_back(id.toInt());
      }
      QCOMPARE(tokenizer.encode(text), ids);
      QCOMPARE(tokenizer.decode(ids), text);
      begin = end == std::string::npos ? end : end + separator.size();
    }
    QCOMPARE(cases, 47);

    const std::string text = sotto::test::english(2'000'000);
    double best = 0;
    for (int run = 0; run < 3; ++run) {
      QElapsedTimer timer;
      timer.start();
      QVERIFY(!tokenizer.encode(text).empty());
      best = std::max(best, static_cast<double>(text.size()) / 1e6 / (static_cast<double>(timer.nsecsElapsed()) / 1e9));
    }
    qInfo("%.1f MB/s", best);
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    QVERIFY2(best > 5, qPrintable(QString::number(best)));
#endif
  }
};

QTEST_GUILESS_MAIN(JsonTokenizersOfRealModels)
#include "test_json_golden.moc"
