// Components of which no architecture of the goldens is made: positions, norms, gates and masks of other papers, as the
// engine's table of families has them, against NumPy.
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "io/gguf.h"
#include "model/transformer.h"
#include "support/gguf_writer.h"

using namespace sotto::engine;

namespace {

constexpr std::uint32_t kWidth = 32, kHeads = 4, kInner = 48, kVocabulary = 60, kLayers = 3, kTokens = 210,
                        kPrefix = 90;

// Builds the file for the engine and its JSON for NumPy.
class Maker {
 public:
  explicit Maker(const std::string& family) : family_(find_family(family)), name_(family) {
    model_ = {{"family", family}, {"layers", kLayers}, {"heads", kHeads},
              {"window", 3},      {"beta", 1.7},       {"prefix", kPrefix}};
    writer_.set("general.architecture", name_);
    key("context_length", kTokens).key("embedding_length", kWidth).key("block_count", kLayers);
    key("feed_forward_length", kInner).key("attention.head_count", kHeads).key("attention.sliding_window", 3U);
    key("attention.layer_norm_rms_epsilon", 1e-5F).key("attention.layer_norm_epsilon", 1e-5F);
    key("rope.dimension_count", kWidth / kHeads).key("rope.freq_base", 10000.0F);
    if (family == "swish") key("swish_beta", 1.7F);
    std::vector<int> ids(kTokens);
    for (int& id : ids) id = static_cast<int>(random_() % kVocabulary);
    model_["ids"] = ids;
    tensors();
  }

  std::vector<Token> write(const QString& folder) const {
    writer_.write((folder + "/model.gguf").toStdString());
    QFile file(folder + "/model.json");
    if (!file.open(QIODevice::WriteOnly)) return {};
    file.write(QByteArray::fromStdString(model_.dump()));
    return model_["ids"].get<std::vector<Token>>();
  }

 private:
  template <class T>
  Maker& key(const std::string& key, T value) {
    writer_.set(name_ + "." + key, value);
    return *this;
  }
  void add(const std::string& name, const std::vector<std::uint64_t>& shape, float mean, float spread) {
    std::uint64_t size = 1;
    for (const std::uint64_t each : shape) size *= each;
    std::vector<float> values(size);
    std::normal_distribution<float> normal(mean, spread);
    for (float& value : values) value = normal(random_);
    writer_.add(name, {shape.rbegin(), shape.rend()}, values);
    model_["tensors"][name] = {{"shape", shape}, {"values", values}};
  }
  void linear(const std::string& name, std::uint64_t rows, std::uint64_t columns) {
    add(name + ".weight", {rows, columns}, 0, 1.5F / std::sqrt(static_cast<float>(columns)));
    if (family_->norm == NormKind::layer) add(name + ".bias", {rows}, 0, 0.2F);
  }
  void norm(const std::string& name, std::uint64_t width) {
    add(name + ".weight", {width}, 1, 0.2F);
    if (family_->norm == NormKind::layer) add(name + ".bias", {width}, 0, 0.2F);
  }
  void tensors() {
    const bool extra = name_ == "normformer";
    add("token_embd.weight", {kVocabulary, kWidth}, 0, 0.6F);
    if (family_->positions == Positions::learned) {
      add("position_embd.weight", {kTokens + static_cast<std::uint64_t>(family_->position_offset), kWidth}, 0, 0.6F);
    }
    if (family_->norms != NormPlace::after_sum) norm("output_norm", kWidth);
    for (std::uint32_t i = 0; i < kLayers; ++i) {
      const std::string block = "blk." + std::to_string(i) + ".";
      for (const char* part : {"attn_q", "attn_k", "attn_v", "attn_output"}) linear(block + part, kWidth, kWidth);
      norm(block + "attn_norm", kWidth);
      norm(block + "ffn_norm", kWidth);
      if (extra) norm(block + "post_attention_norm", kWidth);
      if (extra) norm(block + "ffn_sub_norm", kInner);
      if (extra) add(block + "attn_head_scale.weight", {kHeads}, 1, 0.4F);
      if (family_->gated) linear(block + "ffn_gate", kInner, kWidth);
      linear(block + "ffn_up", kInner, kWidth);
      linear(block + "ffn_down", kWidth, kInner);
    }
  }

  const Family* family_;
  std::string name_;
  std::mt19937 random_{7};
  sotto::test::GgufWriter writer_;
  nlohmann::json model_;
};

}  // namespace

class Components : public QObject {
  Q_OBJECT

 private slots:
  void computeWhatNumPyDoes_data() {
    QTest::addColumn<QString>("family");
    for (const char* name :
         {"opt", "transformer", "deepnorm", "normformer", "glu", "swish", "gpt3", "bigbird", "prefixlm"}) {
      QTest::newRow(name) << QString::fromLatin1(name);
    }
  }
  void computeWhatNumPyDoes() {
    QFETCH(QString, family);
    const QString python = QFile::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
    QProcess numpy;
    numpy.start(python, {"-c", "import numpy"});
    if (!numpy.waitForFinished() || numpy.exitCode() != 0) QSKIP("python3-numpy is not there to compare with");
    const QTemporaryDir folder;
    const std::vector<Token> ids = Maker(family.toStdString()).write(folder.path());
    QCOMPARE(ids.size(), std::size_t{kTokens});
    numpy.start(python, {SOTTO_SOURCE_DIR "/tests/data/component_oracle.py", folder.filePath("model.json")});
    QVERIFY(numpy.waitForFinished());
    QVERIFY2(numpy.exitCode() == 0, numpy.readAllStandardError().constData());
    const auto expected = nlohmann::json::parse(numpy.readAllStandardOutput().toStdString()).get<std::vector<float>>();

    const auto file = GgufFile::open(folder.filePath("model.gguf").toStdString());
    Architecture architecture = read_architecture(*file);
    const Weights weights = find_weights(*file, architecture);
    QCOMPARE(architecture.context, static_cast<int>(kTokens));
    // The first call's tokens, and how many the others have.
    const bool prefix = architecture.family->prefix;
    for (const auto& [phase, step] :
         {std::pair(Phase::prefill, kTokens), std::pair(Phase::prefill, 17U), std::pair(Phase::decode, 1U)}) {
      if (prefix && step == kTokens) continue;
      OpContext context(2);
      Transformer transformer(architecture, weights, context, static_cast<int>(kTokens));
      KvCache cache({architecture.layers, architecture.kv_heads, architecture.key_dim, architecture.value_dim},
                    KvType::f32);
      std::vector<float> logits;
      for (std::size_t start = 0, count = 0; start < ids.size(); start += count) {
        count = std::min<std::size_t>(prefix && start == 0 ? kPrefix : step, ids.size() - start);
        QVERIFY(transformer.forward(start == 0 && prefix ? Phase::prefill : phase, std::span(ids).subspan(start, count),
                                    cache));
        for (std::size_t i = 0; i < count; ++i) {
          logits.resize(logits.size() + kVocabulary);
          transformer.logits(static_cast<int>(i), std::span(logits).last(kVocabulary));
        }
      }
      QCOMPARE(logits.size(), expected.size());
      float largest = 0, difference = 0;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        difference = std::max(difference, std::abs(logits[i] - expected[i]));
      }
      qInfo("step %u: max|a-b| / max|b| = %.2g", step, static_cast<double>(difference / largest));
      QVERIFY(difference <= 1e-4F * largest);
    }
  }
};

QTEST_GUILESS_MAIN(Components)
#include "test_components.moc"
