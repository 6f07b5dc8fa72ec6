#include "sampling_options.h"

#include <random>

#include "errors.h"
#include "input.h"
#include "model_file.h"
#include "numbers.h"

namespace sotto::cli {

engine::SamplingParams ReplyOptions::params() const {
  engine::SamplingParams params = sampling;
  if (params.greedy && !repeat_penalty_given) params.repeat_penalty = 1;
  return params;
}

void add_reply_options(CLI::App& app, ReplyOptions& options) {
  engine::SamplingParams& sampling = options.sampling;
  add_integer(app, "-n", options.max_tokens, 1, max_context, "Tokens to write at the most [512]");
  app.add_option("--system", options.system, "The system prompt")->type_name("S");
  app.add_flag("--greedy", sampling.greedy,
               "Always take the likeliest token; no penalties unless --repeat-penalty is given");
  add_number(app, "--temperature", sampling.temperature, 0, max_temperature, "0 is greedy, more is more varied [0.7]",
             "T");
  add_integer(app, "--top-k", sampling.top_k, 0, max_top_k, "Choose among the K likeliest tokens; 0: all [40]", "K");
  add_number(app, "--top-p", sampling.top_p, 0, 1, "Choose among the likeliest that together reach P [0.92]", "P");
  add_number(app, "--min-p", sampling.min_p, 0, 1, "Leave out tokens less likely than M times the best [0.05]", "M");
  app.add_option_function<std::string>(
         "--repeat-penalty",
         [&options](const std::string& text) {
           options.sampling.repeat_penalty = parse_number("--repeat-penalty", text, 0.1F, 10);
           options.repeat_penalty_given = true;
         },
         "Make the last 64 tokens less likely; 1: off [1.05]")
      ->type_name("R");
  app.add_option_function<std::string>(
         "--seed", [&options](const std::string& text) { options.seed = parse_unsigned("--seed", text); },
         "The same seed gives the same reply [random]")
      ->type_name("S");
  app.add_option("--template", options.template_file, "A Jinja chat template instead of the model's")
      ->type_name("FILE");
  app.add_option_function<std::string>(
         "--thinking", [&options](const std::string& text) { options.thinking = text == "on"; },
         "Whether a reasoning model thinks first, where its template has a switch [as the template has it]")
      ->check(CLI::IsMember({"on", "off"}))
      ->type_name("on|off");
  add_exact(app, options.exact);
  add_integer(app, "-t", options.session.threads, 1, max_threads, "Threads [one for each physical core]", "T");
  add_integer(app, "-c", options.session.context, 1, max_context,
              "Context in tokens [what the model was trained for, 8192 at the most]", "C");
}

void add_template(const ReplyOptions& options, const engine::Model& model, engine::Request& request) {
  if (!options.template_file.empty()) {
    request.chat_template = read_file(options.template_file);
    if (request.chat_template.empty())
      throw Failure("'" + options.template_file + "' is empty; it must be a template.");
  }
  if (options.thinking) {
    const bool given = !request.chat_template.empty();
    const engine::TemplateUse use = given ? model.template_use(request.chat_template) : model.template_use();
    if (use.error.empty() && !use.switches)
      throw Failure((given ? "The given" : "This model's") +
                    std::string(" chat template has no switch for --thinking."));
  }
  request.thinking = options.thinking;
}

std::uint64_t random_seed() { return std::random_device{}(); }

}  // namespace sotto::cli
