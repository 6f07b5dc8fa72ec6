// What a session promises: replies that end for the right reason, stop at every stage, go on where they stopped, and
// are the same again with the same seed.
#include <QtTest>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sotto/engine/error.h"
#include "sotto/engine/session.h"
#include "support/tiny_model.h"

using namespace sotto::engine;
using namespace sotto::test;

namespace {

const std::string kReply = "Softly, she said: Grüße, 你好, and a story about a cat that slept all day.";

SamplingParams greedy() {
  SamplingParams params;
  params.greedy = true;
  params.repeat_penalty = 1;
  return params;
}

struct Reply {
  std::string text;
  std::vector<Token> tokens;
  std::vector<int> indices;
  std::vector<std::uint64_t> revisions;
  GenerationResult result;
};

Reply generate(Session& session, const Request& request, const LiveSampling& sampling, std::stop_token stop = {},
               const std::function<void(int)>& after_token = {}) {
  Reply reply;
  GenerationObserver observer;
  observer.token = [&](const GeneratedToken& token) {
    reply.tokens.push_back(token.id);
    reply.indices.push_back(token.index);
    reply.revisions.push_back(token.revision);
    if (after_token) after_token(token.index);
  };
  observer.text = [&](std::string_view text) { reply.text += text; };
  reply.result = session.generate(request, sampling, observer, std::move(stop));
  return reply;
}

Request raw(const std::string& text) {
  Request request;
  request.prompt = {{Fragment::Kind::text, text, {}}};
  request.max_tokens = 0;
  return request;
}

Request asked(const std::string& text) {
  Request request;
  request.messages = {{Role::user, text, {}}};
  request.max_tokens = 0;
  return request;
}

}  // namespace

class SessionTest : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir dir_;
  [[nodiscard]] std::filesystem::path path(const std::string& name) const {
    return std::filesystem::path(dir_.path().toStdString()) / name;
  }
  [[nodiscard]] std::shared_ptr<const Model> scripted(const Script& script) const {
    scripted_model(script).write(path("scripted.gguf"));
    return Model::load(path("scripted.gguf"));
  }
  [[nodiscard]] std::shared_ptr<const Model> random(const TinyShape& shape = {}) const {
    random_model(shape).write(path("random.gguf"));
    return Model::load(path("random.gguf"));
  }

 private slots:
  void aReplyIsTheModelsTextAndEndsWithIt() {
    Session session(scripted(script(kReply)));
    const Reply reply = generate(session, asked("Tell me something"), LiveSampling(greedy()));
    QCOMPARE(QString::fromStdString(reply.text), QString::fromStdString(kReply));
    QCOMPARE(reply.result.reason, StopReason::end);
    QCOMPARE(reply.result.generated_tokens, static_cast<int>(reply.tokens.size()));
    for (std::size_t i = 0; i < reply.indices.size(); ++i) QCOMPARE(reply.indices[i], static_cast<int>(i));
  }

  // A prefix language model: the prompt's tokens see each other, so it is read whole, however long, and anew.
  void aPromptThatSeesItselfIsReadWhole() {
    TinyShape shape;
    shape.architecture = "prefixlm";
    shape.context = 1024;
    Session session(random(shape));
    std::vector<Token> prompt(700);
    for (std::size_t i = 0; i < prompt.size(); ++i) prompt[i] = static_cast<Token>(3 + i * 7 % 200);
    std::vector<Token> likeliest;
    const auto evaluated = [&](std::span<const Token> tokens) {
      likeliest.clear();
      return session.evaluate(tokens, [&](int, std::span<const float> row) {
        likeliest.push_back(static_cast<Token>(std::max_element(row.begin(), row.end()) - row.begin()));
      });
    };
    QVERIFY(evaluated(prompt));
    Request request;
    request.prompt = {{Fragment::Kind::tokens, {}, prompt}};
    request.max_tokens = 3;
    request.ignore_end = true;
    const Reply first = generate(session, request, LiveSampling(greedy()));
    QCOMPARE(first.tokens.size(), std::size_t{3});
    QCOMPARE(first.tokens[0], likeliest.back());
    QCOMPARE(first.result.reused_tokens, 0);
    const Reply again = generate(session, request, LiveSampling(greedy()));
    QCOMPARE(again.tokens, first.tokens);
    QCOMPARE(again.result.reused_tokens, 0);
    // What stands behind is seen from the beginning on.
    QVERIFY(evaluated(prompt));
    const std::vector<Token> before = likeliest;
    prompt.back() = prompt.back() == 5 ? 6 : 5;
    QVERIFY(evaluated(prompt));
    QVERIFY(likeliest != before && !std::equal(before.begin(), before.begin() + 600, likeliest.begin()));
  }

  // StableLM 2 12B: the norm of the queries and keys has weights for each head.
  void headsMayHaveNormsOfTheirOwn() {
    TinyShape shape;
    shape.architecture = "stablelm";
    shape.heads = shape.kv_heads = 4;
    shape.head_dim = 16;
    const std::vector<Token> ids{3, 40, 5, 60, 7, 80, 9, 100};
    const auto logits = [&](const std::vector<float>& query, std::vector<std::uint64_t> dims) {
      GgufWriter writer = random_model(shape);
      writer.set("stablelm.attention.layer_norm_epsilon", 1e-5F);
      for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
        writer.add("blk." + std::to_string(layer) + ".attn_q_norm.weight", dims, query);
      }
      writer.write(path("norms.gguf"));
      Session session(Model::load(path("norms.gguf")));
      std::vector<float> all;
      session.evaluate(ids, [&](int, std::span<const float> row) { all.insert(all.end(), row.begin(), row.end()); });
      return all;
    };
    std::vector<float> one(16);
    for (std::size_t i = 0; i < one.size(); ++i) one[i] = 0.5F + 0.1F * static_cast<float>(i);
    std::vector<float> four;
    for (int head = 0; head < 4; ++head) four.insert(four.end(), one.begin(), one.end());
    const std::vector<float> same = logits(one, {16});
    QVERIFY(!same.empty());
    QCOMPARE(logits(four, {16, 4}), same);
    // A head's weights are its own: doubled ones are those of queries twice as large.
    for (std::size_t i = 16; i < 32; ++i) four[i] *= 2;
    const std::vector<float> other = logits(four, {16, 4});
    QCOMPARE(other.size(), same.size());
    QVERIFY(other != same);
    QVERIFY_EXCEPTION_THROWN((void)logits(std::vector<float>(48, 1.0F), {16, 3}), Error);
  }

  void everyPieceOfTextIsWholeCharacters() {
    Session session(scripted(script("日本語のテキスト, שלום, Ünïcödé, 🙂🙃.", 2)));
    GenerationObserver observer;
    QString text;
    observer.text = [&](std::string_view piece) {
      const QString part = QString::fromUtf8(piece.data(), static_cast<qsizetype>(piece.size()));
      QVERIFY(!part.contains(QChar::ReplacementCharacter));
      text += part;
    };
    session.generate(asked("hi"), LiveSampling(greedy()), observer);
    QCOMPARE(text, QStringLiteral("日本語のテキスト, שלום, Ünïcödé, 🙂🙃."));
  }

  void aReplyEndsAtItsLengthAndGoesOnFromItsTokens() {
    Session session(scripted(script(kReply)));
    const LiveSampling sampling{greedy()};
    Request request = asked("Tell me something");
    request.max_tokens = 5;
    const Reply first = generate(session, request, sampling);
    QCOMPARE(first.result.reason, StopReason::length);
    QCOMPARE(first.result.generated_tokens, 5);
    request.messages.push_back({Role::assistant, first.text, first.tokens});
    request.max_tokens = 0;
    const Reply rest = generate(session, request, sampling);
    QCOMPARE(rest.indices.front(), 5);
    QCOMPARE(QString::fromStdString(first.text + rest.text), QString::fromStdString(kReply));
    QVERIFY(rest.result.reused_tokens >= rest.result.prompt_tokens - 2);
  }

  void aReplyStoppedInsideACharacterGoesOnInsideIt() {
    // Single bytes as tokens: each character of three bytes takes three tokens.
    Script bytes;
    const std::string text = "aé你z";
    for (const char byte : text) bytes.steps.push_back({{std::string(1, byte), 0}});
    Session session(scripted(bytes));
    const LiveSampling sampling{greedy()};
    for (int cut = 1; cut < static_cast<int>(text.size()); ++cut) {
      Request request = raw("hm ");
      request.max_tokens = cut;
      const Reply first = generate(session, request, sampling);
      request.prompt.push_back({Fragment::Kind::tokens, {}, first.tokens});
      request.max_tokens = 0;
      const Reply rest = generate(session, request, sampling);
      QCOMPARE(QString::fromStdString(first.text + rest.text), QString::fromStdString(text));
    }
  }

  void stopStringsEndAReplyAndAreNotPartOfIt() {
    Session session(scripted(script(kReply)));
    Request request = asked("hi");
    request.stop_strings = {"a story"};
    const Reply reply = generate(session, request, LiveSampling(greedy()));
    QCOMPARE(QString::fromStdString(reply.text), QStringLiteral("Softly, she said: Grüße, 你好, and "));
    QCOMPARE(reply.result.reason, StopReason::stop_string);
  }

  void aStopStringEndsAReplyThatWasStoppedInTheMiddleOfIt() {
    Session session(scripted(script(kReply)));
    Request request = asked("hi");
    request.stop_strings = {"a story"};
    const int whole = generate(session, request, LiveSampling(greedy())).result.generated_tokens;
    for (int cut = 1; cut < whole; ++cut) {
      request = asked("hi");
      request.stop_strings = {"a story"};
      request.max_tokens = cut;
      const Reply first = generate(session, request, LiveSampling(greedy()));
      request.messages.push_back({Role::assistant, first.text, first.tokens});
      request.max_tokens = 0;
      const Reply rest = generate(session, request, LiveSampling(greedy()));
      QCOMPARE(rest.result.reason, StopReason::stop_string);
      QCOMPARE(first.result.generated_tokens + rest.result.generated_tokens, whole);
    }
  }

  void aFullContextIsAReasonAndTooLongAPromptAnErrorWithItsNumbers() {
    Script endless = script(kReply);
    endless.loop = true;
    endless.context = 64;
    Session session(scripted(endless));
    const Reply reply = generate(session, raw("hello"), LiveSampling(greedy()));
    QCOMPARE(reply.result.reason, StopReason::context);
    QCOMPARE(reply.result.prompt_tokens + reply.result.generated_tokens, 64);
    try {
      generate(session, raw(std::string(100, 'x')), LiveSampling(greedy()));
      QFAIL("no error");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::context_full);
      const int tokens = session.count_tokens(raw(std::string(100, 'x')));
      QVERIFY2(std::string(error.what()).find(std::to_string(tokens - 63) + " tokens too long") != std::string::npos,
               error.what());
      QVERIFY2(QByteArray(error.what()).contains("has no longer context"), error.what());
    }
    // The state is as good as before.
    QCOMPARE(generate(session, raw("hello"), LiveSampling(greedy())).text, reply.text);
    // The longest prompt that fits leaves room for one token.
    Request longest;
    longest.prompt = {
        {Fragment::Kind::tokens, {}, std::vector<Token>(session.model().tokenizer().adds_bos() ? 62 : 63, 70)}};
    longest.max_tokens = 0;
    QCOMPARE(generate(session, longest, LiveSampling(greedy())).result.generated_tokens, 1);
    SessionOptions shorter;
    shorter.context = 32;
    Session small(scripted(endless), shorter);
    try {
      generate(small, raw(std::string(100, 'x')), LiveSampling(greedy()));
      QFAIL("no error");
    } catch (const Error& error) {
      QVERIFY2(QByteArray(error.what()).contains("choose a longer context"), error.what());
    }
  }

  void nextTurnsReadTheirNewTokensOnly() {
    Session session(scripted(script("Well.")));
    const LiveSampling sampling{greedy()};
    Request request = asked("A rather long first question, so that there is something to reuse");
    const Reply first = generate(session, request, sampling);
    QCOMPARE(first.result.reused_tokens, 0);
    request.messages.push_back({Role::assistant, first.text, first.tokens});
    request.messages.push_back({Role::user, "And then?", {}});
    const Reply second = generate(session, request, sampling);
    QCOMPARE(second.text, first.text);
    QCOMPARE(second.result.reused_tokens, first.result.prompt_tokens + first.result.generated_tokens);
    // The same question again, edited at its end: all but the changed tail is reused.
    request.messages.back().content = "And thus?";
    const Reply edited = generate(session, request, sampling);
    QVERIFY(edited.result.reused_tokens > second.result.reused_tokens);
    QVERIFY(edited.result.reused_tokens < edited.result.prompt_tokens);
  }

  void whatIsReadAheadIsReusedAndChangesNothing() {
    TinyShape shape;
    shape.text.chat_template = chatml_template();
    const auto model = random(shape);
    const LiveSampling sampling(greedy());
    Request request = asked("Tell me about the sea");
    request.messages.push_back({Role::assistant, "The sea is wide, and nobody has seen all of it.", {}});
    request.messages.push_back({Role::user, "And what about", {}});
    request.max_tokens = 20;
    request.ignore_end = true;
    Session ahead(model), fresh(model);
    QVERIFY(ahead.read_ahead(request));
    const int read = ahead.length();
    request.messages.back().content = "And what about the mountains?";
    QVERIFY(ahead.read_ahead(request));
    QVERIFY(ahead.length() > read);
    const int all = ahead.length();
    request.messages.back().content = "And what";  // read already: nothing is forgotten
    QVERIFY(ahead.read_ahead(request));
    QCOMPARE(ahead.length(), all);
    request.messages.back().content = "And what about the mountains? Tell me";
    const Reply reply = generate(ahead, request, sampling), expected = generate(fresh, request, sampling);
    QCOMPARE(reply.result.reused_tokens, all);
    QVERIFY(expected.result.reused_tokens < all);
    QCOMPARE(reply.tokens, expected.tokens);
    // Another conversation takes its place, as a reply to it would.
    QVERIFY(ahead.read_ahead(asked("Something else")));
    QVERIFY(ahead.length() < read);
  }

  void readingAheadStopsWithAValidState() {
    TinyShape shape;
    shape.text.chat_template = chatml_template();
    const auto model = random(shape);
    const LiveSampling sampling(greedy());
    Request request = asked(std::string(150, 'x'));
    request.max_tokens = 20;
    request.ignore_end = true;
    Session stopped(model), fresh(model);
    std::stop_source before;
    before.request_stop();
    QVERIFY(!stopped.read_ahead(request, before.get_token()));
    QCOMPARE(stopped.length(), 0);
    for (int delay = 0; delay < 5; ++delay) {  // anywhere
      stopped.reset();
      std::stop_source source;
      std::thread stopper([&] {
        std::this_thread::sleep_for(std::chrono::microseconds(200 * delay));
        source.request_stop();
      });
      (void)stopped.read_ahead(request, source.get_token());
      stopper.join();
      fresh.reset();
      QCOMPARE(generate(stopped, request, sampling).tokens, generate(fresh, request, sampling).tokens);
    }
  }

  void whatCannotBeReadAheadIsLeftAlone() {
    Session session(random());
    QVERIFY(session.read_ahead(raw("no messages")));
    QVERIFY(session.read_ahead(asked(std::string(5000, 'x'))));  // longer than the context
    QCOMPARE(session.length(), 0);
    QVERIFY(session.read_ahead(asked("of a model without a template")));
    QVERIFY(session.length() > 0);
  }

  void theSameSeedGivesTheSameReplyFreshReusedOrContinued() {
    const auto model = random();
    SamplingParams params;
    params.temperature = 1.5F;
    params.top_k = 0;
    params.top_p = 1;
    params.min_p = 0;
    const LiveSampling sampling{params};
    Request request = raw("Once upon a time there was");
    request.max_tokens = 60;
    request.seed = 4211;
    request.ignore_end = true;
    Session fresh(model), other(model, {0, 1, KvType::f16});
    const Reply first = generate(fresh, request, sampling);
    QCOMPARE(generate(fresh, request, sampling).tokens, first.tokens);  // its prompt reused
    QCOMPARE(generate(other, request, sampling).tokens, first.tokens);
    Request start = request;
    start.max_tokens = 25;
    const Reply begin = generate(fresh, start, sampling);
    start.prompt.push_back({Fragment::Kind::tokens, {}, begin.tokens});
    start.max_tokens = 35;
    std::vector<Token> both = begin.tokens;
    const Reply rest = generate(fresh, start, sampling);
    both.insert(both.end(), rest.tokens.begin(), rest.tokens.end());
    QCOMPARE(both, first.tokens);
    request.seed = 4212;
    QVERIFY(generate(fresh, request, sampling).tokens != first.tokens);
  }

  void aParameterMovedInMidReplyActsOnTheNextToken() {
    // Every step has two equally probable tokens; greedy takes the first, a high temperature either.
    Session session(scripted(branching_script(60, 2, 0)));
    SamplingParams hot;
    hot.temperature = 2;
    hot.top_k = 0;
    hot.top_p = 1;
    hot.min_p = 0;
    hot.repeat_penalty = 1;
    LiveSampling sampling(hot);
    Request request = asked("go");
    request.seed = 7;
    const Reply reply = generate(session, request, sampling, {}, [&](int index) {
      if (index == 29) sampling.set(greedy());
    });
    QCOMPARE(reply.tokens.size(), std::size_t{60});
    const QString text = QString::fromStdString(reply.text);
    const qsizetype moved = text.indexOf(QRegularExpression(" [ab]30"));
    QVERIFY(text.left(moved).contains(" b"));
    QVERIFY(!text.mid(moved).contains(" b"));
    for (std::size_t i = 0; i < 60; ++i) QCOMPARE(reply.revisions[i] != reply.revisions[0], i >= 30);
  }

  void stopIsSeenInPrefillAndLeavesTheStateValid() {
    TinyShape shape;
    shape.layers = 8;
    shape.embedding = 256;
    shape.heads = 8;
    shape.ffn = 1024;
    shape.context = 4096;
    const auto model = random(shape);
    Session session(model);
    Request request;
    request.prompt = {{Fragment::Kind::tokens, {}, std::vector<Token>(3000, 70)}};
    request.max_tokens = 3;
    request.ignore_end = true;
    std::stop_source source;
    GenerationObserver observer;
    int seen = 0;
    observer.prefill = [&](int done, int total, int) {
      QVERIFY(done >= seen && done <= total);
      seen = done;
      if (done > 500) source.request_stop();
    };
    const GenerationResult stopped = session.generate(request, LiveSampling(greedy()), observer, source.get_token());
    QCOMPARE(stopped.reason, StopReason::stopped);
    QCOMPARE(stopped.generated_tokens, 0);
    QVERIFY(session.length() > 0 && session.length() < 1000);
    const Reply resumed = generate(session, request, LiveSampling(greedy()));
    QVERIFY(resumed.result.reused_tokens > 0);
    Session fresh(model);
    QCOMPARE(generate(fresh, request, LiveSampling(greedy())).tokens, resumed.tokens);
  }

  void stopBeforeAndDuringDecode() {
    Script endless = script(kReply);
    endless.loop = true;
    Session session(scripted(endless));
    std::stop_source before;
    before.request_stop();
    const Reply nothing = generate(session, asked("hi"), LiveSampling(greedy()), before.get_token());
    QCOMPARE(nothing.result.reason, StopReason::stopped);
    QVERIFY(nothing.text.empty());
    std::stop_source during;
    const Reply some = generate(session, asked("hi"), LiveSampling(greedy()), during.get_token(), [&](int index) {
      if (index == 9) during.request_stop();
    });
    QCOMPARE(some.result.reason, StopReason::stopped);
    QCOMPARE(some.result.generated_tokens, 10);
    // A stop of one request says nothing about the next.
    Request next = asked("hi");
    next.max_tokens = 12;
    QCOMPARE(generate(session, next, LiveSampling(greedy())).result.generated_tokens, 12);
  }

  void stopFromAnotherThreadIsSeenSoon() {
    Script endless = script(kReply);
    endless.loop = true;
    endless.context = 1U << 20;
    endless.ballast = 20'000'000;
    Session session(scripted(endless));
    std::stop_source source;
    std::chrono::steady_clock::time_point asked_at;
    const std::jthread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(150));
      asked_at = std::chrono::steady_clock::now();
      source.request_stop();
    });
    const Reply reply = generate(session, asked("hi"), LiveSampling(greedy()), source.get_token());
    const auto took = std::chrono::steady_clock::now() - asked_at;
    QCOMPARE(reply.result.reason, StopReason::stopped);
    QVERIFY2(took < std::chrono::milliseconds(500), "a busy machine is given five times the 100 ms");
  }

  void loadingCanBeStoppedAndTellsItsProgress() {
    Script heavy = script(kReply);
    heavy.ballast = 100'000'000;
    scripted_model(heavy).write(path("heavy.gguf"));
    std::stop_source source;
    std::vector<double> progress;
    LoadOptions options;
    options.stop = source.get_token();
    options.progress = [&](double value) {
      progress.push_back(value);
      if (value > 0.3) source.request_stop();
    };
    QVERIFY(Model::load(path("heavy.gguf"), options) == nullptr);
    QVERIFY(!progress.empty() && progress.back() < 0.9);
    progress.clear();
    options.stop = {};
    QVERIFY(Model::load(path("heavy.gguf"), options) != nullptr);
    QVERIFY(std::is_sorted(progress.begin(), progress.end()));
    QCOMPARE(progress.back(), 1.0);
    QVERIFY(progress.size() <= 100);
  }

  void aModelThatDoesNotFitIsRefusedWithBothNumbers() {
    Script heavy = script(kReply);
    heavy.ballast = 100'000'000;
    scripted_model(heavy).write(path("heavy.gguf"));
    LoadOptions options;
    options.memory_limit = 50'000'000;
    try {
      static_cast<void>(Model::load(path("heavy.gguf"), options));
      QFAIL("no error");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::memory);
      const QString message = error.what();
      QVERIFY2(message.contains(QRegularExpression("\\d\\d\\d MB")) && message.contains("50 MB"), error.what());
    }
  }

  void aFileThatShrinksUnderASessionIsAnError() {
    Script endless = script(kReply);
    endless.loop = true;
    endless.ballast = 4'000'000;
    const auto model = scripted(endless);
    Session session(model);
    const auto file = path("scripted.gguf");
    try {
      generate(session, asked("hi"), LiveSampling(greedy()), {}, [&](int index) {
        if (index == 3) std::filesystem::resize_file(file, 4096);
      });
      QFAIL("no error");
    } catch (const Error& error) {
      QCOMPARE(error.code(), ErrorCode::io);
      QVERIFY(std::string(error.what()).find("scripted.gguf") != std::string::npos);
    }
    QVERIFY_EXCEPTION_THROWN(generate(session, asked("hi"), LiveSampling(greedy())), Error);
  }

  void aModelWithoutATemplateContinuesText() {
    Script plain = script(kReply);
    plain.text.chat_template.clear();
    Session session(scripted(plain));
    QCOMPARE(session.count_tokens(asked("abc")), session.count_tokens(raw("abc")));
    QCOMPARE(QString::fromStdString(generate(session, asked("abc"), LiveSampling(greedy())).text),
             QString::fromStdString(kReply));
  }

  void evaluateGivesTheLogitsThatDecodeSees() {
    const auto model = random();
    std::vector<Token> tokens{model->tokenizer().bos()};
    for (int i = 1; i < 300; ++i) tokens.push_back(3 + i * 7 % 250);  // more than one chunk
    Session session(model, {0, 2, KvType::f32});
    std::vector<std::vector<float>> rows;
    QVERIFY(session.evaluate(tokens, [&](int i, std::span<const float> row) {
      QCOMPARE(i, static_cast<int>(rows.size()));
      rows.emplace_back(row.begin(), row.end());
    }));
    QCOMPARE(rows.size(), tokens.size());
    // Greedy from every prefix agrees with the row before.
    for (const int length : {1, 2, 5, 64, 65, 257, 299}) {
      Request request;
      request.prompt = {{Fragment::Kind::tokens, {}, {tokens.begin(), tokens.begin() + length}}};
      request.max_tokens = 1;
      request.ignore_end = true;
      const auto& row = rows[static_cast<std::size_t>(length) - 1];
      const auto best = static_cast<Token>(std::max_element(row.begin(), row.end()) - row.begin());
      QCOMPARE(generate(session, request, LiveSampling(greedy())).tokens, std::vector<Token>{best});
    }
  }

  void wrongRequestsAreErrors() {
    const auto model = random();
    QVERIFY_EXCEPTION_THROWN(Session(model, {100000, 0, KvType::f16}), Error);
    QVERIFY_EXCEPTION_THROWN(Session(model, {-1, 0, KvType::f16}), Error);
    Session session(model);
    Request request;
    request.prompt = {{Fragment::Kind::tokens, {}, {1, 1 << 20}}};
    QVERIFY_EXCEPTION_THROWN(generate(session, request, LiveSampling(greedy())), Error);
    request.prompt = {{Fragment::Kind::tokens, {}, {-5}}};
    QVERIFY_EXCEPTION_THROWN(generate(session, request, LiveSampling(greedy())), Error);
    const std::vector<Token> bad{1, 99999};
    QVERIFY_EXCEPTION_THROWN(session.evaluate(bad, [](int, std::span<const float>) {}), Error);
  }
};

QTEST_GUILESS_MAIN(SessionTest)
#include "test_session.moc"
