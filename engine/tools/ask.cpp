// sotto-cli ask MODEL PROMPT [--raw] [options of the reply]
#include <unistd.h>

#include "command.h"
#include "errors.h"
#include "input.h"
#include "model_file.h"
#include "reply.h"
#include "sampling_options.h"

namespace sotto::cli {
namespace {

struct Options {
  std::filesystem::path model;
  std::string prompt;
  bool raw = false;
  ReplyOptions reply;
};

std::string read_prompt(const Options& options, Environment& environment) {
  if (options.prompt != "-") return options.prompt;
  std::string text = Input(environment.interrupt).rest();
  if (!text.empty() && text.back() == '\n') text.pop_back();  // the line feed that ends a line, as `echo` writes it
  return text;
}

engine::Request make_request(const Options& options, std::string prompt) {
  engine::Request request;
  request.max_tokens = options.reply.max_tokens;
  request.seed = options.reply.seed ? *options.reply.seed : random_seed();
  if (options.raw) {
    request.prompt.push_back({.kind = engine::Fragment::Kind::markup, .text = std::move(prompt), .tokens = {}});
    return request;
  }
  if (!options.reply.system.empty()) {
    request.messages.push_back({.role = engine::Role::system, .content = options.reply.system, .tokens = {}});
  }
  request.messages.push_back({.role = engine::Role::user, .content = std::move(prompt), .tokens = {}});
  return request;
}

void run(const Options& options, Environment& environment) {
  if (options.raw && !options.reply.system.empty()) {
    throw Failure("--raw continues the text as it is, so --system has no place in it.");
  }
  if (options.raw && (!options.reply.template_file.empty() || options.reply.thinking)) {
    throw Failure("--raw continues the text as it is, so --template and --thinking have no place beside it.");
  }
  engine::Request request = make_request(options, read_prompt(options, environment));
  const engine::SamplingParams params = options.reply.params();
  const auto model = load_model(options.model, environment, options.reply.exact);
  if (!options.raw) add_template(options.reply, *model, request);
  engine::Session session = open_session(model, options.reply.session);
  const engine::LiveSampling sampling(params);
  const Reply reply = write_reply(environment, session, request, sampling);
  environment.out.check();
  const bool stopped = reply.result.reason == engine::StopReason::stopped;
  if (!stopped || !reply.text.empty()) environment.out.print("\n");
  if (!options.reply.seed && !params.greedy) say("Seed " + std::to_string(request.seed) + ".");
  if (stopped) throw Interrupted{};
  if (isatty(STDERR_FILENO) == 1) say(describe(reply.result));
}

}  // namespace

Action define_ask(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model(app, options->model);
  app.add_option("PROMPT", options->prompt, "The prompt; - reads it from standard input")->required()->type_name("");
  app.add_flag("--raw", options->raw, "Continue the text without the model's chat template");
  add_reply_options(app, options->reply);
  return [options](Environment& environment) { run(*options, environment); };
}

}  // namespace sotto::cli
