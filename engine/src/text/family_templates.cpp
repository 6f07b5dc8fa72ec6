// The families' templates in Jinja, for models that bring none and for people who write their own. Whether they write
// what render_chat does is a test.
#include "sotto/engine/chat_template.h"

namespace sotto::engine {
namespace {

constexpr std::string_view kLlama2 = R"({% set system = '' %}
{% if messages[0].role == 'system' %}
{% set system = '<<SYS>>\n' + messages[0].content + '\n<</SYS>>\n\n' %}
{% endif %}
{% set first = namespace(turn=true) %}
{% for message in messages %}
{% if message.role == 'user' %}
{{ ('' if first.turn else '<s>') + '[INST] ' + ((system if first.turn else '') + message.content) | trim + ' [/INST]' }}{% set first.turn = false %}
{% elif message.role == 'assistant' %}
{{ ' ' + message.content | trim + ' </s>' }}{% endif %}
{% endfor %}
)";

constexpr std::string_view kLlama3 = R"({% for message in messages %}
{{ '<|start_header_id|>' + message.role + '<|end_header_id|>\n\n' + message.content | trim + '<|eot_id|>' }}{% endfor %}
{% if add_generation_prompt %}
{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}
)";

constexpr std::string_view kChatml = R"({% for message in messages %}
{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{% endfor %}
{% if add_generation_prompt %}
{{ '<|im_start|>assistant\n' }}{% endif %}
)";

constexpr std::string_view kAlpaca = R"({% if messages[0].role == 'system' %}
{{ messages[0].content + '\n\n' }}{% else %}
{{ 'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n' }}{% endif %}
{% for message in messages %}
{% if message.role == 'user' %}
{{ '### Instruction:\n' + message.content + '\n\n' }}{% elif message.role == 'assistant' %}
{{ '### Response:\n' + message.content + '</s>\n\n' }}{% endif %}
{% endfor %}
{% if add_generation_prompt %}
{{ '### Response:\n' }}{% endif %}
)";

constexpr std::string_view kZephyr = R"({% for message in messages %}
{{ '<|' + message.role + '|>\n' + message.content + '</s>\n' }}{% endfor %}
{% if add_generation_prompt %}
{{ '<|assistant|>\n' }}{% endif %}
)";

constexpr std::string_view kMistral = R"({% set system = '' %}
{% if messages[0].role == 'system' %}
{% set system = messages[0].content + '\n\n' %}
{% endif %}
{% set first = namespace(turn=true) %}
{% for message in messages %}
{% if message.role == 'user' %}
{{ '[INST] ' + (system if first.turn else '') + message.content + ' [/INST]' }}{% set first.turn = false %}
{% elif message.role == 'assistant' %}
{{ ' ' + message.content + '</s>' }}{% endif %}
{% endfor %}
)";

constexpr std::string_view kGemma = R"({% set system = '' %}
{% if messages[0].role == 'system' %}
{% set system = messages[0].content + '\n' %}
{% endif %}
{% set first = namespace(turn=true) %}
{% for message in messages %}
{% if message.role == 'user' %}
{{ '<start_of_turn>user\n' + ((system if first.turn else '') + message.content) | trim + '<end_of_turn>\n' }}{% set first.turn = false %}
{% elif message.role == 'assistant' %}
{{ '<start_of_turn>model\n' + message.content | trim + '<end_of_turn>\n' }}{% endif %}
{% endfor %}
{% if add_generation_prompt %}
{{ '<start_of_turn>model\n' }}{% endif %}
)";

constexpr std::string_view kPhi3 = R"({% for message in messages %}
{{ '<|' + message.role + '|>\n' + message.content + '<|end|>\n' }}{% endfor %}
{% if add_generation_prompt %}
{{ '<|assistant|>\n' }}{% endif %}
)";

constexpr std::string_view kDialogue = R"({% for message in messages %}
{% if message.role == 'user' %}
{{ 'User: ' + message.content + '\n' }}{% elif message.role == 'assistant' %}
{{ 'Assistant: ' + message.content + '\n' }}{% else %}
{{ message.content + '\n\n' }}{% endif %}
{% endfor %}
{% if add_generation_prompt %}
{{ 'Assistant:' }}{% endif %}
)";

}  // namespace

std::string_view family_template(TemplateFamily family) {
  switch (family) {
    case TemplateFamily::plain:
      break;
    case TemplateFamily::llama2:
      return kLlama2;
    case TemplateFamily::llama3:
      return kLlama3;
    case TemplateFamily::chatml:
      return kChatml;
    case TemplateFamily::alpaca:
      return kAlpaca;
    case TemplateFamily::zephyr:
      return kZephyr;
    case TemplateFamily::mistral:
      return kMistral;
    case TemplateFamily::gemma:
      return kGemma;
    case TemplateFamily::phi3:
      return kPhi3;
    case TemplateFamily::dialogue:
      return kDialogue;
  }
  return {};
}

}  // namespace sotto::engine
