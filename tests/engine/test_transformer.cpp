// The forward pass against LLaMA written out in double, on random weights.
#include <QtTest>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "model/transformer.h"
#include "support/tiny_model.h"

using namespace sotto::engine;
using namespace sotto::test;

namespace {

using Row = std::vector<double>;

// LLaMA as in the paper, one token after the other, nothing clever.
class WrittenOut {
 public:
  WrittenOut(const GgufFile& file, const Architecture& a)
      : file_(file), a_(a), keys_(size(a.layers)), values_(size(a.layers)) {}

  Row logits(Token token) {
    Row x = row(matrix("token_embd.weight"), size(token), size(a_.embedding));
    const double position = static_cast<double>(keys_[0].size());
    for (int l = 0; l < a_.layers; ++l) {
      const std::string block = "blk." + std::to_string(l) + ".";
      const Row normed = norm(x, matrix(block + "attn_norm.weight"));
      Row q = times(block + "attn_q.weight", normed), k = times(block + "attn_k.weight", normed);
      turn(q, a_.heads, position);
      turn(k, a_.kv_heads, position);
      keys_[size(l)].push_back(k);
      values_[size(l)].push_back(times(block + "attn_v.weight", normed));
      add(x, times(block + "attn_output.weight", attention(q, size(l))));
      const Row again = norm(x, matrix(block + "ffn_norm.weight"));
      Row gate = times(block + "ffn_gate.weight", again);
      const Row up = times(block + "ffn_up.weight", again);
      for (std::size_t i = 0; i < gate.size(); ++i) gate[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
      add(x, times(block + "ffn_down.weight", gate));
    }
    return times(file_.tensor("output.weight") != nullptr ? "output.weight" : "token_embd.weight",
                 norm(x, matrix("output_norm.weight")));
  }

 private:
  static std::size_t size(int n) { return static_cast<std::size_t>(n); }
  [[nodiscard]] std::vector<float> matrix(const std::string& name) const {
    const GgufTensor* t = file_.tensor(name);
    std::vector<float> values(t->elements());
    traits(t->type).dequantise(t->data, values.data(), values.size() / traits(t->type).block_size);
    return values;
  }
  static Row row(const std::vector<float>& m, std::size_t index, std::size_t width) {
    return {m.begin() + static_cast<std::ptrdiff_t>(index * width),
            m.begin() + static_cast<std::ptrdiff_t>((index + 1) * width)};
  }
  [[nodiscard]] Row times(const std::string& name, const Row& x) const {
    const std::vector<float> m = matrix(name);
    Row y(m.size() / x.size());
    for (std::size_t r = 0; r < y.size(); ++r) {
      for (std::size_t c = 0; c < x.size(); ++c) y[r] += m[r * x.size() + c] * x[c];
    }
    return y;
  }
  [[nodiscard]] Row norm(const Row& x, const std::vector<float>& weight) const {
    double squares = 0;
    for (const double value : x) squares += value * value;
    Row y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      y[i] = x[i] / std::sqrt(squares / static_cast<double>(x.size()) + a_.norm_epsilon) * weight[i];
    }
    return y;
  }
  void turn(Row& x, int heads, double position) const {
    for (int h = 0; h < heads; ++h) {
      for (int i = 0; i < a_.rope.dims / 2; ++i) {
        const double angle = position * std::pow(a_.rope.base, -2.0 * i / a_.rope.dims);
        double& a = x[size(h * a_.key_dim + 2 * i)];
        double& b = x[size(h * a_.key_dim + 2 * i + 1)];
        const double turned = a * std::cos(angle) - b * std::sin(angle);
        b = a * std::sin(angle) + b * std::cos(angle);
        a = turned;
      }
    }
  }
  [[nodiscard]] Row attention(const Row& q, std::size_t layer) const {
    Row out(size(a_.heads * a_.value_dim));
    for (int h = 0; h < a_.heads; ++h) {
      const int g = h / (a_.heads / a_.kv_heads);
      Row p;
      double total = 0;
      for (const Row& k : keys_[layer]) {
        double score = 0;
        for (int d = 0; d < a_.key_dim; ++d) score += q[size(h * a_.key_dim + d)] * k[size(g * a_.key_dim + d)];
        p.push_back(std::exp(score / std::sqrt(a_.key_dim)));
        total += p.back();
      }
      for (std::size_t j = 0; j < p.size(); ++j) {
        for (int d = 0; d < a_.value_dim; ++d)
          out[size(h * a_.value_dim + d)] += p[j] / total * values_[layer][j][size(g * a_.value_dim + d)];
      }
    }
    return out;
  }
  static void add(Row& x, const Row& y) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  }

  const GgufFile& file_;
  const Architecture& a_;
  std::vector<std::vector<Row>> keys_, values_;
};

struct Loaded {
  explicit Loaded(const TinyShape& shape) {
    QTemporaryDir dir;
    const std::filesystem::path path = dir.filePath("model.gguf").toStdString();
    random_model(shape).write(path);
    file = GgufFile::open(path);
    architecture = read_architecture(*file);
    weights = find_weights(*file, architecture);
  }
  [[nodiscard]] KvShape kv() const {
    return {architecture.layers, architecture.kv_heads, architecture.key_dim, architecture.value_dim};
  }
  std::shared_ptr<const GgufFile> file;
  Architecture architecture;
  Weights weights;
};

std::vector<Token> some_tokens(int count) {
  std::vector<Token> tokens;
  for (int i = 0; i < count; ++i) tokens.push_back(3 + i * 37 % 250);
  return tokens;
}

// Logits of all tokens, read in calls of `step`.
std::vector<std::vector<float>> run(const Loaded& m, Phase phase, const std::vector<Token>& tokens, int step,
                                    int threads, KvType type, OpContext* context = nullptr) {
  OpContext own(threads);
  OpContext& used = context != nullptr ? *context : own;
  Transformer transformer(m.architecture, m.weights, used, m.architecture.context);
  KvCache cache(m.kv(), type);
  std::vector<std::vector<float>> all;
  for (std::size_t start = 0; start < tokens.size();) {
    const std::size_t count = std::min(static_cast<std::size_t>(step), tokens.size() - start);
    if (!transformer.forward(phase, std::span(tokens).subspan(start, count), cache)) return {};
    for (std::size_t i = 0; i < count; ++i) {
      std::vector<float> row(static_cast<std::size_t>(m.architecture.vocabulary));
      transformer.logits(static_cast<int>(i), row);
      all.push_back(std::move(row));
    }
    start += count;
  }
  return all;
}

double largest_error(const std::vector<float>& a, const Row& b) {
  double error = 0, size = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    error = std::max(error, std::abs(a[i] - b[i]));
    size = std::max(size, std::abs(b[i]));
  }
  return error / size;
}

}  // namespace

class TransformerTest : public QObject {
  Q_OBJECT

 private slots:
  void theForwardPassIsThePapers_data() {
    QTest::addColumn<int>("kvHeads");
    QTest::addColumn<int>("headDim");
    QTest::addColumn<bool>("tied");
    QTest::addColumn<int>("type");
    QTest::newRow("multi-head") << 4 << 0 << false << static_cast<int>(WeightType::f32);
    QTest::newRow("grouped-query, tied") << 2 << 0 << true << static_cast<int>(WeightType::f32);
    QTest::newRow("multi-query, wide heads") << 1 << 32 << false << static_cast<int>(WeightType::f32);
    QTest::newRow("grouped-query, heads of 20") << 2 << 20 << false << static_cast<int>(WeightType::f32);
    QTest::newRow("F16 weights") << 2 << 0 << false << static_cast<int>(WeightType::f16);
    QTest::newRow("Q8_0 weights") << 2 << 0 << true << static_cast<int>(WeightType::q8_0);
    QTest::newRow("Q4_0 weights") << 2 << 0 << false << static_cast<int>(WeightType::q4_0);
  }
  void theForwardPassIsThePapers() {
    QFETCH(int, kvHeads);
    QFETCH(int, headDim);
    QFETCH(bool, tied);
    QFETCH(int, type);
    TinyShape shape;
    shape.kv_heads = static_cast<std::uint32_t>(kvHeads);
    shape.head_dim = static_cast<std::uint32_t>(headDim);
    shape.tied = tied;
    shape.type = static_cast<WeightType>(type);
    const Loaded m(shape);
    const std::vector<Token> tokens = some_tokens(24);
    WrittenOut expected(*m.file, m.architecture);
    const auto prefill = run(m, Phase::prefill, tokens, 24, 2, KvType::f32);
    const auto decode = run(m, Phase::decode, tokens, 1, 1, KvType::f32);
    const auto half = run(m, Phase::prefill, tokens, 24, 2, KvType::f16);
    for (std::size_t t = 0; t < tokens.size(); ++t) {
      const Row row = expected.logits(tokens[t]);
      QVERIFY(largest_error(prefill[t], row) < 1e-5);
      QVERIFY(largest_error(decode[t], row) < 1e-5);
      QVERIFY(largest_error(half[t], row) < 5e-3);
    }
  }

  void neitherThreadsNorChunksChangeABit() {
    TinyShape shape;
    shape.embedding = 256;
    shape.heads = 8;
    shape.ffn = 512;
    const Loaded m(shape);
    const std::vector<Token> tokens = some_tokens(288);
    const auto prefill = run(m, Phase::prefill, tokens, 288, 2, KvType::f16);
    QCOMPARE(run(m, Phase::prefill, tokens, 288, 1, KvType::f16), prefill);
    for (const int step : {1, 2, 3, 7, 16, 32, 33, 48, 64, 80, 97, 128, 150, 160, 200, 256, 287}) {
      QVERIFY2(run(m, Phase::prefill, tokens, step, 2, KvType::f16) == prefill, qPrintable(QString::number(step)));
    }
    const auto decode = run(m, Phase::decode, tokens, 1, 2, KvType::f16);
    QCOMPARE(run(m, Phase::decode, tokens, 1, 1, KvType::f16), decode);
    QCOMPARE(run(m, Phase::decode, tokens, 3, 2, KvType::f16), decode);
  }

  void onednnUsesFastKernelsAndCreatesEachOnce() {
    const Loaded m({});
    OpContext context(2);
    run(m, Phase::prefill, some_tokens(100), 50, 2, KvType::f16, &context);
    const int created = context.matmul.primitives_created();
    QVERIFY(created > 0);
    const QString name = QString::fromStdString(context.matmul.implementation());
    QVERIFY2(name.contains("brg") || name.contains("jit"), qPrintable(name));
    run(m, Phase::prefill, some_tokens(100), 50, 2, KvType::f16, &context);
    run(m, Phase::prefill, some_tokens(180), 90, 2, KvType::f16, &context);  // 50 and 90 are padded to the same shape
    QCOMPARE(context.matmul.primitives_created(), created);
  }

  void aStoppedPassLeavesTheStateAsItWas() {
    const Loaded m({});
    OpContext context(2);
    Transformer transformer(m.architecture, m.weights, context, m.architecture.context);
    KvCache cache(m.kv(), KvType::f16);
    const std::vector<Token> tokens = some_tokens(64);
    QVERIFY(transformer.forward(Phase::prefill, std::span(tokens).first(10), cache));
    std::stop_source source;
    context.stop = source.get_token();
    QVERIFY(!transformer.forward(Phase::prefill, std::span(tokens).subspan(10), cache,
                                 [&](int) { source.request_stop(); }));
    QCOMPARE(cache.length(), 10);
    context.stop = {};
    QVERIFY(transformer.forward(Phase::prefill, std::span(tokens).subspan(10), cache));
    std::vector<float> row(static_cast<std::size_t>(m.architecture.vocabulary));
    transformer.logits(53, row);
    KvCache fresh(m.kv(), KvType::f16);
    QVERIFY(transformer.forward(Phase::prefill, std::span(tokens).first(10), fresh));
    QVERIFY(transformer.forward(Phase::prefill, std::span(tokens).subspan(10), fresh));
    std::vector<float> again(row.size());
    transformer.logits(53, again);
    QCOMPARE(row, again);
  }

  void theCacheTruncatesRollsBackAndFindsPrefixes() {
    KvCache cache({2, 1, 8, 8}, KvType::f16);
    cache.reserve(130);
    QCOMPARE(cache.bytes(), KvCache::bytes_for({2, 1, 8, 8}, KvType::f16, 130));
    cache.append(std::vector<Token>{1, 2, 3});
    const SequenceState::Checkpoint three = cache.checkpoint();
    cache.append(std::vector<Token>{4, 5});
    QCOMPARE(cache.prefix_length(std::vector<Token>{1, 2, 9}), 2);
    QCOMPARE(cache.prefix_length(std::vector<Token>{1, 2, 3, 4, 5, 6}), 5);
    QCOMPARE(cache.prefix_length(std::vector<Token>{}), 0);
    cache.rollback(three);
    QCOMPARE(cache.length(), 3);
    QVERIFY(cache.truncate(1));
    QCOMPARE(cache.length(), 1);
    cache.clear();
    QCOMPARE(cache.length(), 0);
  }
};

QTEST_GUILESS_MAIN(TransformerTest)
#include "test_transformer.moc"
