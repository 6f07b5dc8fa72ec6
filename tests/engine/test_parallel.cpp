#include <sys/resource.h>
#include <unistd.h>

#include <QtTest>
#include <atomic>
#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>
#include <vector>

#include "ops/parallel.h"

using namespace sotto::engine;

class ParallelTest : public QObject {
  Q_OBJECT

 private slots:
  void everyIndexIsVisitedOnce() {
    for (const int threads : {1, 2, 5}) {
      ThreadTeam team(threads);
      for (const std::size_t count : {0UL, 1UL, 7UL, 64UL, 1000UL}) {
        for (const std::size_t grain : {0UL, 1UL, 3UL, 64UL, 5000UL}) {
          std::vector<std::atomic<int>> visits(count);
          team.parallel_for(count, grain, [&](std::size_t first, std::size_t last) {
            for (std::size_t i = first; i < last; ++i) ++visits[i];
          });
          for (const auto& visit : visits) QCOMPARE(visit.load(), 1);
        }
      }
    }
  }

  void whatWasWrittenIsSeenByTheNextRegion() {
    ThreadTeam team(4);
    std::vector<int> a(4096, 0);
    for (int round = 0; round < 2000; ++round) {
      team.parallel_for(a.size(), 64, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) a[i] += 1;
      });
    }
    for (const int value : a) QCOMPARE(value, 2000);
  }

  void severalThreadsWork() {
    ThreadTeam team(2);
    std::atomic<int> inside{0}, most{0};
    for (int tries = 0; tries < 20 && most < 2; ++tries) {
      team.parallel_for(8, 1, [&](std::size_t, std::size_t) {
        most = std::max(most.load(), ++inside);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        --inside;
      });
    }
    QCOMPARE(most.load(), 2);
  }

  void anIdleTeamUsesNoProcessor() {
    ThreadTeam team(2);
    std::atomic<int> sum{0};
    team.parallel_for(100, 1, [&](std::size_t first, std::size_t) { sum += static_cast<int>(first); });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const auto used = [] {
      timespec time{};
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    };
    const double before = used();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    QVERIFY(used() - before < 0.02);
  }

  void whereTheSystemGivesNoMoreThreadsFewerDoTheWork() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("a sanitizer maps more memory than this test allows");
#endif
    std::ifstream statm("/proc/self/statm");
    rlim_t pages = 0;
    QVERIFY(statm >> pages);
    rlimit before{};
    getrlimit(RLIMIT_AS, &before);
    rlimit limit = before;
    limit.rlim_cur = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + (100U << 20);  // a dozen stacks
    QCOMPARE(setrlimit(RLIMIT_AS, &limit), 0);
    {
      ThreadTeam team(256);
      QVERIFY(team.threads() >= 1 && team.threads() < 256);
      std::atomic<int> sum{0};
      team.parallel_for(1000, 1, [&](std::size_t first, std::size_t) { sum += static_cast<int>(first); });
      QCOMPARE(sum.load(), 499500);
    }
    setrlimit(RLIMIT_AS, &before);
  }

  void thereIsAtLeastOneCore() { QVERIFY(physical_cores() >= 1); }
};

QTEST_GUILESS_MAIN(ParallelTest)
#include "test_parallel.moc"
