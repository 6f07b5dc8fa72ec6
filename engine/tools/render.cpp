// sotto-cli render (MODEL | --template F) --messages M.json [--no-generation-prompt] [--var NAME=JSON]...
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>

#include "command.h"
#include "errors.h"
#include "input.h"
#include "model_file.h"
#include "sotto/engine/template_text.h"

namespace sotto::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::filesystem::path model;
  std::optional<std::string> template_file;
  std::string messages;
  bool no_generation_prompt = false;
  std::vector<std::string> variables;
};

engine::TemplateText template_of(const Options& options) {
  if (options.template_file) {
    if (!options.model.empty()) throw Failure("Give either a model or --template, not both.");
    return {read_file(*options.template_file), {}, {}};
  }
  if (options.model.empty()) throw Failure("A model or --template is missing.");
  engine::TemplateText found = engine::template_text(options.model);
  if (found.text.empty())
    throw Failure("'" + options.model.string() + "' has no chat template; give one with --template.");
  return found;
}

Json variables_of(const Options& options, const engine::TemplateText& source) {
  Json messages = Json::parse(read_file(options.messages), nullptr, false);
  if (!messages.is_array()) throw Failure("'" + options.messages + "' is not a JSON list of messages.");
  // What transformers always gives.
  Json variables = {{"messages", std::move(messages)},
                    {"tools", nullptr},
                    {"documents", nullptr},
                    {"add_generation_prompt", !options.no_generation_prompt},
                    {"bos_token", source.bos},
                    {"eos_token", source.eos}};
  for (const std::string& each : options.variables) {
    const std::size_t sign = each.find('=');
    if (sign == std::string::npos || sign == 0) throw Failure("--var takes NAME=JSON, not '" + each + "'.");
    Json value = Json::parse(each.substr(sign + 1), nullptr, false);
    if (value.is_discarded())
      throw Failure("The value of --var '" + each.substr(0, sign) + "' is not JSON (a text is written \"so\").");
    variables[each.substr(0, sign)] = std::move(value);
  }
  return variables;
}

}  // namespace

Action define_render(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model(app, options->model);
  app.get_option("MODEL")->required(false);
  app.add_option("--template", options->template_file, "A Jinja template instead of a model's")->type_name("FILE");
  app.add_option("--messages", options->messages, "A JSON list of {\"role\", \"content\", ...}")
      ->type_name("FILE")
      ->required();
  app.add_flag("--no-generation-prompt", options->no_generation_prompt, "End behind the last message");
  app.add_option("--var", options->variables, "Another variable, such as tools or enable_thinking")
      ->type_name("NAME=JSON");
  return [options](Environment& environment) {
    const engine::TemplateText source = template_of(*options);
    const std::string variables = variables_of(*options, source).dump(-1, ' ', false, Json::error_handler_t::replace);
    const std::string text = engine::render_template(source.text, variables, std::time(nullptr));
    environment.interrupt.check();
    environment.out.print(text);
  };
}

}  // namespace sotto::cli
