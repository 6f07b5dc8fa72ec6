// sotto-cli logits MODEL (--ids 1,2,3 | --text T) --out F.npy [--fast]
#include <algorithm>
#include <limits>
#include <optional>

#include "command.h"
#include "errors.h"
#include "model_file.h"
#include "npy.h"
#include "numbers.h"

namespace sotto::cli {
namespace {

struct Options {
  std::filesystem::path model;
  std::optional<std::string> ids;
  std::optional<std::string> text;
  std::string out;
  bool fast = false;
};

std::vector<engine::Token> parse_ids(std::string_view list) {
  std::vector<engine::Token> ids;
  for (;;) {
    const std::size_t comma = list.find(',');
    ids.push_back(static_cast<engine::Token>(
        parse_integer("Each of --ids", list.substr(0, comma), 0, std::numeric_limits<engine::Token>::max())));
    if (comma == std::string_view::npos) return ids;
    list.remove_prefix(comma + 1);
  }
}

std::vector<engine::Token> tokens_of(const Options& options, const engine::Model& model) {
  if (options.ids) return parse_ids(*options.ids);
  const engine::Fragment text{.kind = engine::Fragment::Kind::markup, .text = *options.text, .tokens = {}};
  auto tokens = model.tokenizer().encode(std::span(&text, 1), true);
  if (tokens.empty()) throw Failure("The text is empty: there is no token to evaluate.");
  return tokens;
}

void run(const Options& options, Environment& environment) {
  if (options.ids.has_value() == options.text.has_value()) {
    throw Failure("logits needs either --ids or --text (sotto-cli logits --help lists the options).");
  }
  std::error_code ignored;  // of a name that does not exist yet
  if (std::filesystem::equivalent(options.model, options.out, ignored)) {
    throw Failure("--out " + options.out + " is the model itself: choose another name for the logits.");
  }
  if (options.ids) (void)parse_ids(*options.ids);  // a typing error is told before the model is loaded
  const auto model = load_model(options.model, environment, !options.fast);
  const auto tokens = tokens_of(options, *model);
  NpyWriter file(options.out, tokens.size(), static_cast<std::size_t>(model->tokenizer().size()));
  // More tokens than the model's context has are evaluate's error, which says by how many.
  const auto context = std::min<std::size_t>(tokens.size(), model->info().context_length);
  engine::Session session(model, {.context = static_cast<int>(context), .threads = 0, .kv_type = engine::KvType::f32});
  const bool done = session.evaluate(
      tokens, [&](int, std::span<const float> row) { file.row(row); }, environment.interrupt.token());
  if (!done) throw Interrupted{};
  file.finish();
}

}  // namespace

Action define_logits(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model(app, options->model);
  app.add_option("--ids", options->ids, "Token ids, separated by commas")->type_name("IDS");
  app.add_option("--text", options->text, "A text; BOS is added as the model asks")->type_name("TEXT");
  app.add_option("--out", options->out, "The file to write: float32 [tokens, vocabulary]")
      ->required()
      ->type_name("FILE");
  app.add_flag("--fast", options->fast, "Compute as chat does, with activations of eight bits, instead of in f32");
  return [options](Environment& environment) { run(*options, environment); };
}

}  // namespace sotto::cli
