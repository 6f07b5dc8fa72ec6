// sotto-cli tokenize MODEL [--file F] [--bos] [--special]
#include <optional>

#include "command.h"
#include "input.h"
#include "model_file.h"
#include "sotto/engine/tokenizer.h"

namespace sotto::cli {
namespace {

struct Options {
  std::filesystem::path model;
  std::optional<std::string> file;
  bool bos = false;
  bool special = false;
};

}  // namespace

Action define_tokenize(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model(app, options->model);
  app.footer("MODEL may also be a Hugging Face tokenizer.json.");
  app.add_option("--file", options->file, "The text [standard input]")->type_name("FILE");
  app.add_flag("--bos", options->bos, "Begin with BOS where the model's inputs do");
  app.add_flag("--special", options->special, "Take special tokens in the text for what they are");
  return [options](Environment& environment) {
    const auto tokenizer = engine::load_tokenizer(options->model);
    engine::Fragment text;
    text.kind = options->special ? engine::Fragment::Kind::markup : engine::Fragment::Kind::text;
    text.text = options->file ? read_file(*options->file) : Input(environment.interrupt).rest();

    std::string line;
    for (const engine::Token id : tokenizer->encode(std::span(&text, 1), options->bos)) {
      if (!line.empty()) line += ' ';
      line += std::to_string(id);
    }
    environment.interrupt.check();
    environment.out.print(line + "\n");
  };
}

}  // namespace sotto::cli
