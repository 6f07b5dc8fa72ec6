// Every name of tokenizer.ggml.pre that llama.cpp knows, against what it said (packaging/prove-tokenizers), on three
// vocabularies; and what is cut into thousands.
// ctest: timeout=180
#include <QCryptographicHash>
#include <QFile>
#include <QTest>
#include <map>
#include <nlohmann/json.hpp>

#include "io/gguf.h"
#include "text/bpe_tokenizer.h"
#include "text/pre_tokenizer.h"
#include "text/vocabulary.h"

using namespace sotto::engine;

namespace {

QByteArray contents(const char* path) {
  QFile file(QStringLiteral(SOTTO_SOURCE_DIR) + QLatin1String(path));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::vector<std::string> words(const char* name, const std::string& text) {
  std::vector<std::string> words;
  std::int32_t begin = 0;
  for (const std::int32_t end : PreTokenizer(*find_pre_tokenizer(name)).split(text)) {
    words.push_back(text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
    begin = end;
  }
  return words;
}

}  // namespace

class EveryPreTokenizer : public QObject {
  Q_OBJECT

 private slots:
  void splitsAsTheReferenceDoes_data() {
    QTest::addColumn<QString>("vocabulary");
    for (const char* name : {"llama-bpe", "qwen2", "deepseek-llm"}) QTest::newRow(name) << QString(name);
  }
  void splitsAsTheReferenceDoes() {
    QFETCH(QString, vocabulary);
    const std::string path =
        (QStringLiteral(SOTTO_SOURCE_DIR "/../shared/golden/tokenizer/ggml-vocab-") + vocabulary + ".gguf")
            .toStdString();
    if (!QFile::exists(QString::fromStdString(path))) QSKIP("../shared/golden/tokenizer is not there: no vocabularies");
    const auto file = GgufFile::open(path);
    const std::string text = contents("/tests/data/pre_tokenizers.txt").toStdString();
    const auto proved = nlohmann::json::parse(contents("/tests/data/pre_tokenizers.json").toStdString());
    QVERIFY(proved.size() >= 75 && text.size() > 5000);
    // Names of one kind share a tokenizer.
    std::map<std::pair<const void*, bool>, std::string> hashes;
    for (const auto& [name, said] : proved.items()) {
      const auto kind = find_pre_tokenizer(name);
      QVERIFY2(kind.has_value(), name.c_str());
      std::string& hash = hashes[{kind->patterns.data(), kind->ignore_merges}];
      if (hash.empty()) {
        Vocabulary changed = read_vocabulary(*file);
        changed.pre = name;
        std::string ids;
        for (const Token id : BpeTokenizer(std::move(changed)).encode(text)) {
          ids += (ids.empty() ? "" : " ") + std::to_string(id);
        }
        hash =
            QCryptographicHash::hash(QByteArray::fromStdString(ids), QCryptographicHash::Sha256).toHex().toStdString();
      }
      QVERIFY2(hash == said[vocabulary.toStdString()].get<std::string>(), name.c_str());
    }
  }

  // What tokenizer.json has; llama.cpp comes to something else here.
  void followsTheModelsWhereTheReferenceDoesNot() {
    using Words = std::vector<std::string>;
    for (const char* name : {"tiny_aya", "cohere2moe", "youtu", "kimi-k2"}) {
      QVERIFY2((words(name, "XMLHttpRequest") == Words{"XMLHttp", "Request"}), name);
    }
    // Combining marks belong to their letters.
    for (const char* name : {"tekken", "gpt-4o", "llama4"}) {
      QVERIFY2((words(name, "\u0639\u064E\u0631\u064E") == Words{"\u0639\u064E\u0631\u064E"}), name);
    }
    QCOMPARE(words("kimi-k2", "\u4E2D\u6587abc"), (Words{"\u4E2D\u6587", "abc"}));
  }

  void numbersAreCutInThreesFromTheirEnd() {
    using Words = std::vector<std::string>;
    QCOMPARE(words("superbpe", "a b 1234567 c"), (Words{"a b ", "1", "234", "567", " c"}));
    QCOMPARE(words("superbpe", "123"), Words{"123"});
    QCOMPARE(words("superbpe", "12"), Words{"12"});
    QCOMPARE(words("superbpe", "\u0663\u0664\u0665\u0666"), (Words{"\u0663", "\u0664\u0665\u0666"}));
    QCOMPARE(words("afmoe", "1234 5678901"), (Words{"1", "234", " ", "5", "678", "901"}));
  }

  void unknownNamesAreNotGuessed() { QVERIFY(!find_pre_tokenizer("no-such-name") && !find_pre_tokenizer("")); }
};

QTEST_GUILESS_MAIN(EveryPreTokenizer)
#include "test_pre_tokenizers.moc"
