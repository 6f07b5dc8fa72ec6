// LiveSampling: what a person moves while a reply is written, read by the engine once a token.
#include <QTest>
#include <atomic>
#include <limits>
#include <thread>

#include "sotto/engine/sampling.h"

using namespace sotto::engine;

class LiveSamplingIsOneConsistentValue : public QObject {
  Q_OBJECT

 private slots:
  void beginsAtRevisionZero() {
    const SamplingParams params{.greedy = true, .temperature = .25F};
    const LiveSampling live(params);
    QCOMPARE(live.snapshot().revision, 0U);
    QVERIFY(live.snapshot().params == params);
  }

  void revisionGrowsOnlyWhenSomethingChanges() {
    LiveSampling live;
    SamplingParams params;
    QCOMPARE(live.set(params), 0U);
    params.top_p = .5F;
    QCOMPARE(live.set(params), 1U);
    QCOMPARE(live.set(params), 1U);
    params.top_k = 3;
    QCOMPARE(live.set(params), 2U);
    QCOMPARE(live.snapshot().revision, 2U);
    QVERIFY(live.snapshot().params == params);
  }

  void holdsClampedValues() {
    SamplingParams absurd;
    absurd.temperature = std::numeric_limits<float>::quiet_NaN();
    absurd.top_p = 2;
    LiveSampling live(absurd);
    QVERIFY(live.snapshot().params == clamped(absurd));
    // A NaN differs from itself, and must not count as a change every time.
    QCOMPARE(live.set(absurd), 0U);
    absurd.min_p = -3;
    QCOMPARE(live.set(absurd), 1U);
    QCOMPARE(live.snapshot().params.min_p, 0.F);
    QCOMPARE(live.set(absurd), 1U);
  }

  void snapshotsAreNeverTornBetweenThreads() {
    LiveSampling live(SamplingParams{.top_k = 0, .min_p = 0});
    std::atomic<bool> done = false;
    std::atomic<int> torn = 0;
    constexpr int writes = 5000;
    const auto read = [&] {
      std::uint64_t last = 0;
      while (!done) {
        const auto [params, revision] = live.snapshot();
        // The writers always move both together.
        if (params.min_p != static_cast<float>(params.top_k) / 16384.F || revision < last) ++torn;
        last = revision;
      }
    };
    const auto write = [&](int parity) {
      for (int i = parity; i < 2 * writes; i += 2) {
        SamplingParams params;
        params.top_k = i + 1;
        params.min_p = static_cast<float>(i + 1) / 16384.F;
        live.set(params);
      }
    };
    {
      std::jthread reader(read);
      {
        const std::jthread even(write, 0);
        const std::jthread odd(write, 1);
      }
      done = true;
    }
    QCOMPARE(torn.load(), 0);
    QCOMPARE(live.snapshot().revision, static_cast<std::uint64_t>(2 * writes));
  }
};

QTEST_GUILESS_MAIN(LiveSamplingIsOneConsistentValue)
#include "test_sampling_live.moc"
