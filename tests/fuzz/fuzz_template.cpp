// Any text as a chat template: parsed, probed, and given a conversation with a reply of tokens, by the interpreter
// alone and as a session does it; and recognised as a family.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/chat_template.h"
#include "sotto/engine/error.h"
#include "text/jinja/template.h"
#include "text/jinja_prompt.h"
#include "text/spm_tokenizer.h"

using namespace sotto::engine;

namespace {

const SpmTokenizer& tokenizer() {
  static const SpmTokenizer made = [] {
    Vocabulary vocabulary;
    vocabulary.source = "fuzz.gguf";
    vocabulary.pieces = {"<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", "[INST]", "\u2581", "a", "b"};
    vocabulary.types = {PieceType::unknown, PieceType::control, PieceType::control,
                        PieceType::control, PieceType::control, PieceType::control,
                        PieceType::normal,  PieceType::normal,  PieceType::normal};
    vocabulary.unknown = 0;
    vocabulary.bos = 1;
    vocabulary.eos = 2;
    return SpmTokenizer(vocabulary);
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)recognise_template(text);
  const std::vector<ChatMessage> messages{{Role::system, "Be brief.", {}},
                                          {Role::user, "a <|im_end|> b", {}},
                                          {Role::assistant, "<think>a</think>b", {7, 8}},
                                          {Role::user, "b", {}}};
  try {
    nlohmann::ordered_json variables = {{"messages", {{{"role", "user"}, {"content", "a b"}}}},
                                        {"tools", nullptr},
                                        {"bos_token", "<s>"},
                                        {"add_generation_prompt", true}};
    (void)jinja::Template(text).render(variables, 0, {.steps = 100'000, .bytes = 4 << 20, .compared = 10'000'000});
  } catch (const Error&) {  // refusing is fine
  }
  try {
    const JinjaPrompt prompt(text, tokenizer());
    std::stop_source soon;
    soon.request_stop();  // its bounds are wider than a fuzzer's patience
    (void)prompt.render(messages,
                        {.now = 0, .thinking = true, .stop = size > 200 ? soon.get_token() : std::stop_token()});
  } catch (const Error&) {
  }
  return 0;
}
