// sotto-cli perplexity MODEL --file F [-c 512] [--exact] [--json]
// As llama.cpp measures it, so that figures compare: the text is cut into windows of c tokens, the first token of each
// is BOS where the model adds one, each window is evaluated from an empty state, and the tokens of its second half are
// scored, those that have at least c/2 + 1 tokens before them.
#include <cmath>
#include <nlohmann/json.hpp>

#include "command.h"
#include "errors.h"
#include "input.h"
#include "model_file.h"
#include "numbers.h"

namespace sotto::cli {
namespace {

struct Options {
  std::filesystem::path model;
  std::string file;
  int context = 512;
  bool exact = false;
  bool json = false;
};

struct Score {
  double nll = 0;  // sum over `tokens`, nats
  std::int64_t tokens = 0;
};

// -ln softmax(logits)[target]
double negative_log_likelihood(std::span<const float> logits, engine::Token target) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  return largest + std::log(sum) - logits[static_cast<std::size_t>(target)];
}

Score score(engine::Session& session, std::vector<engine::Token> tokens, Environment& environment) {
  const engine::Tokenizer& tokenizer = session.model().tokenizer();
  const auto window = static_cast<std::size_t>(session.context());
  const std::size_t windows = tokens.size() / window;
  Score total;
  Status status;
  for (std::size_t w = 0; w < windows; ++w) {
    const auto part = std::span(tokens).subspan(w * window, window);
    if (tokenizer.adds_bos()) part.front() = tokenizer.bos();
    const auto row = [&](int position, std::span<const float> logits) {
      const auto next = static_cast<std::size_t>(position) + 1;
      if (next <= window / 2 || next >= window) return;
      total.nll += negative_log_likelihood(logits, part[next]);
      ++total.tokens;
    };
    if (!session.evaluate(part, row, environment.interrupt.token())) throw Interrupted{};
    status.show("Window " + std::to_string(w + 1) + " of " + std::to_string(windows) + ", perplexity " +
                fixed(std::exp(total.nll / static_cast<double>(total.tokens)), 4));
  }
  return total;
}

void run(const Options& options, Environment& environment) {
  engine::Fragment text{.kind = engine::Fragment::Kind::text, .text = read_file(options.file), .tokens = {}};
  const auto model = load_model(options.model, environment, options.exact);
  const auto tokens = model->tokenizer().encode(std::span(&text, 1), true);
  if (tokens.size() < static_cast<std::size_t>(options.context)) {
    throw Failure("The text has " + std::to_string(tokens.size()) + " tokens, but one window needs " +
                  std::to_string(options.context) + ": give a longer text or a smaller -c.");
  }
  engine::Session session = open_session(model, {.context = options.context});
  const Score total = score(session, tokens, environment);
  const double nll = total.nll / static_cast<double>(total.tokens);
  if (!std::isfinite(nll)) throw Failure("The model gives no finite probabilities for this text.");
  if (options.json) {
    const nlohmann::ordered_json json{{"perplexity", std::exp(nll)}, {"nll", nll}, {"tokens", total.tokens}};
    environment.out.print(json.dump(2) + "\n");
  } else {
    environment.out.print("perplexity  " + fixed(std::exp(nll), 4) + "\nnll         " + fixed(nll, 6) +
                          "\ntokens      " + std::to_string(total.tokens) + "\n");
  }
}

}  // namespace

Action define_perplexity(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model(app, options->model);
  app.add_option("--file", options->file, "The text")->required()->type_name("FILE");
  add_integer(app, "-c", options->context, 4, 1 << 24, "Tokens in a window [512]");
  add_exact(app, options->exact);
  app.add_flag("--json", options->json, "Print JSON");
  return [options](Environment& environment) { run(*options, environment); };
}

}  // namespace sotto::cli
