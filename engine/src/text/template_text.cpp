#include "sotto/engine/template_text.h"

#include "io/gguf.h"
#include "sotto/engine/error.h"
#include "sotto/engine/tokenizer.h"
#include "text/jinja/template.h"

namespace sotto::engine {

TemplateText template_text(const std::filesystem::path& file) {
  constexpr std::string_view key = "tokenizer.chat_template";
  TemplateText result;
  const auto tokenizer = load_tokenizer(file);
  if (tokenizer->bos() >= 0) result.bos = tokenizer->piece(tokenizer->bos(), true);
  if (tokenizer->eos() >= 0) result.eos = tokenizer->piece(tokenizer->eos(), true);
  result.text = GgufFile::open(file)->string(key).value_or("");
  return result;
}

std::string render_template(std::string_view text, std::string_view variables, std::time_t now) {
  const auto json = nlohmann::ordered_json::parse(variables, nullptr, false);
  if (!json.is_object()) throw Error(ErrorCode::invalid_argument, "The variables of a template are a JSON object.");
  return jinja::Template(text).render(json, now);
}

}  // namespace sotto::engine
