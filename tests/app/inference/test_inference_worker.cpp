// The engine thread: jobs in order, one end for each, and no exception on its way out.
#include <QTemporaryDir>
#include <QTest>
#include <latch>
#include <new>

#include "app/inference/scripted_backend.h"
#include "inference/inference_worker.h"
#include "support/tiny_model.h"

using namespace sotto::app;
using namespace sotto::test;
namespace engine = sotto::engine;
using namespace std::chrono_literals;

namespace {

// A worker with its mailbox, read by the test itself.
struct Bench {
  std::shared_ptr<BackendPlan> plan = std::make_shared<BackendPlan>();
  std::shared_ptr<EngineMailbox> mailbox = std::make_shared<EngineMailbox>([] {}, mergeEngineEvents);
  InferenceWorker worker{scriptedLoader(plan), mailbox};

  void load() {
    worker.load({.id = 1, .path = QStringLiteral("/model.gguf")});
    QVERIFY(worker.waitIdle(10s));
    (void)mailbox->drain();
  }

  [[nodiscard]] GenerationJob job(JobId id) const {
    GenerationJob job{.id = id};
    job.request.messages = {{.role = engine::Role::user, .content = "hello", .tokens = {}}};
    job.sampling = std::make_shared<engine::LiveSampling>();
    return job;
  }
};

template <class Event>
std::vector<Event> only(const std::vector<EngineEvent>& events) {
  std::vector<Event> found;
  for (const EngineEvent& each : events) {
    if (const auto* event = std::get_if<Event>(&each)) found.push_back(*event);
  }
  return found;
}

}  // namespace

class InferenceWorkerRunsJobs : public QObject {
  Q_OBJECT

 private slots:
  void aReplyNeedNotWaitForReadingAhead() {
    Bench bench;
    bench.load();
    std::latch reading(1);
    bench.plan->readAhead = [&](const engine::Request&, const std::stop_token& stop) {
      reading.count_down();
      while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
    };
    bench.worker.readAhead({.request = bench.job(0).request});
    reading.wait();
    bench.worker.generate(bench.job(2));
    QVERIFY(bench.worker.waitIdle(10s));
    const auto ends = only<ReplyEnded>(bench.mailbox->drain());
    QCOMPARE(ends.size(), size_t{1});
    QVERIFY(ends[0].reason != StopReason::stopped);
  }

  void ofWhatIsToBeReadAheadOnlyTheNewestWaits() {
    Bench bench;
    bench.load();
    std::latch reading(1), go(1);
    std::vector<std::string> read;  // the engine thread's until the worker is idle
    bench.plan->readAhead = [&](const engine::Request& request, const std::stop_token&) {
      read.push_back(request.messages.back().content);
      if (read.size() == 1) {
        reading.count_down();
        go.wait();
      }
    };
    const auto ahead = [&](const char* text) {
      engine::Request request;
      request.messages = {{.role = engine::Role::user, .content = text, .tokens = {}}};
      bench.worker.readAhead({.request = request});
    };
    ahead("I");
    reading.wait();
    ahead("I am");
    ahead("I am here");
    go.count_down();
    QVERIFY(bench.worker.waitIdle(10s));
    QCOMPARE(read, (std::vector<std::string>{"I", "I am here"}));
  }

  void whatGoesWrongInReadingAheadIsNotSaid() {
    Bench bench;
    bench.worker.readAhead({.request = bench.job(0).request});  // no model
    bench.load();
    bench.plan->readAhead = [](const engine::Request&, const std::stop_token&) {
      throw engine::Error(engine::ErrorCode::format, "The template fails.");
    };
    bench.worker.readAhead({.request = bench.job(0).request});
    QVERIFY(bench.worker.waitIdle(10s));
    QCOMPARE(bench.plan->resets.load(), 0);
    bench.plan->readAhead = [](const engine::Request&, const std::stop_token&) { throw std::bad_alloc(); };
    bench.worker.readAhead({.request = bench.job(0).request});
    QVERIFY(bench.worker.waitIdle(10s));
    QCOMPARE(bench.plan->resets.load(), 1);
    QVERIFY(bench.mailbox->drain().empty());
  }

  void loadsAndTellsProgress() {
    Bench bench;
    bench.worker.load({.id = 4, .path = QStringLiteral("/model.gguf")});
    QVERIFY(bench.worker.waitIdle(10s));
    const auto events = bench.mailbox->drain();
    QCOMPARE(only<LoadSucceeded>(events).size(), size_t{1});
    QCOMPARE(only<LoadSucceeded>(events)[0].model.name, QStringLiteral("letters"));
    QVERIFY(!only<LoadProgress>(events).empty());
    QVERIFY(std::holds_alternative<LoadSucceeded>(events.back()));
  }

  void writesAReplyInOrder() {
    Bench bench;
    bench.load();
    bench.worker.generate(bench.job(2));
    QVERIFY(bench.worker.waitIdle(10s));
    const auto events = bench.mailbox->drain();
    const auto deltas = only<ReplyDelta>(events);
    QCOMPARE(deltas.size(), size_t{1});  // nobody read meanwhile
    QCOMPARE(deltas[0].text, std::string("abcdefghij"));
    QCOMPARE(deltas[0].tokens.size(), size_t{10});
    QCOMPARE(deltas[0].timeline.size(), size_t{1});
    QVERIFY(std::holds_alternative<ReplyEnded>(events.back()));
    const auto& end = std::get<ReplyEnded>(events.back());
    QVERIFY(end.reason == StopReason::end);
    QVERIFY(end.state == MessageState::complete);
    QCOMPARE(end.stats.generatedTokens, 10);
    QCOMPARE(end.stats.promptTokens, 3);
  }

  void needsAModel() {
    Bench bench;
    bench.worker.generate(bench.job(2));
    QVERIFY(bench.worker.waitIdle(10s));
    const auto ends = only<ReplyEnded>(bench.mailbox->drain());
    QCOMPARE(ends.size(), size_t{1});
    QVERIFY(ends[0].state == MessageState::failed);
    QVERIFY(!ends[0].error.isEmpty());
  }

  void losesNoStop() {
    // A stop before the job begins, while another runs, and at any moment of its own run ends it and only it.
    Bench bench;
    bench.plan->tokens = 1'000'000;
    bench.load();
    for (JobId id = 2; id < 60; id += 2) {
      GenerationJob first = bench.job(id);
      GenerationJob second = bench.job(id + 1);
      std::stop_source stopFirst = first.stop;
      std::stop_source stopSecond = second.stop;
      bench.worker.generate(std::move(first));
      bench.worker.generate(std::move(second));
      if (id % 4 == 0) {
        stopSecond.request_stop();
        stopFirst.request_stop();
      } else {
        stopFirst.request_stop();
        std::this_thread::sleep_for(std::chrono::microseconds(id * 10));
        stopSecond.request_stop();
      }
      QVERIFY(bench.worker.waitIdle(10s));
      const auto ends = only<ReplyEnded>(bench.mailbox->drain());
      QCOMPARE(ends.size(), size_t{2});
      QCOMPARE(ends[0].job, id);
      QCOMPARE(ends[1].job, id + 1);
      QVERIFY(ends[0].reason == StopReason::stopped && ends[1].reason == StopReason::stopped);
      QVERIFY(ends[0].state == MessageState::complete);
    }
  }

  void cancelsALoad() {
    Bench bench;
    std::latch begun(1);
    bool first = true;
    bench.plan->beforeLoad = [&] {
      if (std::exchange(first, false)) begun.count_down();
      std::this_thread::sleep_for(5ms);
    };
    LoadJob job{.id = 9, .path = QStringLiteral("/model.gguf")};
    std::stop_source stop = job.stop;
    bench.worker.load(std::move(job));
    begun.wait();
    stop.request_stop();
    QVERIFY(bench.worker.waitIdle(10s));
    const auto events = bench.mailbox->drain();
    QVERIFY(only<LoadSucceeded>(events).empty());
    QCOMPARE(only<LoadFailed>(events).size(), size_t{1});
    QVERIFY(only<LoadFailed>(events)[0].cancelled && !only<LoadFailed>(events)[0].kept);
    QCOMPARE(bench.plan->alive.load(), 0);
  }

  void keepsTheOldModelUntilTheNewOneIsThere() {
    Bench bench;
    bench.load();
    QCOMPARE(bench.plan->alive.load(), 1);
    int aliveWhileLoading = -1;
    bench.plan->beforeLoad = [&] { aliveWhileLoading = bench.plan->alive; };
    bench.load();
    QCOMPARE(aliveWhileLoading, 1);
    QCOMPARE(bench.plan->alive.load(), 1);
    bench.plan->beforeLoad = [] { throw engine::Error(engine::ErrorCode::format, "not a model"); };
    bench.worker.load({.id = 3, .path = QStringLiteral("/bad.gguf")});
    QVERIFY(bench.worker.waitIdle(10s));
    const auto failed = only<LoadFailed>(bench.mailbox->drain());
    QVERIFY(failed.size() == 1 && failed[0].kept && !failed[0].cancelled && !failed[0].sentence.isEmpty());
    QCOMPARE(bench.plan->alive.load(), 1);
    bench.worker.generate(bench.job(4));
    QVERIFY(bench.worker.waitIdle(10s));
    QVERIFY(only<ReplyEnded>(bench.mailbox->drain())[0].state == MessageState::complete);
  }

  void givesTheOldModelsCacheUpWhereMemoryIsShort() {
    Bench bench;
    bench.load();
    const int resets = bench.plan->resets;
    bench.plan->beforeLoad = [&, attempt = 0]() mutable {
      if (attempt++ == 0) throw engine::Error(engine::ErrorCode::memory, "full");
    };
    bench.load();
    QCOMPARE(bench.plan->resets.load(), resets + 1);
    QCOMPARE(bench.plan->alive.load(), 1);
  }

  void givesTheOldModelUpWhereOnlyThatMakesRoom() {
    QTemporaryDir directory;
    const QString path = directory.filePath(QStringLiteral("small.gguf"));
    random_model().write(path.toStdString());
    Bench bench;
    bench.load();
    bench.plan->beforeLoad = [&] {
      if (bench.plan->alive > 0) throw engine::Error(engine::ErrorCode::memory, "full");
    };
    bench.worker.load({.id = 2, .path = path});
    QVERIFY(bench.worker.waitIdle(10s));
    QCOMPARE(only<LoadSucceeded>(bench.mailbox->drain()).size(), size_t{1});
    QCOMPARE(bench.plan->alive.load(), 1);
    // One that is larger than the machine, or cannot be looked at, takes nobody's place.
    bench.worker.load({.id = 3, .path = directory.filePath(QStringLiteral("nowhere.gguf"))});
    QVERIFY(bench.worker.waitIdle(10s));
    const auto failed = only<LoadFailed>(bench.mailbox->drain());
    QVERIFY(failed.size() == 1 && failed[0].kept);
    QCOMPARE(bench.plan->alive.load(), 1);
  }

  void turnsEveryExceptionIntoASentence_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("part");
    QTest::addColumn<int>("resets");
    QTest::addColumn<bool>("lost");
    QTest::newRow("engine error, the context full") << 0 << "does not fit by 12 tokens" << 0 << false;
    QTest::newRow("standard exception") << 1 << "odd" << 1 << false;
    QTest::newRow("no memory") << 2 << "not enough memory" << 0 << false;
    QTest::newRow("unknown") << 3 << "unexpectedly" << 1 << false;
    QTest::newRow("file changed") << 4 << "changed" << 0 << true;
  }

  void turnsEveryExceptionIntoASentence() {
    QFETCH(int, kind);
    QFETCH(QString, part);
    QFETCH(int, resets);
    QFETCH(bool, lost);
    Bench bench;
    bench.load();
    bench.plan->beforeToken = [kind](int token) {
      if (token < 3) return;
      switch (kind) {
        case 0:
          throw engine::Error(engine::ErrorCode::context_full, "The prompt does not fit by 12 tokens.");
        case 1:
          throw std::runtime_error("odd");
        case 2:
          throw std::bad_alloc();
        case 3:
          throw 42;
        default:
          throw engine::Error(engine::ErrorCode::io, "The file changed.");
      }
    };
    bench.worker.generate(bench.job(2));
    QVERIFY(bench.worker.waitIdle(10s));
    const auto events = bench.mailbox->drain();
    const auto ends = only<ReplyEnded>(events);
    QCOMPARE(ends.size(), size_t{1});
    QVERIFY(ends[0].state == MessageState::failed);
    QVERIFY(ends[0].reason == (kind == 0 ? StopReason::context : StopReason::error));
    QVERIFY2(ends[0].error.contains(part), qPrintable(ends[0].error));
    QCOMPARE(ends[0].modelLost, lost);
    QCOMPARE(only<ReplyDelta>(events)[0].text, std::string("abc"));  // what was written stays
    QCOMPARE(bench.plan->resets.load(), resets);
    QCOMPARE(bench.plan->alive.load(), lost ? 0 : 1);
    if (lost) return;
    // The worker goes on.
    bench.plan->beforeToken = {};
    bench.worker.generate(bench.job(3));
    QVERIFY(bench.worker.waitIdle(10s));
    QVERIFY(only<ReplyEnded>(bench.mailbox->drain())[0].reason == StopReason::end);
  }

  void saysWhyALoadFailed() {
    Bench bench;
    bench.plan->beforeLoad = [] { throw engine::Error(engine::ErrorCode::memory, "It needs 9 GB, 4 GB are free."); };
    bench.worker.load({.id = 3, .path = QStringLiteral("/model.gguf")});
    QVERIFY(bench.worker.waitIdle(10s));
    const auto failed = only<LoadFailed>(bench.mailbox->drain());
    QCOMPARE(failed.size(), size_t{1});
    QVERIFY(!failed[0].cancelled);
    QCOMPARE(failed[0].sentence, QStringLiteral("It needs 9 GB, 4 GB are free."));
  }

  void notesEveryParameterThatATokenUsed() {
    Bench bench;
    bench.plan->tokens = 6;
    bench.load();
    GenerationJob job = bench.job(2);
    auto sampling = std::make_shared<engine::LiveSampling>();
    job.sampling = sampling;
    engine::SamplingParams warm;
    warm.temperature = 1.5F;
    bench.plan->beforeToken = [&](int token) {
      if (token == 2) {  // a drag between two tokens: only what it ended at was used
        for (int step = 0; step < 50; ++step) {
          engine::SamplingParams passing = warm;
          passing.temperature = static_cast<float>(step) / 100.0F;
          sampling->set(passing);
        }
        sampling->set(warm);
      }
      if (token == 4) {  // there and back again
        sampling->set(engine::SamplingParams{});
        sampling->set(warm);
      }
    };
    bench.worker.generate(std::move(job));
    QVERIFY(bench.worker.waitIdle(10s));
    const auto timeline = only<ReplyDelta>(bench.mailbox->drain())[0].timeline;
    QCOMPARE(timeline.size(), size_t{2});
    QCOMPARE(timeline[0].token, 0);
    QVERIFY(timeline[0].params == engine::SamplingParams{});
    QCOMPARE(timeline[1].token, 2);
    QVERIFY(timeline[1].params == warm);
    QCOMPARE(timeline[1].textOffset, 2);
  }

  void givesIdsToTextOfAnotherModel() {
    Bench bench;
    bench.load();
    GenerationJob job = bench.job(2);
    job.request.messages.push_back({.role = engine::Role::assistant, .content = "abc", .tokens = {}});
    bench.worker.generate(std::move(job));
    QVERIFY(bench.worker.waitIdle(10s));
    const auto deltas = only<ReplyDelta>(bench.mailbox->drain());
    QVERIFY(deltas.front().base.has_value());
    QCOMPARE(deltas.front().base->tokens, (std::vector<std::int32_t>{0, 1, 2}));
    QCOMPARE(deltas.back().text, std::string("defghij"));
  }

  void endsWithJobsInHand() {
    const auto plan = std::make_shared<BackendPlan>();
    plan->tokens = 1'000'000;
    const auto mailbox = std::make_shared<EngineMailbox>([] {}, mergeEngineEvents);
    {
      InferenceWorker worker(scriptedLoader(plan), mailbox);
      worker.load({.id = 1, .path = QStringLiteral("/model.gguf")});
      for (JobId id = 2; id < 5; ++id) {
        GenerationJob job{.id = id};
        job.sampling = std::make_shared<engine::LiveSampling>();
        worker.generate(std::move(job));
      }
      std::this_thread::sleep_for(20ms);
    }
    const auto ends = only<ReplyEnded>(mailbox->drain());
    QCOMPARE(ends.size(), size_t{3});
    for (const ReplyEnded& each : ends) QVERIFY(each.reason == StopReason::stopped);
    QCOMPARE(plan->alive.load(), 0);
  }

  void countsAPrompt() {
    Bench bench;
    bench.load();
    CountJob job;
    job.id = 5;
    job.request.messages.resize(3);
    bench.worker.count(std::move(job));
    QVERIFY(bench.worker.waitIdle(10s));
    QCOMPARE(only<PromptCounted>(bench.mailbox->drain())[0].tokens, 3);
  }
};

QTEST_GUILESS_MAIN(InferenceWorkerRunsJobs)
#include "test_inference_worker.moc"
