// sotto-cli bench MODEL [-p 512] [-n 64] [-d 0] [-t T] [-r 5] [--turns] [--exact] [--json]
// Medians over the runs after one warm-up. Both prefill and decode begin with `d` tokens in the KV cache.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "bench_turns.h"
#include "command.h"
#include "errors.h"
#include "median.h"
#include "model_file.h"
#include "numbers.h"
#include "sampling_options.h"
#include "sotto/engine/machine.h"

namespace sotto::cli {
namespace {

struct Options {
  std::filesystem::path model;
  int prompt = 0;  // 0: not said
  int generated = 64;
  int depth = 0;
  int threads = 0;
  int runs = 5;
  bool exact = false;
  bool turns = false;
  bool json = false;
};

using Clock = std::chrono::steady_clock;

struct Speeds {
  double prefill = 0;  // tokens/s
  double decode = 0;   // tokens/s
};

// Ordinary tokens in no particular order, BOS first where the model's inputs begin with it.
std::vector<engine::Token> make_tokens(const engine::Tokenizer& tokenizer, int count) {
  std::mt19937 random(1);
  std::uniform_int_distribution<engine::Token> any(0, tokenizer.size() - 1);
  std::vector<engine::Token> tokens;
  if (tokenizer.adds_bos()) tokens.push_back(tokenizer.bos());
  while (tokens.size() < static_cast<std::size_t>(count)) {
    engine::Token token = any(random);
    for (int tries = 0; tries < 100 && (tokenizer.is_control(token) || tokenizer.is_end(token)); ++tries) {
      token = any(random);
    }
    tokens.push_back(token);
  }
  return tokens;
}

// The most memory that was ever resident, in bytes.
std::uint64_t peak_rss_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return 0;
}

class Bench {
 public:
  Bench(engine::Session& session, const Options& options, Environment& environment)
      : session_(session),
        options_(options),
        environment_(environment),
        tokens_(make_tokens(session.model().tokenizer(), options.depth + options.prompt)) {}

  Speeds run() {
    Speeds speeds;
    session_.reset();
    if (options_.depth > 0) generate(options_.depth, 1);
    const auto prefill = generate(options_.depth + options_.prompt, 1);
    speeds.prefill = (prefill.prompt_tokens - prefill.reused_tokens) / prefill.prefill_seconds;
    // From the first token, which prefill has paid for, to the one behind the last: n whole passes.
    generate(std::max(options_.depth, 1), options_.generated + 1);
    speeds.decode = options_.generated / std::chrono::duration<double>(last_token_ - first_token_).count();
    return speeds;
  }

 private:
  engine::GenerationResult generate(int prompt, int count) {
    engine::Request request;
    request.prompt.push_back(
        {.kind = engine::Fragment::Kind::tokens, .text = {}, .tokens = {tokens_.begin(), tokens_.begin() + prompt}});
    request.max_tokens = count;
    request.speculate = false;  // random text repeats itself as no other does
    request.ignore_end = true;
    engine::GenerationObserver observer;
    observer.token = [&](const engine::GeneratedToken& token) {
      last_token_ = Clock::now();
      if (token.index == 0) first_token_ = last_token_;
    };
    const auto result = session_.generate(request, sampling_, observer, environment_.interrupt.token());
    if (result.reason == engine::StopReason::stopped) throw Interrupted{};
    return result;
  }

  engine::Session& session_;
  const Options& options_;
  Environment& environment_;
  std::vector<engine::Token> tokens_;
  Clock::time_point first_token_, last_token_;
  engine::LiveSampling sampling_{engine::SamplingParams{.greedy = true, .repeat_penalty = 1}};
};

void print(const nlohmann::ordered_json& json, const engine::ModelInfo& info, Environment& environment) {
  const auto number = [&json](const char* key) { return json[key].get<double>(); };
  const auto count = [&json](const char* key) { return json[key].dump(); };
  std::string table = "model    " + info.name + ", " + info.quantisation + ", " +
                      readable_bytes(static_cast<double>(info.file_bytes)) + "\n";
  table += "threads  " + count("threads") + "\n";
  table += "load     " + fixed(number("load_ms"), 0) + " ms\n";
  table += "prefill  " + fixed(number("prefill_tokens_per_s"), 2) + " tokens/s (" + count("prompt_tokens") +
           " tokens at depth " + count("depth") + ")\n";
  table += "decode   " + fixed(number("decode_tokens_per_s"), 2) + " tokens/s (" + count("generated_tokens") +
           " tokens at depth " + count("depth") + ")\n";
  table += "machine  " + fixed(number("read_bytes_per_s") / 1e9, 1) + " GB/s, " +
           fixed(number("int8_ops_per_s") / 1e9, 0) + " GOP/s in int8, " + fixed(number("f32_ops_per_s") / 1e9, 0) +
           " GFLOP/s in f32 (" + json["kernels"].get<std::string>() + "); decode reads " +
           fixed(number("decode_share") * 100, 0) + " % of the bytes, prefill computes " +
           fixed(number("prefill_share") * 100, 0) + " % of the " + (json["exact"].get<bool>() ? "f32" : "int8") +
           " operations\n";
  table += "memory   " + readable_bytes(number("peak_rss_bytes")) + " at its peak\n";
  table += "runs     " + count("runs") + ", medians\n";
  environment.out.print(table);
}

// 512, or what fits into a small model's context.
int usual_prompt(const Options& options, std::uint32_t context) {
  const std::int64_t room = std::int64_t{context} - options.depth - 2;
  return room > 0 ? static_cast<int>(std::min(std::int64_t{512}, room)) : 512;
}

void run_turns(const Options& options, const std::shared_ptr<const engine::Model>& model, Environment& environment) {
  const int most = static_cast<int>(model->info().context_length) - turn_tokens;
  const int prompt = options.prompt != 0 ? options.prompt : std::min(512, most);
  if (prompt > most || prompt < 1) {
    throw Failure("Turns need a context of " + std::to_string(std::max(1, prompt) + turn_tokens) +
                  " tokens, but the model has " + std::to_string(model->info().context_length) + ".");
  }
  engine::Session session = open_session(model, {.context = prompt + turn_tokens, .threads = options.threads});
  const nlohmann::ordered_json turns = measure_turns(session, prompt, options.runs, environment);
  if (options.json) {
    const nlohmann::ordered_json json{
        {"model", options.model.string()}, {"threads", session.threads()}, {"turns", turns}};
    environment.out.print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  } else {
    environment.out.print(turns_table(turns));
  }
}

void run(const Options& asked, Environment& environment) {
  const auto start = Clock::now();
  const auto model = load_model(asked.model, environment, asked.exact);
  if (asked.turns) return run_turns(asked, model, environment);
  Options options = asked;
  if (options.prompt == 0) options.prompt = usual_prompt(options, model->info().context_length);
  const std::int64_t context = std::int64_t{options.depth} + std::max(options.prompt, options.generated) + 2;
  if (context > std::int64_t{model->info().context_length}) {
    throw Failure("This measurement needs a context of " + std::to_string(context) + " tokens, but the model has " +
                  std::to_string(model->info().context_length) + ": choose a smaller -p, -n or -d.");
  }
  engine::Session session(model, {.context = static_cast<int>(context), .threads = options.threads});
  const double load_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();

  Bench bench(session, options, environment);
  std::vector<double> prefill;
  std::vector<double> decode;
  Status status;
  for (int i = 0; i <= options.runs; ++i) {
    status.show(i == 0 ? "Warming up" : "Run " + std::to_string(i) + " of " + std::to_string(options.runs));
    const Speeds speeds = bench.run();
    if (i == 0) continue;
    prefill.push_back(speeds.prefill);
    decode.push_back(speeds.decode);
  }
  status.clear();

  const std::uint64_t peak_rss = peak_rss_bytes();  // before the machine's limits are measured
  // The logits of a prompt are computed of its last token alone.
  const engine::ModelInfo& info = model->info();
  const engine::MachineLimits limits = engine::measure_machine(options.threads);
  const double products = static_cast<double>(info.token_products) -
                          static_cast<double>(info.vocabulary) * static_cast<double>(info.embedding_length);
  const double cache = static_cast<double>(model->kv_bytes(static_cast<int>(context))) / static_cast<double>(context) *
                       (options.depth + options.generated / 2.0);
  const double peak = options.exact ? limits.f32_ops_per_s : limits.int8_ops_per_s;
  const nlohmann::ordered_json json{
      {"prefill_tokens_per_s", median(prefill)},
      {"decode_tokens_per_s", median(decode)},
      {"load_ms", load_ms},
      {"peak_rss_bytes", peak_rss},
      {"threads", session.threads()},
      {"model", options.model.string()},
      {"prompt_tokens", options.prompt},
      {"generated_tokens", options.generated},
      {"depth", options.depth},
      {"runs", options.runs},
      {"exact", options.exact},
      {"kernels", engine::kernel_name()},
      {"read_bytes_per_s", limits.read_bytes_per_s},
      {"int8_ops_per_s", limits.int8_ops_per_s},
      {"f32_ops_per_s", limits.f32_ops_per_s},
      {"decode_share", median(decode) * (static_cast<double>(info.token_bytes) + cache) / limits.read_bytes_per_s},
      {"prefill_share", median(prefill) * 2 * products / peak}};
  if (options.json) {
    environment.out.print(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  } else {
    print(json, model->info(), environment);
  }
}

}  // namespace

Action define_bench(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model(app, options->model);
  constexpr int most = 1 << 22;
  add_integer(app, "-p", options->prompt, 1, most, "Tokens of the prompt [512, or as many as the context holds]");
  add_integer(app, "-n", options->generated, 1, most, "Tokens to write [64]");
  add_integer(app, "-d", options->depth, 0, most, "Tokens that are in the KV cache before [0]");
  add_integer(app, "-t", options->threads, 1, max_threads, "Threads [one for each physical core]", "T");
  add_integer(app, "-r", options->runs, 1, 10000, "Runs after a warm-up; medians are given [5]");
  app.add_flag("--turns", options->turns,
               "Measure how long the turns of a conversation take to their first token instead");
  add_exact(app, options->exact);
  app.add_flag("--json", options->json, "Print JSON");
  return [options](Environment& environment) { run(*options, environment); };
}

}  // namespace sotto::cli
