// StopStringFilter: no part of a stop string gets out, and nothing else is held back for long.
#include <QElapsedTimer>
#include <QTest>
#include <algorithm>

#include "engine/text/splits.h"
#include "text/stop_string_filter.h"

using namespace sotto::engine;
using namespace sotto::test;
using namespace std::string_literals;

namespace {

struct Outcome {
  std::string text;
  bool stopped = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// The same by brute force: the first end of any stop string, and of those that end there the longest.
Outcome expected(std::string_view text, const std::vector<std::string>& stops) {
  for (std::size_t end = 1; end <= text.size(); ++end) {
    std::size_t longest = 0;
    for (const std::string& stop : stops) {
      if (!stop.empty() && text.substr(0, end).ends_with(stop)) longest = std::max(longest, stop.size());
    }
    if (longest > 0) return {std::string(text.substr(0, end - longest)), true};
  }
  return {std::string(text), false};
}

// The longest end of `text` with which a stop string begins.
std::size_t must_hold(std::string_view text, const std::vector<std::string>& stops) {
  std::size_t held = 0;
  for (const std::string& stop : stops) {
    for (std::size_t n = 1; n < stop.size() && n <= text.size(); ++n) {
      if (text.ends_with(std::string_view(stop).substr(0, n))) held = std::max(held, n);
    }
  }
  return held;
}

}  // namespace

class StopStringFilterHoldsBack : public QObject {
  Q_OBJECT

 private slots:
  void everySplitOfEveryShortTextGivesTheSame() {
    const std::vector<std::vector<std::string>> sets = {
        {}, {""}, {"a"}, {"ab"}, {"aab", "ab"}, {"abc", "b"}, {"aa", "aaa"}, {"ababc", "babb"}, {"cc", "bcc", "abca"}};
    for (const auto& stops : sets) {
      for (std::size_t length = 1; length <= 6; ++length) {
        int failures = 0;
        for_every_string("abc", length, [&](std::string_view text) {
          const Outcome right = expected(text, stops);
          for_every_split(text, [&](const std::vector<std::string_view>& pieces) {
            StopStringFilter filter(stops);
            Outcome outcome;
            std::size_t fed = 0;
            for (const std::string_view piece : pieces) {
              outcome.text += filter.push(piece);
              fed += piece.size();
              if (!filter.stopped() && fed - outcome.text.size() != must_hold(text.substr(0, fed), stops)) ++failures;
            }
            outcome.stopped = filter.stopped();
            outcome.text += filter.finish();
            if (outcome != right) ++failures;
          });
        });
        QCOMPARE(failures, 0);
      }
    }
  }

  void whatWasHeldBackComesOutAtTheEnd() {
    StopStringFilter filter({"### Instruction:"});
    QCOMPARE(filter.push("Yes.\n### Inst"), "Yes.\n"s);
    QCOMPARE(filter.finish(), "### Inst"s);
    QCOMPARE(filter.finish(), ""s);
  }

  void nothingComesAfterAStopString() {
    StopStringFilter filter({"END"});
    QCOMPARE(filter.push("a END b"), "a "s);
    QVERIFY(filter.stopped());
    QCOMPARE(filter.push("c"), ""s);
    QCOMPARE(filter.finish(), ""s);
  }

  void aStopStringMayBeginBeforeAReplyWasStopped() {
    const std::vector<std::string> stops = {"abab", "bb"};
    int failures = 0;
    for_every_string("abc", 7, [&](std::string_view text) {
      for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        if (expected(text.substr(0, cut), stops).stopped) continue;
        const Outcome right = expected(text, stops);
        StopStringFilter filter(stops);
        filter.goes_on_from(text.substr(0, cut / 2));
        filter.goes_on_from(text.substr(cut / 2, cut - cut / 2));
        std::string out = filter.push(text.substr(cut, 1));
        if (cut < text.size()) out += filter.push(text.substr(cut + 1));
        const bool stopped = filter.stopped();
        out += filter.finish();
        const std::string rest = right.text.size() > cut ? right.text.substr(cut) : std::string();
        if (out != rest || stopped != right.stopped) ++failures;
      }
    });
    QCOMPARE(failures, 0);
  }

  void aStopStringThatDidNotEndAReplyIsBehindIt() {
    StopStringFilter filter({"abab"});
    filter.goes_on_from("xabab");
    QCOMPARE(filter.push("ab"), ""s);
    QCOMPARE(filter.push("c"), "abc"s);
    QVERIFY(!filter.stopped());
  }

  void charactersStayWhole() {
    StopStringFilter filter({"è", "\xA9", "\xC3"});
    QCOMPARE(filter.push("é"), "é"s);  // begins with the same byte as è, and ends with \xA9, which is no stop string
    QCOMPARE(filter.push("xè"), "x"s);
    QVERIFY(filter.stopped());
  }

  void theCostIsLinearWhateverTheStopStringsAre() {
    QElapsedTimer timer;
    timer.start();
    const std::size_t length = 1'000'000;
    StopStringFilter filter({std::string(100'000, 'a') + "b", std::string(50'000, 'a') + "c"});
    std::size_t out = 0;
    for (std::size_t i = 0; i < length; ++i) out += filter.push("a").size();
    out += filter.finish().size();
    QCOMPARE(out, length);
    QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed()) + " ms"));
  }
};

QTEST_GUILESS_MAIN(StopStringFilterHoldsBack)
#include "test_stop_string_filter.moc"
