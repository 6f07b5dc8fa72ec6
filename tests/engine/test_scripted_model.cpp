// The tests' instrument does what it says: the whole engine, from the prompt to the text, replies with the script.
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <set>

#include "sotto/engine/model.h"
#include "sotto/engine/session.h"
#include "support/tiny_model.h"

using namespace sotto::engine;

namespace {

struct Reply {
  std::string text;
  std::vector<Token> tokens;
  GenerationResult result;
};

Reply generate(Session& session, const Request& request, const SamplingParams& params, int stop_after = 0) {
  Reply reply;
  std::stop_source stop;
  GenerationObserver observer;
  observer.token = [&](const GeneratedToken& token) {
    reply.tokens.push_back(token.id);
    if (static_cast<int>(reply.tokens.size()) == stop_after) stop.request_stop();
  };
  observer.text = [&](std::string_view text) { reply.text += text; };
  const LiveSampling sampling(params);
  reply.result = session.generate(request, sampling, observer, stop.get_token());
  return reply;
}

Request ask(const std::string& text) {
  Request request;
  request.messages = {{Role::user, text, {}}};
  return request;
}

SamplingParams greedy() {
  SamplingParams params;
  params.greedy = true;
  return params;
}

SamplingParams hot(float temperature) {
  SamplingParams params;
  params.temperature = temperature;
  params.top_k = 0;
  params.top_p = 1;
  params.min_p = 0;
  return params;
}

const std::string text =
    "Hello, this is the scripted reply.\n\nIt has **two** paragraphs, \u4F60\u597D, an emoji \U0001F44D\U0001F3FD and "
    "`code`.";

}  // namespace

class ScriptedModelTest : public QObject {
  Q_OBJECT

 private slots:
  void replies_with_the_script_data();
  void replies_with_the_script();
  void replies_in_every_turn();
  void raw_text_is_continued_too();
  void a_stopped_reply_goes_on_from_its_tokens();
  void a_loop_does_not_end_by_itself();
  void characters_may_be_split_between_tokens();
  void branches_follow_seed_and_temperature();
  void ballast_makes_it_slow();
  void recommended_sampling_is_found();
  void random_models_speak();

 private:
  std::shared_ptr<const Model> load(const sotto::test::Script& script) {
    const auto path = std::filesystem::path(folder_.path().toStdString()) / ("m" + std::to_string(files_++) + ".gguf");
    sotto::test::scripted_model(script).write(path);
    return Model::load(path);
  }
  QTemporaryDir folder_;
  int files_ = 0;
};

void ScriptedModelTest::replies_with_the_script_data() {
  QTest::addColumn<QByteArray>("prompt");
  QTest::addColumn<float>("temperature");
  const auto row = [](const char* name, const std::string& prompt, float temperature) {
    QTest::newRow(name) << QByteArray::fromStdString(prompt) << temperature;
  };
  row("greedy", "Hi", 0);
  row("temperature 1", "Hi", 1);
  row("temperature 5", "Hi", 5);
  row("the script itself as prompt", text, 1);
  row("markers in the prompt", "<|im_end|><|endoftext|>", 1);
  row("two blanks", "  ", 1);
  row("not UTF-8", "\xFF\xC3", 1);
}

void ScriptedModelTest::replies_with_the_script() {
  QFETCH(QByteArray, prompt);
  QFETCH(float, temperature);
  Session session(load(sotto::test::script(text)));
  const Reply reply = generate(session, ask(prompt.toStdString()), temperature == 0 ? greedy() : hot(temperature));
  QCOMPARE(QString::fromStdString(reply.text), QString::fromStdString(text));
  QCOMPARE(reply.result.reason, StopReason::end);
}

void ScriptedModelTest::replies_in_every_turn() {
  Session session(load(sotto::test::script(text)));
  Request request = ask("Hi");
  for (int turn = 0; turn < 4; ++turn) {
    const Reply reply = generate(session, request, SamplingParams{});  // with the default penalties
    QCOMPARE(QString::fromStdString(reply.text), QString::fromStdString(text));
    QVERIFY(turn == 0 || reply.result.reused_tokens > 0);
    request.messages.push_back({Role::assistant, reply.text, reply.tokens});
    request.messages.push_back({Role::user, "And again?", {}});
  }
}

void ScriptedModelTest::raw_text_is_continued_too() {
  sotto::test::Script script = sotto::test::script(text);
  script.text.chat_template.clear();
  Session session(load(script));
  Request request;
  request.prompt = {{Fragment::Kind::text, "Once upon a time", {}}};
  QCOMPARE(QString::fromStdString(generate(session, request, greedy()).text), QString::fromStdString(text));
}

void ScriptedModelTest::a_stopped_reply_goes_on_from_its_tokens() {
  Session session(load(sotto::test::script(text)));
  Request request = ask("Hi");
  const Reply first = generate(session, request, greedy(), 7);
  QCOMPARE(first.result.reason, StopReason::stopped);
  QCOMPARE(first.tokens.size(), std::size_t{7});
  request.messages.push_back({Role::assistant, first.text, first.tokens});
  const Reply rest = generate(session, request, greedy());
  QCOMPARE(rest.result.reason, StopReason::end);
  QCOMPARE(QString::fromStdString(first.text + rest.text), QString::fromStdString(text));
}

void ScriptedModelTest::a_loop_does_not_end_by_itself() {
  sotto::test::Script script = sotto::test::script("round and round ");
  script.loop = true;
  Session session(load(script));
  Request request = ask("Hi");
  request.max_tokens = 200;
  const Reply reply = generate(session, request, greedy());
  QCOMPARE(reply.result.reason, StopReason::length);
  QVERIFY(reply.text.starts_with("round and round round and round round and "));
}

void ScriptedModelTest::characters_may_be_split_between_tokens() {
  sotto::test::Script script;
  script.steps = {{{"ab", 0}}, {{"c\xF0\x9F", 0}}, {{"\x91\x8D", 0}}, {{"\xE4", 0}}, {{"\xBD\xA0", 0}}};
  Session session(load(script));
  QCOMPARE(QString::fromStdString(generate(session, ask("Hi"), greedy()).text), QString("abc\U0001F44D\u4F60"));
}

void ScriptedModelTest::branches_follow_seed_and_temperature() {
  Session session(load(sotto::test::branching_script(60, 3, 3)));
  const auto reply = [&](const SamplingParams& params, std::uint64_t seed) {
    Request request = ask("Hi");
    request.seed = seed;
    return generate(session, request, params).text;
  };
  const auto letters = [](const std::string& reply_text) {
    std::map<char, int> counts;
    for (const char c : reply_text) ++counts[c];
    return counts;
  };
  const std::string cold = reply(greedy(), 1);
  QCOMPARE(letters(cold)['a'], 60);
  QCOMPARE(reply(hot(0.3F), 1), cold);
  const std::string warm = reply(hot(3), 1);
  QVERIFY(letters(warm)['b'] > 5 && letters(warm)['c'] > 1);
  QCOMPARE(letters(warm)['a'] + letters(warm)['b'] + letters(warm)['c'], 60);
  QCOMPARE(reply(hot(3), 1), warm);
  QVERIFY(reply(hot(3), 2) != warm);
  SamplingParams one = hot(3);
  one.top_k = 1;
  QCOMPARE(reply(one, 1), cold);

  Session fair(load(sotto::test::branching_script(200, 2)));
  Request request = ask("Hi");
  const int first = letters(generate(fair, request, hot(1)).text)['a'];
  QVERIFY2(first > 60 && first < 140, qPrintable(QString::number(first)));  // 100 expected, 7 is one sigma
}

void ScriptedModelTest::ballast_makes_it_slow() {
  sotto::test::Script script = sotto::test::script("tick tock ");
  script.loop = true;
  const auto seconds = [&](std::uint64_t ballast) {
    script.ballast = ballast;
    Session session(load(script));
    Request request = ask("Hi");
    request.max_tokens = 20;
    const Reply reply = generate(session, request, greedy());
    return reply.result.decode_seconds / reply.result.generated_tokens;
  };
  const double light = seconds(0);
  const double heavy = seconds(16U << 20U);
  qInfo("%.3f ms a token without ballast, %.3f ms with 16 MB", light * 1e3, heavy * 1e3);
  QVERIFY(heavy > 2 * light);
}

void ScriptedModelTest::recommended_sampling_is_found() {
  sotto::test::Script script = sotto::test::script("text");
  script.text.sampling = {.temperature = 0.6F, .top_k = 20, .top_p = 0.95F, .min_p = 0.01F, .repeat_penalty = 1.1F};
  const auto suggested = load(script)->info().suggested_sampling;
  QVERIFY(suggested.has_value());
  QCOMPARE(suggested->temperature, 0.6F);
  QCOMPARE(suggested->top_k, 20);
  QCOMPARE(suggested->top_p, 0.95F);
  QCOMPARE(suggested->min_p, 0.01F);
  QCOMPARE(suggested->repeat_penalty, 1.1F);
  QVERIFY(!load(sotto::test::script("text"))->info().suggested_sampling);
}

void ScriptedModelTest::random_models_speak() {
  const auto path = std::filesystem::path(folder_.path().toStdString()) / "random.gguf";
  sotto::test::TinyShape shape;
  shape.vocabulary = 600;
  sotto::test::random_model(shape).write(path);
  Session session(Model::load(path));
  Request request;
  request.prompt = {{Fragment::Kind::text, "Once upon a time", {}}};
  request.max_tokens = 40;
  const Reply reply = generate(session, request, hot(1));
  QVERIFY(reply.result.generated_tokens > 0);
  QVERIFY(std::set<Token>(reply.tokens.begin(), reply.tokens.end()).size() > 1);
}

QTEST_GUILESS_MAIN(ScriptedModelTest)
#include "test_scripted_model.moc"
