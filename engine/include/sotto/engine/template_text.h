// A model's chat template as its author wrote it, in Jinja, and what it writes.
// Specification: Jinja 3.1's template designer documentation, run as transformers' apply_chat_template does.
#pragma once

#include <ctime>
#include <filesystem>
#include <string>
#include <string_view>

namespace sotto::engine {

struct TemplateText {
  std::string text;  // GGUF tokenizer.chat_template; empty: the file has none
  std::string bos;   // the texts of the model's tokens; empty: it has none
  std::string eos;
};

// Reads the header and the vocabulary only. Throws Error io, format or unsupported. Thread guarantee: any thread.
[[nodiscard]] TemplateText template_text(const std::filesystem::path& file);

// What the template writes. variables: a JSON object with messages, bos_token, add_generation_prompt, ...; its order is
// kept. now: seconds since 1970, what strftime_now tells in the local time zone. Throws Error: format with the line and
// the cause, for a template that fails or goes beyond its bounds (ten million steps, 256 MB of texts made on the way);
// invalid_argument for variables that are no JSON object. Thread guarantee: any thread.
[[nodiscard]] std::string render_template(std::string_view text, std::string_view variables, std::time_t now);

}  // namespace sotto::engine
