// Well-formed GGUF files that are no sound models: inspect describes them with the reason, load refuses with the same
// sentence, and neither crashes whatever the numbers are. (Broken containers: test_gguf.cpp.)
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <random>
#include <thread>

#include "io/gguf.h"
#include "sotto/engine/error.h"
#include "sotto/engine/model.h"
#include "sotto/engine/session.h"
#include "sotto/engine/tokenizer.h"
#include "support/tiny_model.h"

using namespace sotto::engine;
using sotto::test::GgufWriter;

namespace {

using Damage = std::function<void(GgufWriter&)>;

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

sotto::test::TinyShape small_shape() {
  sotto::test::TinyShape shape;
  shape.embedding = 32;
  shape.heads = 4;
  shape.kv_heads = 2;
  shape.ffn = 32;
  shape.context = 64;
  return shape;
}

std::vector<float> zeros(std::size_t count) { return std::vector<float>(count); }

// The small model's token types, or scores, with `change` applied.
template <typename T>
std::vector<T> amended(std::vector<T> values, std::size_t at, T value) {
  values.at(at) = value;
  return values;
}

std::vector<std::string> vocabulary_with(std::size_t at, const std::string& piece) {
  return amended(sotto::test::small_vocabulary(), at, piece);
}

// Where in the file an error's key or tensor stands, at least and at most; 0 for what is not there or nothing but not
// supported.
std::pair<std::uint64_t, std::uint64_t> place(const std::filesystem::path& path, const Error& error) {
  const auto file = GgufFile::open(path);
  if (const GgufTensor* tensor = file->tensor(error.where())) return {tensor->offset, tensor->offset};
  if (!file->has(error.where()) || error.code() == ErrorCode::unsupported) return {0, 0};
  QFile raw(path);
  if (!raw.open(QIODevice::ReadOnly)) return {0, 0};
  const QByteArray key = QByteArray::fromStdString(error.where());
  QByteArray sized(8, '\0');
  qToLittleEndian(static_cast<quint64>(key.size()), sized.data());
  const auto type = static_cast<std::uint64_t>(raw.readAll().indexOf(sized + key) + 8 + key.size());
  return {type + 4, type + 4 + 4 + 8};  // behind the type; of an array, behind its elements' type and their number
}

}  // namespace
Q_DECLARE_METATYPE(Damage)

class HostileModelsTest : public QObject {
  Q_OBJECT

 private slots:
  void are_refused_data();
  void are_refused();
  void unusual_ones_are_accepted_data();
  void unusual_ones_are_accepted();
  void a_file_without_tensors_serves_the_tokenizer();
  void a_file_with_nothing_is_not_a_model();
  void merges_of_unknown_pieces_are_refused();
  void strange_descriptions_do_not_matter();
  void mutated_models_do_no_harm();
  void a_file_that_shrinks_while_loaded_is_an_error();
  void what_lies_behind_the_tensors_is_not_read();
  void texts_of_absurd_length_are_refused();

 private:
  std::filesystem::path write(const std::string& bytes) {
    const auto path = std::filesystem::path(folder_.path().toStdString()) / "model.gguf";
    std::filesystem::remove(path);
    sotto::test::write_file(path, bytes);
    return path;
  }
  QTemporaryDir folder_;
};

void HostileModelsTest::are_refused_data() {
  QTest::addColumn<Damage>("damage");
  QTest::addColumn<QString>("where");    // the key or tensor
  QTest::addColumn<QString>("message");  // part of it
  const auto row = [](const char* name, const char* where, const char* message, const Damage& damage) {
    QTest::newRow(name) << damage << where << message;
  };
  const auto key = [&](const char* name, const char* where, auto value, const char* message) {
    row(name, where, message, [where, value](GgufWriter& w) { w.set(where, value); });
  };
  const auto missing_key = [&](const char* where) {
    row(qPrintable(QString("no %1").arg(where)), where, "missing", [where](GgufWriter& w) { w.remove(where); });
  };

  key("head_count 0", "llama.attention.head_count", 0U, "is 0");
  key("head_count 2^32-1", "llama.attention.head_count", 0xFFFFFFFFU, "is 4294967295");
  key("head_count negative", "llama.attention.head_count", -4, "-4");
  key("head_count a string", "llama.attention.head_count", "4", "not a number");
  key("kv heads 0", "llama.attention.head_count_kv", 0U, "is 0");
  key("kv heads not dividing", "llama.attention.head_count_kv", 3U, "does not divide");
  key("more kv heads than heads", "llama.attention.head_count_kv", 8U, "does not divide");
  key("block_count 0", "llama.block_count", 0U, "is 0");
  key("block_count 513", "llama.block_count", 513U, "is 513");
  key("block_count 2^32-1", "llama.block_count", 0xFFFFFFFFU, "is 4294967295");
  row("more blocks than tensors", "blk.2.attn_norm.weight", "missing",
      [](GgufWriter& w) { w.set("llama.block_count", 3U); });
  row("fewer blocks than tensors", "blk.1.attn_norm.weight", "belongs to no part",
      [](GgufWriter& w) { w.set("llama.block_count", 1U); });
  row("embedding length not the tensor's", "token_embd.weight", "32",
      [](GgufWriter& w) { w.set("llama.embedding_length", 64U); });
  key("embedding length 0", "llama.embedding_length", 0U, "is 0");
  key("embedding length 2^64-1", "llama.embedding_length", std::numeric_limits<std::uint64_t>::max(),
      "18446744073709551615");
  key("feed-forward length 0", "llama.feed_forward_length", 0U, "is 0");
  key("context length 0", "llama.context_length", 0U, "is 0");
  key("odd rotary dimensions", "llama.rope.dimension_count", 5U, "is odd");
  key("no rotary dimensions", "llama.rope.dimension_count", 0U, "is 0");
  key("more rotary dimensions than a head has", "llama.rope.dimension_count", 16U, "larger than a head");
  key("key length 0", "llama.attention.key_length", 0U, "is 0");
  key("key length absurd", "llama.attention.key_length", 0x7FFFFFFFU, "is 2147483647");
  key("epsilon NaN", "llama.attention.layer_norm_rms_epsilon", not_a_number, "finite");
  key("epsilon infinite", "llama.attention.layer_norm_rms_epsilon", infinity, "finite");
  key("epsilon negative", "llama.attention.layer_norm_rms_epsilon", -1.0F, "out of range");
  key("epsilon an integer array", "llama.attention.layer_norm_rms_epsilon", std::vector<std::int32_t>{1}, "array");
  key("rope base NaN", "llama.rope.freq_base", not_a_number, "finite");
  key("rope base infinite", "llama.rope.freq_base", -infinity, "finite");
  key("rope base 0", "llama.rope.freq_base", 0.0F, "out of range");
  key("rope base negative", "llama.rope.freq_base", -10000.0F, "out of range");
  row("rope scaling NaN", "llama.rope.scaling.factor", "finite",
      [](GgufWriter& w) { w.set("llama.rope.scaling.type", "linear").set("llama.rope.scaling.factor", not_a_number); });
  row("rope scaling negative", "llama.rope.scaling.factor", "out of range",
      [](GgufWriter& w) { w.set("llama.rope.scaling.type", "linear").set("llama.rope.scaling.factor", -4.0F); });
  row("rope scaling next to 0", "llama.rope.scaling.factor", "out of range",
      [](GgufWriter& w) { w.set("llama.rope.scaling.type", "linear").set("llama.rope.scaling.factor", 1e-30F); });
  row("rope factor NaN", "rope_freqs.weight", "not positive", [](GgufWriter& w) {
    w.add("rope_freqs.weight", {4}, std::vector<float>{1, 1, not_a_number, 1});
  });
  row("rope factor 0", "rope_freqs.weight", "not positive", [](GgufWriter& w) {
    w.add("rope_freqs.weight", {4}, std::vector<float>{1, 1, 0, 1});
  });
  row("rope factors too few", "rope_freqs.weight", "[2]", [](GgufWriter& w) {
    w.add("rope_freqs.weight", {2}, std::vector<float>{1, 1});
  });
  for (const char* name :
       {"general.architecture", "llama.block_count", "llama.embedding_length", "llama.attention.head_count",
        "llama.feed_forward_length", "llama.context_length", "llama.attention.layer_norm_rms_epsilon"}) {
    missing_key(name);
  }
  key("architecture unknown", "general.architecture", "mamba", "mamba");
  key("name a number", "general.name", 7U, "not a string");
  key("architecture a number", "general.architecture", 7U, "not a string");

  for (const char* name :
       {"token_embd.weight", "output_norm.weight", "blk.0.attn_norm.weight", "blk.1.attn_q.weight",
        "blk.1.attn_k.weight", "blk.0.attn_v.weight", "blk.0.attn_output.weight", "blk.0.ffn_norm.weight",
        "blk.1.ffn_gate.weight", "blk.1.ffn_up.weight", "blk.0.ffn_down.weight"}) {
    row(qPrintable(QString("no %1").arg(name)), name, "missing", [name](GgufWriter& w) { w.remove_tensor(name); });
  }
  const auto shape = [&](const char* name, const char* where, std::vector<std::uint64_t> dims, const char* found,
                         const char* wanted) {
    std::uint64_t elements = 1;
    for (const std::uint64_t dim : dims) elements *= dim;
    row(qPrintable(QString("%1, found").arg(name)), where, found,
        [where, dims, elements](GgufWriter& w) { w.add(where, dims, zeros(elements)); });
    row(qPrintable(QString("%1, wanted").arg(name)), where, wanted,
        [where, dims, elements](GgufWriter& w) { w.add(where, dims, zeros(elements)); });
  };
  shape("wrong width", "blk.0.attn_q.weight", {64, 32}, "[32, 64]", "[32, 32]");
  shape("wrong height", "blk.0.ffn_up.weight", {32, 31}, "[31, 32]", "[32, 32]");
  shape("transposed", "blk.0.attn_k.weight", {16, 32}, "[32, 16]", "[16, 32]");
  shape("three dimensions", "blk.0.attn_v.weight", {32, 16, 2}, "[2, 16, 32]", "[16, 32]");
  shape("a vector for a matrix", "blk.1.ffn_down.weight", {32}, "[32]", "[32, 32]");
  shape("a matrix for a vector", "output_norm.weight", {32, 2}, "[2, 32]", "[32]");
  shape("no elements", "blk.1.ffn_gate.weight", {32, 0}, "[0, 32]", "[32, 32]");
  shape("embedding without rows", "token_embd.weight", {32, 0}, "token_embd.weight", "0");
  row("activations for weights", "blk.0.attn_q.weight", "Q8_1", [](GgufWriter& w) {
    w.remove_tensor("blk.0.attn_q.weight").add_raw_tensor("blk.0.attn_q.weight", {32, 32}, 9, std::string(1152, '\0'));
  });
  row("a tensor of no known part", "blk.0.attn_surprise.weight", "belongs to no part",
      [](GgufWriter& w) { w.add("blk.0.attn_surprise.weight", {32}, zeros(32)); });
  row("output of another vocabulary", "output.weight", "[7, 32]", [](GgufWriter& w) {
    w.add("output.weight", {32, 7}, zeros(7 * 32));
  });

  row("more tokens than the embedding has", "token_embd.weight", "456 tokens", [](GgufWriter& w) {
    std::vector<std::string> pieces = sotto::test::small_vocabulary();
    pieces.emplace_back("[more]");
    const std::size_t size = pieces.size();
    w.set("tokenizer.ggml.tokens", pieces).set("tokenizer.ggml.scores", zeros(size));
    w.set("tokenizer.ggml.token_type", std::vector<std::int32_t>(size, 1));
  });
  row("no vocabulary", "tokenizer.ggml.tokens", "no vocabulary",
      [](GgufWriter& w) { w.remove("tokenizer.ggml.tokens"); });
  row("an empty vocabulary", "tokenizer.ggml.tokens", "empty",
      [](GgufWriter& w) { w.set("tokenizer.ggml.tokens", std::vector<std::string>{}); });
  row("tokens that are numbers", "tokenizer.ggml.tokens", "not an array of strings", [](GgufWriter& w) {
    w.set("tokenizer.ggml.tokens", std::vector<std::int32_t>{1, 2});
  });
  row("scores shorter than tokens", "tokenizer.ggml.scores", "100 entries",
      [](GgufWriter& w) { w.set("tokenizer.ggml.scores", zeros(100)); });
  row("types shorter than tokens", "tokenizer.ggml.token_type", "3 entries", [](GgufWriter& w) {
    w.set("tokenizer.ggml.token_type", std::vector<std::int32_t>{1, 1, 1});
  });
  row("a score that is no number", "tokenizer.ggml.scores", "finite", [](GgufWriter& w) {
    w.set("tokenizer.ggml.scores", amended(zeros(sotto::test::small_vocabulary().size()), 300, not_a_number));
  });
  for (const char* piece : {"<0xZZ>", "<0x-1>", "<0x1>", "<0x100>", "0x41"}) {
    row(qPrintable(QString("byte token %1").arg(piece)), "tokenizer.ggml.tokens", piece,
        [piece](GgufWriter& w) { w.set("tokenizer.ggml.tokens", vocabulary_with(50, piece)); });
  }
  key("BOS out of range", "tokenizer.ggml.bos_token_id", 100000U, "100000");
  key("EOS negative", "tokenizer.ggml.eos_token_id", -2, "-2");
  key("unknown token out of range", "tokenizer.ggml.unknown_token_id", std::uint64_t{1} << 40U, "1099511627776");
  key("another special token out of range", "tokenizer.ggml.padding_token_id", 0x7FFFFFFFU, "2147483647");
  key("EOS a string", "tokenizer.ggml.eos_token_id", "</s>", "not a number");
  key("tokenizer unknown", "tokenizer.ggml.model", "bert", "bert");
}

void HostileModelsTest::are_refused() {
  QFETCH(Damage, damage);
  QFETCH(QString, where);
  QFETCH(QString, message);
  GgufWriter writer = sotto::test::random_model(small_shape());
  damage(writer);
  const auto path = write(writer.bytes());

  const ModelInfo info = inspect(path);
  QVERIFY(!info.supported);
  const QString reason = QString::fromStdString(info.reason);
  QVERIFY2(reason.contains(message) && reason.endsWith('.') && reason.size() < 500, qPrintable(reason));
  QVERIFY2(reason.contains(where) || reason.contains("\"" + message + "\""),
           qPrintable(reason));  // what is wrong has a name
  try {
    (void)Model::load(path);
    QFAIL("it was loaded");
  } catch (const Error& error) {
    QVERIFY(error.code() == ErrorCode::format || error.code() == ErrorCode::unsupported);
    QCOMPARE(QString::fromStdString(error.where()), where);
    QCOMPARE(QString(error.what()), reason);
    const auto [least, most] = place(path, error);
    const QRegularExpressionMatch at = QRegularExpression("\\(at byte (\\d+)\\)\\.$").match(reason);
    QCOMPARE(at.hasMatch(), most > 0);
    const auto byte = at.captured(1).toULongLong();
    QVERIFY2(!at.hasMatch() || (byte >= least && byte <= most), qPrintable(reason));
  }
}

void HostileModelsTest::unusual_ones_are_accepted_data() {
  QTest::addColumn<Damage>("change");
  const auto row = [](const char* name, const Damage& change) { QTest::newRow(name) << change; };
  row("nothing changed", [](GgufWriter&) {});
  row("weights at odd addresses", [](GgufWriter& w) { w.align(1).set("general.description", "odd"); });
  row("weights at odd addresses, one further", [](GgufWriter& w) { w.align(1).set("general.description", "odd!"); });
  row("no EOS", [](GgufWriter& w) { w.set("tokenizer.ggml.eos_token_id", 0xFFFFFFFFU); });
  row("no padding token", [](GgufWriter& w) { w.set("tokenizer.ggml.padding_token_id", 0xFFFFFFFFU); });
  row("unknown keys", [](GgufWriter& w) { w.set("llama.surprise", "x").set("other.block_count", 0U); });
  row("heads as 64 bits", [](GgufWriter& w) { w.set("llama.attention.head_count", std::uint64_t{4}); });
  row("no kv heads given", [](GgufWriter& w) {
    w.remove("llama.attention.head_count_kv");
    for (const char* name :
         {"blk.0.attn_k.weight", "blk.0.attn_v.weight", "blk.1.attn_k.weight", "blk.1.attn_v.weight"}) {
      w.add(name, {32, 32}, zeros(1024));
    }
  });
  row("weights of zero", [](GgufWriter& w) { w.add("token_embd.weight", {32, 455}, zeros(32 * 455)); });
  row("weights of zero, epsilon 0", [](GgufWriter& w) {
    w.set("llama.attention.layer_norm_rms_epsilon", 0.0F);
    w.add("token_embd.weight", {32, 455}, zeros(32 * 455));
  });
  row("weights of NaN", [](GgufWriter& w) {
    w.add("blk.0.attn_q.weight", {32, 32}, std::vector<float>(1024, not_a_number));
  });
  row("weights of infinity", [](GgufWriter& w) {
    w.add("blk.0.ffn_up.weight", {32, 32}, std::vector<float>(1024, infinity));
  });
}

// Sound in form, so they load and compute; where the weights make no sense the reply is an error and not a crash.
void HostileModelsTest::unusual_ones_are_accepted() {
  QFETCH(Damage, change);
  GgufWriter writer = sotto::test::random_model(small_shape());
  change(writer);
  const auto path = write(writer.bytes());
  const ModelInfo info = inspect(path);
  QVERIFY2(info.supported, info.reason.c_str());
  Session session(Model::load(path), {.threads = 1});
  Request request;
  request.prompt = {{Fragment::Kind::text, "Once upon a time", {}}};
  request.max_tokens = 4;
  try {
    const GenerationResult result = session.generate(request, LiveSampling(SamplingParams{}));
    QVERIFY(result.prompt_tokens > 0);
  } catch (const Error& error) {
    QVERIFY2(QString(QTest::currentDataTag()).startsWith("weights of "), error.what());
  }
}

void HostileModelsTest::a_file_without_tensors_serves_the_tokenizer() {
  GgufWriter writer = sotto::test::random_model(small_shape());
  GgufWriter vocabulary;
  for (const char* name : {"token_embd.weight", "output_norm.weight", "output.weight"}) writer.remove_tensor(name);
  for (const char* block : {"blk.0.", "blk.1."}) {
    for (const char* part :
         {"attn_norm", "ffn_norm", "attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"}) {
      writer.remove_tensor(std::string(block) + part + ".weight");
    }
  }
  const auto path = write(writer.bytes());
  QVERIFY(load_tokenizer(path)->encode("hello world").size() > 1);
  const ModelInfo info = inspect(path);
  QVERIFY(!info.supported);
  QVERIFY2(QString::fromStdString(info.reason).contains("no tensors"), info.reason.c_str());
}

void HostileModelsTest::a_file_with_nothing_is_not_a_model() {
  const auto path = write(GgufWriter().bytes());
  const ModelInfo info = inspect(path);
  QVERIFY(!info.supported);
  QVERIFY2(QString::fromStdString(info.reason).contains("holds no model"), info.reason.c_str());
  QVERIFY_THROWS_EXCEPTION(Error, (void)Model::load(path));
  QVERIFY_THROWS_EXCEPTION(Error, (void)load_tokenizer(path));
}

void HostileModelsTest::merges_of_unknown_pieces_are_refused() {
  for (const char* merge : {"a zz", "qq q", "noblank", " ", "a b c"}) {
    GgufWriter writer = sotto::test::scripted_model(sotto::test::script("some text"));
    writer.set("tokenizer.ggml.merges", std::vector<std::string>{merge});
    const auto path = write(writer.bytes());
    const ModelInfo info = inspect(path);
    QVERIFY2(!info.supported && QString::fromStdString(info.reason).contains("merges"), info.reason.c_str());
    QVERIFY_THROWS_EXCEPTION(Error, (void)Model::load(path));
  }
}

// What is only for show must not stand in the way of a run, nor make inspect throw.
void HostileModelsTest::strange_descriptions_do_not_matter() {
  const std::vector<std::pair<const char*, Damage>> changes = {
      {"name not UTF-8", [](GgufWriter& w) { w.set("general.name", "\xFF\xFE\n"); }},
      {"file type a string", [](GgufWriter& w) { w.set("general.file_type", "Q4_K_M"); }},
      {"file type unknown", [](GgufWriter& w) { w.set("general.file_type", 4000U); }},
      {"recommended temperature NaN", [](GgufWriter& w) { w.set("general.sampling.temp", not_a_number); }},
      {"recommended top-k a string", [](GgufWriter& w) { w.set("general.sampling.top_k", "40"); }},
      {"template a number", [](GgufWriter& w) { w.set("tokenizer.chat_template", 1U); }},
      {"template of a megabyte", [](GgufWriter& w) { w.set("tokenizer.chat_template", std::string(1U << 20U, '{')); }},
  };
  for (const auto& [name, change] : changes) {
    GgufWriter writer = sotto::test::random_model(small_shape());
    change(writer);
    const auto path = write(writer.bytes());
    try {
      const ModelInfo info = inspect(path);
      QVERIFY2(info.supported, (std::string(name) + ": " + info.reason).c_str());
      QVERIFY2(Model::load(path) != nullptr, name);
    } catch (const Error& error) {
      QFAIL(qPrintable(QString("%1: %2").arg(name, error.what())));
    }
  }
}

void HostileModelsTest::mutated_models_do_no_harm() {
  const std::string whole = sotto::test::random_model(small_shape()).bytes();
  const std::size_t keys = whole.find("tokenizer.ggml.tokens");
  std::mt19937_64 generator(7);
  int loaded = 0;
  for (int round = 0; round < 1500; ++round) {
    std::string bytes = whole;
    // the numbers before the vocabulary, and everything before the data: most mutations there are in some way valid
    const std::size_t end = round % 2 == 0 ? keys : std::size_t{20000};
    for (int i = 0; i < 2; ++i) {
      bytes[24 + generator() % (end - 24)] = static_cast<char>(round % 3 == 0 ? generator() : generator() % 10);
    }
    const auto path = write(bytes);
    try {
      (void)inspect(path);
      LoadOptions options;
      options.memory_limit = std::uint64_t{1} << 30U;
      const auto model = Model::load(path, options);
      Session session(model, {.context = std::min(16, model->default_context()), .threads = 1});
      const std::vector<Token> tokens = {1, 300, 301};
      session.evaluate(tokens, [](int, std::span<const float>) {});
      ++loaded;
    } catch (const Error&) {  // refusing is fine
    }
  }
  QVERIFY2(loaded > 50 && loaded < 1450, qPrintable(QString::number(loaded)));
}

void HostileModelsTest::a_file_that_shrinks_while_loaded_is_an_error() {
  const auto path = write(sotto::test::random_model(small_shape()).bytes());
  Session session(Model::load(path), {.threads = 1});
  Request request;
  request.prompt = {{Fragment::Kind::text, "Once upon a time", {}}};
  request.max_tokens = 4;
  const LiveSampling sampling{SamplingParams{}};
  (void)session.generate(request, sampling);
  std::filesystem::resize_file(path, 5000);
  session.reset();
  try {
    (void)session.generate(request, sampling);
    QFAIL("no error");
  } catch (const Error& error) {
    QCOMPARE(error.code(), ErrorCode::io);
  }
}

// A sparse file costs its maker nothing; reading its terabytes would take hours.
void HostileModelsTest::what_lies_behind_the_tensors_is_not_read() {
  const auto path = write(sotto::test::random_model(small_shape()).bytes());
  std::error_code error;
  std::filesystem::resize_file(path, std::uint64_t{1} << 40U, error);
  if (error) QSKIP("the file system of temporary files has no sparse files of a terabyte");
  std::stop_source stop;
  const std::jthread impatient([&stop](const std::stop_token& loaded) {
    for (int i = 0; i < 500 && !loaded.stop_requested(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    stop.request_stop();
  });
  double progress = 0;
  LoadOptions options;
  options.stop = stop.get_token();
  options.progress = [&progress](double done) { progress = done; };
  const auto model = Model::load(path, options);
  std::filesystem::resize_file(path, 5000);
  QVERIFY2(model != nullptr, "still loading after 5 s");
  QCOMPARE(progress, 1.0);
}

void HostileModelsTest::texts_of_absurd_length_are_refused() {
  constexpr std::uint64_t length = std::uint64_t{1} << 30U;
  sotto::test::Bytes bytes;
  bytes.put_raw("GGUF").put(std::uint32_t{3}).put(std::uint64_t{0}).put(std::uint64_t{1});
  bytes.put_string("general.architecture").put(std::uint32_t{8}).put(length);
  const auto path = write(bytes.data());
  std::error_code error;
  std::filesystem::resize_file(path, length + 4096, error);
  if (error) QSKIP("the file system of temporary files has no sparse files of a gigabyte");
  try {
    (void)Model::load(path);
    QFAIL("no error");
  } catch (const Error& refusal) {
    QCOMPARE(refusal.where(), std::string("general.architecture"));
    QVERIFY2(QString(refusal.what()).contains("1073741824"), refusal.what());
  }
}

QTEST_GUILESS_MAIN(HostileModelsTest)
#include "test_hostile_models.moc"
