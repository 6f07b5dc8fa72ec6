#include "text/special_tokens.h"

#include <algorithm>
#include <iterator>

namespace sotto::engine {
namespace {

struct Marker {
  std::string_view text;
  bool ends = false;         // a reply
  bool distinctive = false;  // cannot be meant as text
};

// Collected from the chat templates of the families named; llama.cpp ends a reply at the same ones.
constexpr Marker markers[] = {
    {"<|eot_id|>", true, true},                               // Llama 3
    {"<|eom_id|>", true, true},                               // Llama 3.1, tool calls
    {"<|end_of_text|>", true, true},                          // Llama 3, Granite
    {"<|im_end|>", true, true},                               // ChatML
    {"<|endoftext|>", true, true},                            // GPT-2, Qwen, Phi
    {"<|end|>", true, true},                                  // Phi-3
    {"<|return|>", true, true},                               // Harmony
    {"<|call|>", true, true},                                 // Harmony
    {"<|calls|>", true, true},                                // Solar
    {"<|flush|>", true, true},                                // Solar
    {"<end_of_turn>", true, true},                            // Gemma
    {"<turn|>", true, true},                                  // Gemma 4
    {"<|tool_response>", true, true},                         // Gemma 4
    {"<end_of_utterance>", true, true},                       // SmolDocling
    {"<\uFF5Cend\u2581of\u2581sentence\uFF5C>", true, true},  // DeepSeek
    {"<|fim_pad|>", true, true},                              // Qwen, code
    {"<|repo_name|>", true, true},                            // Qwen, code
    {"<|fim_repo|>", true, true},                             // Qwen, code
    {"<|file_sep|>", true, true},                             // Qwen, code
    {"[e~[", true, true},                                     // MiniMax
    {"</s>", true, false},                                    // Llama 2, Mistral
    {"<eos>", true, false},                                   // Gemma
    {"<EOT>", true, false},                                   // CodeLlama
    {"_<EOT>", true, false},
    {"[EOT]", true, false},  // Kimi
    {"[EOS]", true, false},  // Kimi
    {"<|im_start|>", false, true},
    {"<|begin_of_text|>", false, true},
    {"<|start_header_id|>", false, true},
    {"<|end_header_id|>", false, true},
    {"<start_of_turn>", false, true},
    {"<|system|>", false, true},
    {"<|user|>", false, true},
    {"<|assistant|>", false, true},
    {"<s>", false, false},
    {"<bos>", false, false},
    {"[INST]", false, false},
    {"[/INST]", false, false},
    {"[SYSTEM_PROMPT]", false, false},
    {"[/SYSTEM_PROMPT]", false, false},
};

const Marker* find_marker(std::string_view piece) noexcept {
  const auto found =
      std::find_if(std::begin(markers), std::end(markers), [&](const Marker& marker) { return marker.text == piece; });
  return found == std::end(markers) ? nullptr : found;
}

}  // namespace

bool is_marker(std::string_view piece, bool plain) noexcept {
  if (piece.empty() || (piece[0] != '<' && piece[0] != '[' && piece[0] != '_')) return false;
  const Marker* marker = find_marker(piece);
  return marker != nullptr && (marker->distinctive || !plain);
}

bool is_end_marker(std::string_view piece) noexcept {
  const Marker* marker = find_marker(piece);
  return marker != nullptr && marker->ends;
}

}  // namespace sotto::engine
