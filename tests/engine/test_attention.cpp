// Attention in tiles against softmax(q k / sqrt(d)) v written out, and the properties that make MHA, GQA and MQA one
// code.
#include <QtTest>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "ops/attention.h"
#include "ops/rope.h"

using namespace sotto::engine;

namespace {

struct Case {
  int heads, kv_heads, key_dim, value_dim, tokens;
};

std::vector<float> random_floats(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

struct Operands {
  explicit Operands(const Case& c)
      : q(random_floats(static_cast<std::size_t>(c.tokens * c.heads * c.key_dim), 1)),
        k(random_floats(static_cast<std::size_t>(c.tokens * c.kv_heads * c.key_dim), 2)),
        v(random_floats(static_cast<std::size_t>(c.tokens * c.kv_heads * c.value_dim), 3)) {}
  std::vector<float> q, k, v;
};

// The tokens in calls of the given lengths, the last length repeated.
std::vector<float> run(const Case& c, const Operands& o, KvType type, const std::vector<int>& calls, int threads = 2) {
  OpContext context(threads);
  KvCache cache({1, c.kv_heads, c.key_dim, c.value_dim}, type);
  const AttentionShape shape{c.heads, 1.0F / std::sqrt(static_cast<float>(c.key_dim))};
  std::vector<float> out(static_cast<std::size_t>(c.tokens * c.heads * c.value_dim));
  std::size_t call = 0;
  for (int first = 0; first < c.tokens;) {
    const int count = std::min(calls[std::min(call++, calls.size() - 1)], c.tokens - first);
    cache.reserve(count);
    store_kv(context, cache, 0, first, count, o.k.data() + first * c.kv_heads * c.key_dim,
             o.v.data() + first * c.kv_heads * c.value_dim);
    attend(context, cache, 0, shape, first, count, o.q.data() + first * c.heads * c.key_dim,
           out.data() + first * c.heads * c.value_dim);
    cache.append(std::vector<Token>(static_cast<std::size_t>(count), 0));
    first += count;
  }
  return out;
}

std::vector<double> written_out(const Case& c, const Operands& o) {
  std::vector<double> out(static_cast<std::size_t>(c.tokens * c.heads * c.value_dim));
  for (int t = 0; t < c.tokens; ++t) {
    for (int h = 0; h < c.heads; ++h) {
      const int g = h / (c.heads / c.kv_heads);
      std::vector<double> p(static_cast<std::size_t>(t) + 1);
      double total = 0;
      for (int j = 0; j <= t; ++j) {
        double score = 0;
        for (int d = 0; d < c.key_dim; ++d) {
          score += static_cast<double>(o.q[static_cast<std::size_t>((t * c.heads + h) * c.key_dim + d)]) *
                   o.k[static_cast<std::size_t>((j * c.kv_heads + g) * c.key_dim + d)];
        }
        total += p[static_cast<std::size_t>(j)] = std::exp(score / std::sqrt(c.key_dim));
      }
      for (int d = 0; d < c.value_dim; ++d) {
        double sum = 0;
        for (int j = 0; j <= t; ++j) {
          sum += p[static_cast<std::size_t>(j)] / total *
                 o.v[static_cast<std::size_t>((j * c.kv_heads + g) * c.value_dim + d)];
        }
        out[static_cast<std::size_t>((t * c.heads + h) * c.value_dim + d)] = sum;
      }
    }
  }
  return out;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

class AttentionTest : public QObject {
  Q_OBJECT

 private slots:
  void tilesEqualTheFormula_data() {
    QTest::addColumn<int>("heads");
    QTest::addColumn<int>("kvHeads");
    QTest::addColumn<int>("keyDim");
    QTest::addColumn<int>("valueDim");
    QTest::addColumn<int>("tokens");
    QTest::newRow("multi-head") << 4 << 4 << 16 << 16 << 150;
    QTest::newRow("grouped-query") << 8 << 2 << 64 << 64 << 131;
    QTest::newRow("multi-query") << 6 << 1 << 24 << 24 << 64;
    QTest::newRow("more heads than a tile has rows") << 48 << 1 << 8 << 8 << 70;
    QTest::newRow("values of another width") << 2 << 2 << 16 << 40 << 65;
    QTest::newRow("heads of 100, as OpenLLaMA 3B has") << 4 << 2 << 100 << 100 << 150;
    QTest::newRow("odd widths") << 3 << 1 << 5 << 13 << 67;
    QTest::newRow("one token") << 2 << 1 << 8 << 8 << 1;
  }
  void tilesEqualTheFormula() {
    QFETCH(int, heads);
    QFETCH(int, kvHeads);
    QFETCH(int, keyDim);
    QFETCH(int, valueDim);
    QFETCH(int, tokens);
    const Case c{heads, kvHeads, keyDim, valueDim, tokens};
    const Operands o(c);
    const std::vector<double> expected = written_out(c, o);
    const std::vector<float> f32 = run(c, o, KvType::f32, {tokens}), f16 = run(c, o, KvType::f16, {tokens});
    for (std::size_t i = 0; i < expected.size(); ++i) {
      QVERIFY(std::abs(f32[i] - expected[i]) < 2e-5);
      QVERIFY(std::abs(f16[i] - expected[i]) < 5e-3);
    }
  }

  void aQuerysResultIsTheSameBitsInAnyBatchAndOnAnyNumberOfThreads() {
    const Case c{8, 2, 32, 32, 140}, odd{8, 2, 100, 100, 140};
    const Operands o(c), odd_o(odd);
    for (const KvType type : {KvType::f16, KvType::f32}) {
      QVERIFY(same_bits(run(odd, odd_o, type, {odd.tokens}), run(odd, odd_o, type, {63, 2, 7}, 1)));
      const std::vector<float> whole = run(c, o, type, {c.tokens});
      QVERIFY(same_bits(whole, run(c, o, type, {1})));
      QVERIFY(same_bits(whole, run(c, o, type, {63, 2, 7})));
      QVERIFY(same_bits(whole, run(c, o, type, {c.tokens}, 1)));
      QVERIFY(same_bits(whole, run(c, o, type, {1}, 3)));
    }
  }

  void groupedWithOneGroupIsMultiQueryAndWithAsManyAsHeadsMultiHead() {
    const Case multi_query{4, 1, 16, 16, 80}, multi_head{4, 4, 16, 16, 80};
    const Operands shared(multi_query);
    Operands repeated(multi_head);  // the one head's keys and values for every head
    repeated.q = shared.q;
    for (int t = 0; t < multi_head.tokens; ++t) {
      for (int h = 0; h < multi_head.heads; ++h) {
        std::copy_n(shared.k.begin() + t * 16, 16, repeated.k.begin() + (t * 4 + h) * 16);
        std::copy_n(shared.v.begin() + t * 16, 16, repeated.v.begin() + (t * 4 + h) * 16);
      }
    }
    QVERIFY(same_bits(run(multi_query, shared, KvType::f32, {80}), run(multi_head, repeated, KvType::f32, {80})));

    // Two groups over pairs of equal heads: the same again.
    const Case grouped{4, 2, 16, 16, 80};
    Operands pairs(grouped);
    pairs.q = shared.q;
    for (int t = 0; t < 80; ++t) {
      for (int g = 0; g < 2; ++g) {
        std::copy_n(shared.k.begin() + t * 16, 16, pairs.k.begin() + (t * 2 + g) * 16);
        std::copy_n(shared.v.begin() + t * 16, 16, pairs.v.begin() + (t * 2 + g) * 16);
      }
    }
    QVERIFY(same_bits(run(multi_query, shared, KvType::f32, {80}), run(grouped, pairs, KvType::f32, {80})));
  }

  void largeScoresDoNotOverflow() {
    const Case c{2, 2, 16, 16, 70};
    Operands o(c);
    for (float& value : o.q) value *= 100;
    for (float& value : o.k) value *= 100;
    for (const float value : run(c, o, KvType::f32, {70})) QVERIFY(std::isfinite(value));
  }

  void rotatedScoresDependOnTheDistanceOnly_data() {
    QTest::addColumn<int>("pairs");
    QTest::addColumn<int>("dims");
    QTest::addColumn<double>("scale");
    QTest::newRow("interleaved") << 0 << 32 << 1.0;
    QTest::newRow("half split") << 1 << 32 << 1.0;
    QTest::newRow("partial") << 0 << 16 << 1.0;
    QTest::newRow("linear scaling") << 0 << 32 << 4.0;
  }
  void rotatedScoresDependOnTheDistanceOnly() {
    QFETCH(int, pairs);
    QFETCH(int, dims);
    QFETCH(double, scale);
    constexpr int kDim = 32;
    OpContext context(1);
    RopeTable table({.dims = dims, .scale = scale, .pairs = static_cast<RopePairs>(pairs)}, 4096);
    const std::vector<float> q = random_floats(kDim, 8), k = random_floats(kDim, 9);
    const auto rotated = [&](std::vector<float> x, int position) {
      table.prepare(position, 1);
      table.rotate(context, x.data(), 1, kDim);
      return x;
    };
    const auto score = [&](int i, int j) {
      const std::vector<float> a = rotated(q, i), b = rotated(k, j);
      double sum = 0;
      for (int d = 0; d < kDim; ++d)
        sum += static_cast<double>(a[static_cast<std::size_t>(d)]) * b[static_cast<std::size_t>(d)];
      return sum;
    };
    for (const int distance : {0, 1, 7, 100}) {
      const double expected = score(distance, 0);
      for (const int j : {1, 50, 1000, 8000}) QVERIFY(std::abs(score(j + distance, j) - expected) < 2e-3);
    }
    QVERIFY(std::abs(score(7, 0) - score(0, 0)) > 1e-3);
    const std::vector<float> unturned = rotated(q, 0);
    QVERIFY(same_bits(unturned, q));
  }

  void frequenciesAreDividedByTheirFactors() {
    OpContext context(1);
    RopeTable plain({.dims = 8}, 4096), scaled({.dims = 8, .factors = {2, 2, 2, 2}}, 4096);
    std::vector<float> a = random_floats(8, 4), b = a;
    plain.prepare(5, 1);
    plain.rotate(context, a.data(), 1, 8);
    scaled.prepare(10, 1);
    scaled.rotate(context, b.data(), 1, 8);
    for (std::size_t i = 0; i < 8; ++i) QVERIFY(std::abs(a[i] - b[i]) < 1e-5);
  }
};

QTEST_GUILESS_MAIN(AttentionTest)
#include "test_attention.moc"
