// The inner loops of every instruction set that this machine has, against plain sums in double.
#include <QtTest>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "engine/random_blocks.h"
#include "ops/half.h"
#include "ops/kernels.h"

using namespace sotto::engine;
using namespace sotto::test;

namespace {

std::vector<float> sums_of_32(const std::vector<float>& x) {
  std::vector<float> sums((x.size() + 31) / 32, 0.0F);
  for (std::size_t i = 0; i < x.size(); ++i) sums[i / 32] += x[i];
  return sums;
}

}  // namespace

class KernelsTest : public QObject {
  Q_OBJECT

 private slots:
  void matrixTimesVectorEqualsTheDequantisedProduct_data() {
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("columns");
    for (const TensorType type :
         {TensorType::f32, TensorType::f16, TensorType::bf16, TensorType::q8_0, TensorType::q4_0, TensorType::q4_1,
          TensorType::q5_0, TensorType::q5_1, TensorType::q4_k, TensorType::q5_k, TensorType::q6_k}) {
      const std::string name(traits(type).name);
      QTest::newRow(name.c_str()) << static_cast<int>(type) << 768;
      if (traits(type).block_size == 1)
        QTest::newRow((name + " of an odd length").c_str()) << static_cast<int>(type) << 77;
    }
  }
  void matrixTimesVectorEqualsTheDequantisedProduct() {
    QFETCH(int, type);
    QFETCH(int, columns);
    const auto tensor_type = static_cast<TensorType>(type);
    constexpr std::size_t kRows = 9;
    const auto n = static_cast<std::size_t>(columns);
    const TensorTypeTraits& t = traits(tensor_type);
    const std::vector<std::byte> weights = random_rows(tensor_type, kRows, n);
    std::vector<float> exact(kRows * n);
    t.dequantise(weights.data(), exact.data(), exact.size() / t.block_size);
    const std::vector<float> x = random_floats(n, 11);
    const std::vector<float> sums = sums_of_32(x);
    for (const Kernels* table : tables()) {
      std::vector<float> y(kRows);
      table->gemv(tensor_type)(weights.data(), n / t.block_size * t.block_bytes, kRows, n, x.data(), sums.data(),
                               y.data());
      for (std::size_t r = 0; r < kRows; ++r) {
        double expected = 0, size = 0;
        for (std::size_t c = 0; c < n; ++c) {
          const double product = static_cast<double>(exact[r * n + c]) * x[c];
          expected += product;
          size += std::abs(product);
        }
        QVERIFY2(std::abs(y[r] - expected) <= 4e-6 * size,
                 qPrintable(QString("%1 row %2: %3 instead of %4").arg(table->name).arg(r).arg(y[r]).arg(expected)));
      }
    }
  }

  void aTypeWithoutAKernelHasNone() { QVERIFY(kernels().gemv(TensorType::q8_1) == nullptr); }

  void aTilesRowsAreTheSameBitsWhateverTheirNumber() {
    constexpr std::size_t kRows = 21, kN = 120, kK = 19;  // 120: 64, 32, 16 and 8
    const std::vector<float> a = random_floats(kRows * kK, 1), b = random_floats(kK * kN, 2);
    for (const Kernels* table : tables()) {
      std::vector<float> all(kRows * kN), one(kN);
      table->tile_f32(kRows, kN, kK, a.data(), kK, b.data(), kN, all.data(), kN, false);
      for (std::size_t r = 0; r < kRows; ++r) {
        table->tile_f32(1, kN, kK, a.data() + r * kK, kK, b.data(), kN, one.data(), kN, false);
        QVERIFY(std::memcmp(one.data(), all.data() + r * kN, kN * sizeof(float)) == 0);
        for (std::size_t j = 0; j < kN; ++j) {
          double expected = 0;
          for (std::size_t i = 0; i < kK; ++i) expected += static_cast<double>(a[r * kK + i]) * b[i * kN + j];
          QVERIFY(std::abs(one[j] - expected) < 1e-4);
        }
      }
    }
  }

  void softmaxInStepsEqualsSoftmaxAtOnce() {
    constexpr std::size_t kN = 128;
    std::vector<float> scores = random_floats(kN, 5);
    for (float& score : scores) score *= 20;
    scores[3] = scores[77] = -INFINITY;
    const float largest = *std::max_element(scores.begin(), scores.end());
    double total = 0;
    for (const float score : scores) total += std::exp(static_cast<double>(score) - largest);
    for (const Kernels* table : tables()) {
      std::vector<float> p = scores;
      float maximum = -INFINITY, sum = 0;
      table->softmax_step(p.data(), 64, &maximum, &sum);
      const float factor = table->softmax_step(p.data() + 64, 64, &maximum, &sum);
      for (std::size_t i = 0; i < kN; ++i) {
        const double value = p[i] * (i < 64 ? factor : 1.0F) / sum;
        const double expected = std::exp(static_cast<double>(scores[i]) - largest) / total;
        QVERIFY(std::abs(value - expected) <= 1e-5 * expected + 1e-30);  // the difference is rounded to f32
      }
      QCOMPARE(p[3], 0.0F);
    }
  }

  void aTileWithNothingVisibleChangesNothing() {
    for (const Kernels* table : tables()) {
      std::vector<float> p(8, -INFINITY);
      float maximum = -INFINITY, sum = 0;
      QCOMPARE(table->softmax_step(p.data(), 8, &maximum, &sum), 1.0F);
      QCOMPARE(sum, 0.0F);
      QCOMPARE(p[0], 0.0F);
      maximum = 2, sum = 3;
      p.assign(8, -INFINITY);
      QCOMPARE(table->softmax_step(p.data(), 8, &maximum, &sum), 1.0F);
      QCOMPARE(sum, 3.0F);
    }
  }

  void normsFollowTheirFormulas() {
    for (const std::size_t n : {8UL, 64UL, 77UL}) {
      const std::vector<float> x = random_floats(n, 21), w = random_floats(n, 22), b = random_floats(n, 23);
      double squares = 0, mean = 0, variance = 0;
      for (const float value : x) {
        squares += static_cast<double>(value) * value;
        mean += value / static_cast<double>(n);
      }
      for (const float value : x) variance += (value - mean) * (value - mean) / static_cast<double>(n);
      for (const Kernels* table : tables()) {
        std::vector<float> rms(n), layer(n), unbiased(n);
        table->rms_norm(x.data(), w.data(), 1e-5F, rms.data(), n);
        table->layer_norm(x.data(), w.data(), b.data(), 1e-5F, layer.data(), n);
        table->layer_norm(x.data(), w.data(), nullptr, 1e-5F, unbiased.data(), n);
        for (std::size_t i = 0; i < n; ++i) {
          const double root = x[i] / std::sqrt(squares / static_cast<double>(n) + 1e-5) * w[i];
          const double centred = (x[i] - mean) / std::sqrt(variance + 1e-5) * w[i];
          QVERIFY(std::abs(rms[i] - root) <= 2e-6 * (1 + std::abs(root)));
          QVERIFY(std::abs(unbiased[i] - centred) <= 4e-6 * (1 + std::abs(centred)));
          QVERIFY(std::abs(layer[i] - (centred + b[i])) <= 4e-6 * (1 + std::abs(centred) + std::abs(b[i])));
        }
        std::vector<float> same = x;  // in place
        table->rms_norm(same.data(), w.data(), 1e-5F, same.data(), n);
        QCOMPARE(same, rms);
        same = x;
        table->layer_norm(same.data(), w.data(), b.data(), 1e-5F, same.data(), n);
        QCOMPARE(same, layer);
      }
    }
  }

  void activationsFollowTheirFormulas_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("silu") << static_cast<int>(Activation::silu);
    QTest::newRow("gelu") << static_cast<int>(Activation::gelu);
    QTest::newRow("relu") << static_cast<int>(Activation::relu);
    QTest::newRow("relu squared") << static_cast<int>(Activation::relu_squared);
    QTest::newRow("sigmoid") << static_cast<int>(Activation::sigmoid);
  }
  void activationsFollowTheirFormulas() {
    QFETCH(int, kind);
    const auto f = [kind](double x) {
      switch (static_cast<Activation>(kind)) {
        case Activation::silu:
          return x / (1 + std::exp(-x));
        case Activation::gelu:
          return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
        case Activation::relu:
          return std::max(x, 0.0);
        case Activation::relu_squared:
          return std::max(x, 0.0) * std::max(x, 0.0);
        case Activation::sigmoid:
          return 1 / (1 + std::exp(-x));
      }
      return 0.0;
    };
    for (const std::size_t n : {8UL, 64UL, 77UL}) {
      std::vector<float> x = random_floats(n, 21), w = random_floats(n, 22);
      for (float& value : x) value *= 4;
      for (const Kernels* table : tables()) {
        std::vector<float> gate = x, alone = x;
        table->activate(static_cast<Activation>(kind), gate.data(), w.data(), n);
        table->activate(static_cast<Activation>(kind), alone.data(), nullptr, n);
        for (std::size_t i = 0; i < n; ++i) {
          const double value = f(x[i]);
          QVERIFY(std::abs(alone[i] - value) <= 3e-6 * (1 + std::abs(value)));
          QVERIFY(std::abs(gate[i] - value * w[i]) <= 3e-6 * (1 + std::abs(value * w[i])));
        }
      }
    }
  }

  void activationsSurviveExtremes() {
    for (const Activation kind : {Activation::silu, Activation::gelu, Activation::relu, Activation::sigmoid}) {
      for (const Kernels* table : tables()) {
        std::vector<float> gate{-1e30F, -200, -88, 0, 88, 200, 1e30F, 5};
        table->activate(kind, gate.data(), nullptr, 8);
        for (const float value : gate) QVERIFY(std::isfinite(value));
        QVERIFY(std::abs(gate[1]) < 1e-30F);
        QCOMPARE(gate[5], kind == Activation::sigmoid ? 1.0F : 200.0F);
      }
    }
  }

  void halvesRoundToTheNearestEven() {
    const std::vector<float> values{0.0F,    -0.0F,   1.0F,           65504.0F, 65520.0F, 1e30F,
                                    5.9e-8F, 2.9e-8F, 1.00048828125F, 1.0009F,  -3.14159F};
    for (const Kernels* table : tables()) {
      std::vector<std::uint16_t> halves(values.size());
      table->to_half(values.data(), halves.data(), values.size());
      const std::vector<std::uint16_t> expected{0, 0x8000, 0x3C00, 0x7BFF, 0x7C00, 0x7C00,
                                                1, 0,      0x3C00, 0x3C01, 0xC248};
      QCOMPARE(halves, expected);
    }
  }
};

QTEST_GUILESS_MAIN(KernelsTest)
#include "test_kernels.moc"
