// The insides of Model, for the session.
#pragma once

#include <memory>
#include <optional>

#include "io/gguf.h"
#include "model/architecture.h"
#include "model/kv_cache.h"
#include "model/packing.h"
#include "model/weights.h"
#include "sotto/engine/model.h"
#include "text/jinja_prompt.h"

namespace sotto::engine {

struct Model::Parts {
  std::shared_ptr<const GgufFile> file;
  Architecture architecture;
  PackedMemory packed;
  Weights weights;  // some of them in `packed`
  std::unique_ptr<const Tokenizer> tokenizer;
  TemplateUse template_use;
  std::unique_ptr<const JinjaPrompt> jinja;   // of template_use.text; null: there is none, or an error
  std::optional<ChatTemplate> chat_template;  // the family that the text is recognised as
  ModelInfo info;

  [[nodiscard]] KvShape kv_shape() const noexcept {
    return {architecture.layers, architecture.kv_heads, architecture.key_dim, architecture.value_dim};
  }
};

// What a session needs beside weights and KV cache: activations, scratch, oneDNN.
[[nodiscard]] std::uint64_t scratch_bytes(const Architecture& architecture) noexcept;

// Throws Error memory naming both numbers when `needed` bytes are more than `limit` (0: what the system has available).
void require_memory(std::uint64_t needed, std::uint64_t limit, const std::string& what);

}  // namespace sotto::engine
