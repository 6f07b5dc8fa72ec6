// What attention sees and how scores are changed, as data: windows, blocks, prefixes, ALiBi, soft-caps; against the
// formulas written out. And the ways of stretching RoPE.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "model/kv_cache.h"
#include "ops/attention.h"
#include "ops/op_context.h"
#include "ops/rope.h"

using namespace sotto::engine;

namespace {

constexpr int kHeads = 4, kKvHeads = 2, kDim = 16, kTokens = 300;

std::vector<float> random_floats(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(size);
  for (float& value : values) value = normal(random);
  return values;
}

struct Operands {
  std::vector<float> q = random_floats(kTokens * kHeads * kDim, 1);
  std::vector<float> k = random_floats(kTokens * kKvHeads * kDim, 2);
  std::vector<float> v = random_floats(kTokens * kKvHeads * kDim, 3);
};

// In calls of these sizes, the last one as often as it fits.
std::vector<float> run(const Operands& o, const AttentionShape& shape, const std::vector<int>& calls) {
  OpContext context(2);
  KvCache cache({1, kKvHeads, kDim, kDim}, KvType::f32);
  std::vector<float> out(kTokens * kHeads * kDim);
  std::size_t call = 0;
  for (int start = 0; start < kTokens;) {
    const int count = std::min(calls[std::min(call++, calls.size() - 1)], kTokens - start);
    cache.reserve(count);
    store_kv(context, cache, 0, start, count, o.k.data() + start * kKvHeads * kDim,
             o.v.data() + start * kKvHeads * kDim);
    attend(context, cache, 0, shape, start, count, o.q.data() + start * kHeads * kDim,
           out.data() + start * kHeads * kDim);
    cache.append(std::vector<Token>(static_cast<std::size_t>(count)));
    start += count;
  }
  return out;
}

template <class Sees, class Score>
std::vector<double> written_out(const Operands& o, Sees sees, Score score) {
  std::vector<double> out(kTokens * kHeads * kDim);
  for (int t = 0; t < kTokens; ++t) {
    for (int h = 0; h < kHeads; ++h) {
      const int g = h / (kHeads / kKvHeads);
      std::vector<double> p(kTokens);
      double total = 0;
      for (int j = 0; j < kTokens; ++j) {
        if (!sees(t, j)) continue;
        double s = 0;
        for (int d = 0; d < kDim; ++d) {
          s += static_cast<double>(o.q[static_cast<std::size_t>((t * kHeads + h) * kDim + d)]) *
               o.k[static_cast<std::size_t>((j * kKvHeads + g) * kDim + d)];
        }
        total += p[static_cast<std::size_t>(j)] = std::exp(score(s / std::sqrt(kDim), h, t - j));
      }
      for (int d = 0; d < kDim; ++d) {
        double sum = 0;
        for (int j = 0; j < kTokens; ++j) {
          sum += p[static_cast<std::size_t>(j)] / total * o.v[static_cast<std::size_t>((j * kKvHeads + g) * kDim + d)];
        }
        out[static_cast<std::size_t>((t * kHeads + h) * kDim + d)] = sum;
      }
    }
  }
  return out;
}

double difference(const std::vector<float>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < b.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

const auto plain = [](double score, int, int) { return score; };
constexpr float kScale = 0.25F;  // 1 / sqrt(16)

// The angle by which pair `i` is turned at `position`, read off a rotated vector.
double angle(const RopeTable& table, int dims, int i) {
  OpContext context(1);
  std::vector<float> x(static_cast<std::size_t>(dims));
  x[static_cast<std::size_t>(2 * i)] = 1;
  table.rotate(context, x.data(), 1, dims);
  return std::atan2(x[static_cast<std::size_t>(2 * i + 1)], x[static_cast<std::size_t>(2 * i)]);
}

double length(const RopeTable& table, int dims) {
  OpContext context(1);
  std::vector<float> x(static_cast<std::size_t>(dims));
  x[0] = 1;
  table.rotate(context, x.data(), 1, dims);
  return std::hypot(x[0], x[1]);
}

}  // namespace

class MasksAndScores : public QObject {
  Q_OBJECT

 private slots:
  void queriesSeeWhatTheMaskLetsThem_data() {
    QTest::addColumn<int>("window");
    QTest::addColumn<int>("block");
    QTest::addColumn<int>("global");
    QTest::addColumn<int>("prefix");
    QTest::newRow("causal") << 0 << 1 << 0 << 0;
    QTest::newRow("window of one") << 1 << 1 << 0 << 0;
    QTest::newRow("window within a tile") << 9 << 1 << 0 << 0;
    QTest::newRow("window over tiles") << 100 << 1 << 0 << 0;
    QTest::newRow("window beyond the text") << 1000 << 1 << 0 << 0;
    QTest::newRow("window and first tokens") << 20 << 1 << 4 << 0;
    QTest::newRow("blocks") << 2 << 16 << 0 << 0;
    QTest::newRow("blocks and global blocks") << 3 << 32 << 1 << 0;
    QTest::newRow("prefix") << 0 << 1 << 0 << 130;
    QTest::newRow("prefix and window") << 16 << 1 << 0 << 100;
    QTest::newRow("all is prefix") << 0 << 1 << 0 << 1000;
  }
  void queriesSeeWhatTheMaskLetsThem() {
    QFETCH(int, window);
    QFETCH(int, block);
    QFETCH(int, global);
    QFETCH(int, prefix);
    const Operands o;
    const auto sees = [&](int q, int k) {
      if (q < prefix && k < prefix) return true;
      return k <= q && (window == 0 || q / block - k / block < window || k / block < global);
    };
    const AttentionShape shape{.heads = kHeads,
                               .scale = kScale,
                               .mask = {.window = window, .block = block, .global = global, .prefix = prefix}};
    const std::vector<double> expected = written_out(o, sees, plain);
    const std::vector<float> whole = run(o, shape, {kTokens});
    QVERIFY2(difference(whole, expected) < 2e-5, qPrintable(QString::number(difference(whole, expected))));
    const int first = std::clamp(prefix, 1, kTokens);  // a prefix is in one call
    QVERIFY(run(o, shape, {first, 1}) == whole);
    QVERIFY(run(o, shape, {first, 50, 3, 77}) == whole);
  }

  void alibiBiasesScoresByDistance() {
    const Operands o;
    const std::vector<float> slopes = alibi_slopes(kHeads, 8);
    const auto causal = [](int q, int k) { return k <= q; };
    const auto biased = [&](double s, int h, int distance) {
      return s - static_cast<double>(slopes[static_cast<std::size_t>(h)]) * distance;
    };
    const AttentionShape shape{.heads = kHeads, .scale = kScale, .slopes = slopes};
    QVERIFY(difference(run(o, shape, {kTokens}), written_out(o, causal, biased)) < 2e-5);
    QVERIFY(run(o, shape, {1}) == run(o, shape, {kTokens}));
  }

  // Press et al. 2022: for 8 heads 1/2, 1/4, ... 1/256; for others between the powers of two.
  void slopesAreThePapers() {
    QCOMPARE(alibi_slopes(8, 8),
             (std::vector<float>{0.5F, 0.25F, 0.125F, 0.0625F, 0.03125F, 0.015625F, 0.0078125F, 0.00390625F}));
    const std::vector<float> twelve = alibi_slopes(12, 8);
    QCOMPARE(twelve.size(), std::size_t{12});
    QCOMPARE(twelve[8], static_cast<float>(std::exp2(-0.5)));
    QCOMPARE(twelve[9], static_cast<float>(std::exp2(-1.5)));
    QCOMPARE(alibi_slopes(1, 8), std::vector<float>{0.00390625F});
  }

  void scoresAreCapped() {
    const Operands o;
    const auto causal = [](int q, int k) { return k <= q; };
    const auto capped = [](double s, int, int) { return 1.5 * std::tanh(s / 1.5); };
    const AttentionShape shape{.heads = kHeads, .scale = kScale, .softcap = 1.5F};
    QVERIFY(difference(run(o, shape, {kTokens}), written_out(o, causal, capped)) < 2e-5);
  }

  void dynamicScalingRaisesTheBaseWithTheContext() {
    constexpr int dims = 16;
    const RopeSettings settings{
        .dims = dims, .scaling = RopeSettings::Scaling::dynamic, .scale = 2, .original_context = 100};
    RopeTable within(settings, 100), beyond(settings, 400);
    within.prepare(1, 1);
    beyond.prepare(1, 1);
    const double base = 10000 * std::pow(2 * 400.0 / 100 - (2 - 1), 16.0 / 14);
    for (int i = 0; i < dims / 2; ++i) {
      QVERIFY(std::abs(angle(within, dims, i) - std::pow(10000, -2.0 * i / dims)) < 1e-6);
      QVERIFY(std::abs(angle(beyond, dims, i) - std::pow(base, -2.0 * i / dims)) < 1e-6);
    }
  }

  // Peng et al. 2023: quick waves stay, slow ones are stretched, and all grows by 1 + ln(s) / 10.
  void yarnStretchesSlowWaves() {
    constexpr int dims = 64;
    const RopeSettings settings{
        .dims = dims, .scaling = RopeSettings::Scaling::yarn, .scale = 4, .original_context = 4096};
    RopeTable table(settings, 16384);
    table.prepare(1, 1);
    const auto plain_angle = [](int i) { return std::pow(10000, -2.0 * i / dims); };
    QVERIFY(std::abs(angle(table, dims, 1) - plain_angle(1)) < 1e-6);
    QVERIFY(std::abs(angle(table, dims, 31) - plain_angle(31) / 4) < 1e-7);
    for (int i = 0; i < dims / 2; ++i) {
      QVERIFY(angle(table, dims, i) <= plain_angle(i) + 1e-6 && angle(table, dims, i) >= plain_angle(i) / 4 - 1e-7);
    }
    QVERIFY(std::abs(length(table, dims) - (1 + 0.1 * std::log(4.0))) < 1e-5);
  }

  void longFactorsAreForLongContexts() {
    constexpr int dims = 8;
    const RopeSettings settings{
        .dims = dims, .magnitude = 1.25, .original_context = 64, .factors = {1, 1, 1, 2}, .long_factors = {4, 4, 4, 8}};
    RopeTable within(settings, 64), beyond(settings, 65);
    within.prepare(1, 1);
    beyond.prepare(1, 1);
    for (int i = 0; i < dims / 2; ++i) {
      QVERIFY(std::abs(angle(within, dims, i) - 4 * angle(beyond, dims, i)) < 1e-5);
    }
    QVERIFY(std::abs(length(within, dims) - 1.25) < 1e-6);
  }
};

QTEST_GUILESS_MAIN(MasksAndScores)
#include "test_attention_masks.moc"
