// Speculation: replies are the same with it, to the token, and it rests where it costs more than it brings.
#include <QtTest>
#include <filesystem>

#include "session/prompt_lookup.h"
#include "sotto/engine/session.h"
#include "support/tiny_model.h"

using namespace sotto::engine;
using namespace sotto::test;

namespace {

using Tokens = std::vector<Token>;

struct Written {
  Tokens tokens;
  GenerationResult result;
  int length = 0;  // of the state afterwards
};

Written write(Session& session, Request request, const SamplingParams& params, bool speculate) {
  Written written;
  request.speculate = speculate;
  GenerationObserver observer;
  observer.token = [&](const GeneratedToken& token) {
    QCOMPARE(token.index, static_cast<int>(written.tokens.size()));
    written.tokens.push_back(token.id);
  };
  session.reset();
  written.result = session.generate(request, LiveSampling(params), observer);
  written.length = session.length();
  return written;
}

}  // namespace

class SpeculationTest : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  [[nodiscard]] std::filesystem::path path() const {
    return std::filesystem::path(dir_.path().toStdString()) / "model.gguf";
  }

 private slots:
  void whatFollowedTheLongestRepetitionIsProposed() {
    QCOMPARE(looked_up({}, 4), Tokens());
    QCOMPARE(looked_up(Tokens{1}, 4), Tokens());
    QCOMPARE(looked_up(Tokens{1, 2, 9, 1, 2}, 4), Tokens());  // two are too few
    QCOMPARE(looked_up(Tokens{1, 2, 3, 9, 8, 7, 1, 2, 3}, 2), (Tokens{9, 8}));
    QCOMPARE(looked_up(Tokens{0, 1, 2, 3, 9, 5, 1, 2, 3, 8, 0, 1, 2, 3}, 1), Tokens{9});  // longer
    QCOMPARE(looked_up(Tokens{1, 2, 3, 9, 5, 1, 2, 3, 8, 7, 1, 2, 3}, 1), Tokens{8});     // later
    QCOMPARE(looked_up(Tokens{5, 5, 5, 5}, 3), (Tokens{5, 5, 5}));
    QCOMPARE(looked_up(Tokens{6, 7, 6, 7, 6, 7}, 5), (Tokens{6, 7, 6, 7, 6}));
  }

  void aLongHistoryIsLookedThroughQuickly() {
    Tokens history(1'000'000);
    for (std::size_t i = 0; i < history.size(); ++i) history[i] = static_cast<Token>(i * i % 7919);
    QElapsedTimer timer;
    timer.start();
    (void)looked_up(history, 8);
    QVERIFY(timer.elapsed() < 200);
  }

  void proposalsRestWhereTheyAreInVainAndGrowWhereTheyAreNot() {
    DraftLength length;
    QCOMPARE(length.next(), std::size_t{0});  // what a token alone takes is not known
    length.learn(0, 0, 0.01);
    std::size_t longest = 0;
    for (int i = 0; i < 10; ++i) {
      const std::size_t next = length.next();
      QVERIFY(next > 0);
      longest = std::max(longest, next);
      length.learn(next, next, 0.012);
    }
    QCOMPARE(longest, std::size_t{7});
    int proposed = 0;
    for (int i = 0; i < 1000; ++i) {
      const std::size_t next = length.next();
      proposed += next > 0 ? 1 : 0;
      length.learn(next, 0, next > 0 ? 0.02 : 0.01);
    }
    QVERIFY2(proposed < 30, qPrintable(QString::number(proposed)));  // less than 3 % of the time
    for (int i = 0; i < 600; ++i) {
      const std::size_t next = length.next();
      length.learn(next, next, 0.01);
    }
    QVERIFY(length.next() > 1);  // another text: they are worth it again
  }

  void aReplyThatRepeatsItselfIsTheSameInFewerPasses() {
    const std::string text = "The cat sat on the mat, and there it was warm until the evening came, and the night.";
    scripted_model(script(text)).write(path());
    Session session(Model::load(path()));
    SamplingParams greedy;
    greedy.greedy = true;
    greedy.repeat_penalty = 1;
    Request request;
    request.messages = {{Role::user, "Sing", {}}};
    request.max_tokens = 0;
    // The model has one text: its second reply repeats the first, which the prompt has.
    const Written first = write(session, request, greedy, true);
    request.messages.push_back({Role::assistant, text, first.tokens});
    request.messages.push_back({Role::user, "Again", {}});
    const Written plain = write(session, request, greedy, false), fast = write(session, request, greedy, true);
    QCOMPARE(plain.tokens, first.tokens);
    QCOMPARE(fast.tokens, plain.tokens);
    QCOMPARE(fast.result.reason, StopReason::end);
    QCOMPARE(fast.length, plain.length);
    QCOMPARE(plain.result.proposed_tokens, 0);
    QVERIFY(fast.result.accepted_tokens > static_cast<int>(plain.tokens.size()) / 2);
    QVERIFY(fast.result.accepted_tokens <= fast.result.proposed_tokens);
    // Cut by length or by a stop string: at the same token.
    for (int most = 1; most < static_cast<int>(plain.tokens.size()); most += 3) {
      request.max_tokens = most;
      const Written cut = write(session, request, greedy, true);
      QCOMPARE(cut.tokens, Tokens(plain.tokens.begin(), plain.tokens.begin() + most));
      QCOMPARE(cut.length, write(session, request, greedy, false).length);
    }
    request.max_tokens = 0;
    request.stop_strings = {"it was warm"};
    const Written stopped = write(session, request, greedy, true), expected = write(session, request, greedy, false);
    QCOMPARE(stopped.tokens, expected.tokens);
    QCOMPARE(stopped.result.reason, StopReason::stop_string);
    // The last token may be in the state already.
    QVERIFY(stopped.length >= expected.length);
    QVERIFY(stopped.length <= stopped.result.prompt_tokens + static_cast<int>(stopped.tokens.size()));
  }

  void aStopIsSeenBeforeTheNextToken() {
    const std::string text = "The cat sat on the mat, and there it was warm until the evening came, and the night.";
    scripted_model(script(text)).write(path());
    Session session(Model::load(path()));
    const LiveSampling sampling(SamplingParams{.greedy = true, .repeat_penalty = 1});
    Request request;
    request.messages = {{Role::user, "Sing", {}}};
    const Written first = write(session, request, SamplingParams{.greedy = true, .repeat_penalty = 1}, true);
    request.messages.push_back({Role::assistant, text, first.tokens});
    request.messages.push_back({Role::user, "Again", {}});
    for (int last = 0; last < static_cast<int>(first.tokens.size()) - 1; ++last) {
      std::stop_source stop;
      int seen = 0;
      GenerationObserver observer;
      observer.token = [&](const GeneratedToken& token) {
        ++seen;
        if (token.index == last) stop.request_stop();
      };
      const GenerationResult result = session.generate(request, sampling, observer, stop.get_token());
      QCOMPARE(result.reason, StopReason::stopped);
      QCOMPARE(seen, last + 1);
    }
  }

  void whatIsDrawnIsTheSame_data() {
    QTest::addColumn<float>("temperature");
    QTest::addColumn<float>("penalty");
    QTest::newRow("greedy") << 0.0F << 1.0F;
    QTest::newRow("nearly greedy") << 0.1F << 1.0F;
    QTest::newRow("nearly greedy, with a penalty") << 0.1F << 1.05F;
    QTest::newRow("hot") << 1.0F << 1.0F;
  }
  // A model that babbles, so that most of what is proposed is wrong.
  void whatIsDrawnIsTheSame() {
    QFETCH(float, temperature);
    QFETCH(float, penalty);
    TinyShape shape;
    shape.context = 256;
    random_model(shape).write(path());
    const auto model = Model::load(path());
    SamplingParams params;
    params.temperature = temperature;
    params.repeat_penalty = penalty;
    int rejected = 0;
    for (const int threads : {1, 2}) {
      Session session(model, {0, threads, KvType::f16});
      for (std::uint64_t seed = 0; seed < 4; ++seed) {
        Request request;
        request.prompt = {{Fragment::Kind::text, "one two three one two three one two three", {}}};
        request.max_tokens = 0;  // until the context is full
        request.seed = seed;
        request.ignore_end = true;
        const Written plain = write(session, request, params, false), fast = write(session, request, params, true);
        QCOMPARE(fast.tokens, plain.tokens);
        QCOMPARE(fast.result.reason, StopReason::context);
        QCOMPARE(fast.length, plain.length);
        rejected += fast.result.proposed_tokens - fast.result.accepted_tokens;
      }
    }
    QVERIFY(rejected > 0);
  }
};

QTEST_GUILESS_MAIN(SpeculationTest)
#include "test_speculation.moc"
