// Every filter alone, against the published numbers of the reference implementations (llama.cpp: logits = ln p and
// survivors renormalised; transformers: survivors only), and at the edges.
#include <QTest>
#include <cmath>
#include <limits>
#include <random>

#include "sampling/candidates.h"
#include "sampling/min_p.h"
#include "sampling/penalties.h"
#include "sampling/temperature.h"
#include "sampling/top_k.h"
#include "sampling/top_p.h"

using namespace sotto::engine;
using Floats = std::vector<float>;
using Filter = std::function<std::span<Candidate>(std::span<Candidate>)>;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

Floats logs(const Floats& probabilities) {
  Floats logits;
  for (const float p : probabilities) logits.push_back(std::log(p));
  return logits;
}

// Probabilities in the order of the ids after `filter`; 0 for what it removed.
Floats after(const Floats& probabilities_in, const Filter& filter) {
  auto candidates = make_candidates(logs(probabilities_in));
  const auto left = filter(candidates);
  const auto shares = probabilities(left);
  Floats result(probabilities_in.size(), 0.0F);
  for (std::size_t i = 0; i < left.size(); ++i) result[left[i].id] = static_cast<float>(shares[i]);
  return result;
}

std::vector<Token> survivors(const Floats& probabilities_in, const Filter& filter) {
  auto candidates = make_candidates(logs(probabilities_in));
  std::vector<Token> ids;
  for (const Candidate& candidate : filter(candidates)) ids.push_back(candidate.id);
  return ids;
}

// The plain definition: everything sorted.
std::vector<Candidate> sorted(std::vector<Candidate> candidates) {
  std::sort(candidates.begin(), candidates.end(), better);
  return candidates;
}

std::vector<Candidate> in_id_order(std::vector<Candidate> candidates) {
  std::sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return candidates;
}

std::vector<Candidate> listed(std::span<const Candidate> candidates) { return {candidates.begin(), candidates.end()}; }

Floats random_logits(std::mt19937& random, std::size_t count, float spread) {
  std::normal_distribution<float> normal(0.0F, spread);
  Floats logits(count);
  for (float& logit : logits) logit = normal(random);
  return logits;
}

const Floats P{.1F, .2F, .3F, .4F};

}  // namespace

class FiltersMatchTheReference : public QObject {
  Q_OBJECT

  static void compare(const Floats& actual, const Floats& expected, float tolerance = 1e-5F) {
    QCOMPARE(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i) {
      QVERIFY2(std::abs(actual[i] - expected[i]) <= tolerance,
               qPrintable(QString("at %1: %2, expected %3").arg(i).arg(actual[i]).arg(expected[i])));
    }
  }

 private slots:
  void temperatureOneChangesNothing() {
    compare(after(P, [](auto c) { return temperature(c, 1.0F); }), P);
  }
  void temperatureZeroKeepsTheBest() {
    compare(after(P, [](auto c) { return temperature(c, 0.0F); }), {0, 0, 0, 1});
    compare(after({.3F, .3F, .3F, .1F}, [](auto c) { return temperature(c, 0.0F); }), {1, 0, 0, 0});
  }
  void temperatureTwoTakesSquareRoots() {
    const auto root = [](float p) { return std::sqrt(p); };
    const float total = root(.1F) + root(.2F) + root(.3F) + root(.4F);
    compare(after(P, [](auto c) { return temperature(c, 2.0F); }),
            {root(.1F) / total, root(.2F) / total, root(.3F) / total, root(.4F) / total});
  }
  void tinyTemperatureStaysFinite() {
    for (const float t : {1e-3F, 1e-30F, std::numeric_limits<float>::denorm_min()}) {
      compare(after(P, [t](auto c) { return temperature(c, t); }), {0, 0, 0, 1});
    }
  }

  void topK_data() {
    QTest::addColumn<int>("k");
    QTest::addColumn<Floats>("expected");
    QTest::newRow("1") << 1 << Floats{0, 0, 0, 1};
    QTest::newRow("3") << 3 << Floats{0, .22222F, .33333F, .44444F};
    QTest::newRow("4") << 4 << P;
    QTest::newRow("more than there are") << 1000 << P;
    QTest::newRow("0 is off") << 0 << P;
  }
  void topK() {
    QFETCH(int, k);
    QFETCH(Floats, expected);
    compare(after(P, [k](auto c) { return top_k(c, k); }), expected);
  }

  void topP_data() {
    QTest::addColumn<float>("p");
    QTest::addColumn<Floats>("expected");
    QTest::newRow("0") << 0.0F << Floats{0, 0, 0, 1};
    QTest::newRow(".7") << .7F << Floats{0, 0, .428571F, .571429F};
    QTest::newRow(".8") << .8F << Floats{0, .22222F, .33333F, .44444F};
    QTest::newRow("1 is off") << 1.0F << P;
  }
  void topP() {
    QFETCH(float, p);
    QFETCH(Floats, expected);
    compare(after(P, [p](auto c) { return top_p(c, p); }), expected);
  }
  void topPKeepsWhatTransformersKeeps() {
    const Filter filter = [](auto c) { return top_p(c, .8F); };
    QCOMPARE(survivors({.3F, .1F, .1F, .5F}, filter), (std::vector<Token>{0, 3}));
    QCOMPARE(survivors({.15F, .3F, .3F, .25F}, filter), (std::vector<Token>{1, 2, 3}));
  }

  void minP_data() {
    QTest::addColumn<float>("minimum");
    QTest::addColumn<Floats>("expected");
    const Floats three{0, 2 / 9.F, 3 / 9.F, 4 / 9.F};
    const Floats two{0, 0, 3 / 7.F, 4 / 7.F};
    const Floats one{0, 0, 0, 1};
    QTest::newRow("0 is off") << 0.0F << P;
    QTest::newRow(".24") << .24F << P;
    QTest::newRow(".26") << .26F << three;
    QTest::newRow(".49") << .49F << three;
    QTest::newRow(".51") << .51F << two;
    QTest::newRow(".74") << .74F << two;
    QTest::newRow(".76") << .76F << one;
    QTest::newRow("1") << 1.0F << one;
    QTest::newRow("1.05") << 1.05F << one;
  }
  void minP() {
    QFETCH(float, minimum);
    QFETCH(Floats, expected);
    compare(after(P, [minimum](auto c) { return min_p(c, minimum); }), expected);
  }
  void minPKeepsWhatTransformersKeeps() {
    const Filter filter = [](auto c) { return min_p(c, .05F); };
    QCOMPARE(survivors({.9F, .0274F, .047F, .0274F}, filter), (std::vector<Token>{0, 2}));
    QCOMPARE(survivors({.15F, .3F, .3F, .25F}, filter), (std::vector<Token>{0, 1, 2, 3}));
    QCOMPARE(survivors({.97F, .01F, .01F, .01F}, filter), (std::vector<Token>{0}));
  }

  void penalties_data() {
    QTest::addColumn<float>("repeat");
    QTest::addColumn<float>("frequency");
    QTest::addColumn<float>("presence");
    QTest::addColumn<std::vector<Token>>("history");
    QTest::addColumn<Floats>("expected");
    using History = std::vector<Token>;
    QTest::newRow("repeat 0") << 50.F << 0.F << 0.F << History{0} << Floats{0, .25F, .25F, .25F, .25F};
    QTest::newRow("repeat 012") << 50.F << 0.F << 0.F << History{0, 1, 2} << Floats{0, 0, 0, .5F, .5F};
    QTest::newRow("repeat 01200") << 50.F << 0.F << 0.F << History{0, 1, 2, 0, 0} << Floats{0, 0, 0, .5F, .5F};
    QTest::newRow("both 0") << 1.F << 5.F << 5.F << History{0}
                            << Floats{.000011F, .249997F, .249997F, .249997F, .249997F};
    QTest::newRow("both 012") << 1.F << 5.F << 5.F << History{0, 1, 2}
                              << Floats{.000023F, .000023F, .000023F, .499966F, .499966F};
    QTest::newRow("both 01200") << 1.F << 5.F << 5.F << History{0, 1, 2, 0, 0}
                                << Floats{0, .000023F, .000023F, .499977F, .499977F};
  }
  void penalties() {
    QFETCH(float, repeat);
    QFETCH(float, frequency);
    QFETCH(float, presence);
    QFETCH(std::vector<Token>, history);
    QFETCH(Floats, expected);
    Floats logits = logs({.2F, .2F, .2F, .2F, .2F});
    repetition_penalty(logits, history, repeat);
    frequency_penalty(logits, history, frequency);
    presence_penalty(logits, history, presence);
    const auto shares = probabilities(make_candidates(logits));
    compare(Floats(shares.begin(), shares.end()), expected);
  }
  void repetitionDividesPositiveAndMultipliesNegative() {
    Floats logits{-.1F, .1F, .4F, 7.F};
    repetition_penalty(logits, std::vector<Token>{0, 1, 2, 2, 0}, 2.0F);
    compare(logits, {-.2F, .05F, .2F, 7.F}, 0);
  }
  void penaltiesPassOverIdsOutsideTheVocabulary() {
    Floats logits{1.F, 2.F};
    const std::vector<Token> history{-1, 2, std::numeric_limits<Token>::max(), std::numeric_limits<Token>::min()};
    repetition_penalty(logits, history, 2.F);
    frequency_penalty(logits, history, 1.F);
    presence_penalty(logits, history, 1.F);
    compare(logits, {1.F, 2.F}, 0);
  }
  void penaltiesThatAreOffChangeNoBit() {
    const Floats before{1e-40F, -0.F, infinity, -infinity, 3.3333333F};
    Floats logits = before;
    const std::vector<Token> history{0, 1, 2, 3, 4};
    repetition_penalty(logits, history, 1.F);
    frequency_penalty(logits, history, 0.F);
    presence_penalty(logits, history, 0.F);
    QVERIFY(std::memcmp(logits.data(), before.data(), before.size() * sizeof(float)) == 0);
  }

  void candidatesLeaveOutNanAndMinusInfinity() {
    const auto candidates = make_candidates(Floats{not_a_number, 1.F, -infinity, infinity, -3.F, -not_a_number});
    const std::vector<Candidate> expected{{1, 1.F}, {3, std::numeric_limits<float>::max()}, {4, -3.F}};
    QCOMPARE(candidates, expected);
    QVERIFY(make_candidates(Floats{not_a_number, -infinity}).empty());
    QVERIFY(make_candidates({}).empty());
  }
  void infiniteLogitsKeepEveryFilterFinite() {
    auto candidates = make_candidates(Floats{1.F, infinity, -1e38F, infinity, std::numeric_limits<float>::lowest()});
    for (const double share : probabilities(candidates)) QVERIFY(std::isfinite(share));
    const std::vector<Candidate> expected{{1, std::numeric_limits<float>::max()},
                                          {3, std::numeric_limits<float>::max()}};
    auto c = candidates;
    QCOMPARE(listed(top_p(c, .9F)), expected);
    c = candidates;
    QCOMPARE(listed(min_p(c, .05F)), expected);
    c = candidates;
    for (const Candidate& candidate : temperature(c, .5F)) QVERIFY(std::isfinite(candidate.logit));
  }

  void tiesGoToTheLowerIds() {
    const Floats equal(1000, .001F);
    QCOMPARE(survivors(equal, [](auto c) { return top_k(c, 3); }), (std::vector<Token>{0, 1, 2}));
    QCOMPARE(survivors(equal, [](auto c) { return top_p(c, .0045F); }), (std::vector<Token>{0, 1, 2, 3, 4}));
    QCOMPARE(survivors(equal, [](auto c) { return min_p(c, 1.F); }).size(), equal.size());
    auto zeros = make_candidates(Floats{-0.F, 0.F});
    QCOMPARE(listed(top_k(zeros, 1)).front().id, 0);
  }

  void topKEqualsSorting() {
    std::mt19937 random(1);
    for (const std::size_t size : {1U, 2U, 40U, 500U, 5000U}) {
      Floats logits = random_logits(random, size, 3.F);
      for (std::size_t i = 0; i + 7 < size; i += 7) logits[i] = 1.5F;  // ties
      for (const int k : {1, 2, 39, 40, 41, 700, 4999}) {
        auto candidates = make_candidates(logits);
        auto expected = sorted(candidates);
        expected.resize(std::min(expected.size(), static_cast<std::size_t>(k)));
        QCOMPARE(listed(top_k(candidates, k)), in_id_order(expected));
      }
    }
  }

  void topPEqualsSorting() {
    std::mt19937 random(2);
    for (const float spread : {0.F, 1e-30F, 1e-4F, .3F, 3.F, 30.F, 1e30F}) {
      for (const std::size_t size : {1U, 2U, 40U, 5000U}) {
        const Floats logits = random_logits(random, size, spread);
        for (const float p : {0.F, .1F, .5F, .9F, .97F, .9999F}) {
          auto candidates = make_candidates(logits);
          const auto order = sorted(candidates);
          const auto shares = probabilities(order);
          const auto left = top_p(candidates, p);
          QVERIFY(!left.empty());
          double sum = 0;
          for (std::size_t i = 0; i < left.size(); ++i) sum += shares[i];
          // The survivors are the best, reach p, and would not without the last of them (to the filter's rounding).
          QCOMPARE(listed(left),
                   in_id_order({order.begin(), order.begin() + static_cast<std::ptrdiff_t>(left.size())}));
          QVERIFY(sum >= p - 2e-6);
          QVERIFY(left.size() == 1 || sum - shares[left.size() - 1] < p);
        }
      }
    }
  }

  void minPEqualsItsDefinition() {
    std::mt19937 random(3);
    const Floats logits = random_logits(random, 5000, 3.F);
    auto candidates = make_candidates(logits);
    const auto shares = probabilities(candidates);
    const double largest = *std::max_element(shares.begin(), shares.end());
    std::size_t expected = 0;
    for (const double share : shares) expected += share >= .02 * largest ? 1 : 0;
    QCOMPARE(min_p(candidates, .02F).size(), expected);
  }

  void filtersOfNothingAreNothing() {
    QVERIFY(top_k({}, 3).empty());
    QVERIFY(top_p({}, .5F).empty());
    QVERIFY(min_p({}, .5F).empty());
    QVERIFY(temperature({}, .5F).empty());
  }
};

QTEST_GUILESS_MAIN(FiltersMatchTheReference)
#include "test_sampling_filters.moc"
