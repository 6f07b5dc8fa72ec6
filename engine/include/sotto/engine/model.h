// Model files: what they hold, and loading them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "sotto/engine/chat_template.h"
#include "sotto/engine/sampling.h"
#include "sotto/engine/tokenizer.h"

namespace sotto::engine {

// What a file says about itself.
struct ModelInfo {
  std::string architecture;          // "llama"
  std::string name;                  // general.name, else the file's name
  std::uint64_t parameters = 0;      // number of weights
  std::string quantisation;          // "Q4_K_M", "F16", ...
  std::uint32_t context_length = 0;  // tokens the model was trained for
  std::uint32_t embedding_length = 0;
  std::uint32_t layers = 0;
  std::uint32_t heads = 0;
  std::uint32_t kv_heads = 0;
  std::uint32_t vocabulary = 0;
  std::string chat_template;  // family_name of the recognised template; "its own" of any other; "none"
  std::uint64_t file_bytes = 0;
  std::uint64_t memory_bytes = 0;    // weights, KV cache at the default context, scratch
  std::uint64_t token_bytes = 0;     // of weights that one token reads; of a loaded model, else 0
  std::uint64_t token_products = 0;  // multiplications of one token with weights; likewise
  bool supported = false;
  std::string reason;                                // why not, one sentence; empty when supported
  std::optional<SamplingParams> suggested_sampling;  // general.sampling.*
};

// Reads the header only. Throws Error io or format for what is not a GGUF file; a GGUF file that the engine cannot run
// is described with supported = false and the reason. Thread guarantee: may be called from any thread.
[[nodiscard]] ModelInfo inspect(const std::filesystem::path& file);

struct LoadOptions {
  // Called on the loading thread with 0 to 1, not more than a hundred times.
  std::function<void(double)> progress;
  std::stop_token stop;
  // Memory that may be used, in bytes; 0: what the system has available now.
  std::uint64_t memory_limit = 0;
  // Compute in f32 with the weights as they stand in the file: slower, and without the rounding of activations to eight
  // bits that quantised models are otherwise computed with.
  bool exact = false;
};

// What a model's conversations are written with.
struct TemplateUse {
  enum class Origin {
    own,     // the template in the model's file
    family,  // the file has none: that of the family that recognise_family names
    given,   // a text of the user's
    none     // the last message is continued as raw text
  };
  Origin origin = Origin::none;
  std::string name = {};   // family_name where the text is recognised; "its own" of any other; "none"
  std::string text = {};   // Jinja
  std::string error = {};  // the text is not well formed: line and cause
  bool switches = false;   // it looks at Request::thinking
  bool thinks = false;     // where that is not set
};

// An immutable model, shared by sessions. Thread guarantee: const after load; may be shared between threads.
class Model {
 public:
  // Null when `stop` was requested, within 100 ms of the request. Throws Error: io, format, unsupported, or memory when
  // it does not fit (checked before any weight is read; the message holds both numbers).
  [[nodiscard]] static std::shared_ptr<const Model> load(const std::filesystem::path& file,
                                                         const LoadOptions& options = {});

  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  ~Model();

  [[nodiscard]] const ModelInfo& info() const noexcept;
  [[nodiscard]] const Tokenizer& tokenizer() const noexcept;
  // Without a template the model continues raw text.
  [[nodiscard]] bool has_chat_template() const noexcept;
  [[nodiscard]] const TemplateUse& template_use() const noexcept;
  // What `text` (Request::chat_template) would be in its place; origin `given`. Never throws for the text.
  [[nodiscard]] TemplateUse template_use(std::string_view text) const;
  // The prompt that `text`, or the template in use where it is empty, makes of the messages. Throws as
  // Session::generate, and invalid_argument where there is no template.
  [[nodiscard]] std::string preview(std::string_view text, std::span<const ChatMessage> messages,
                                    std::optional<bool> thinking = {}, std::stop_token stop = {}) const;
  // min(the model's context, 8192).
  [[nodiscard]] int default_context() const noexcept;
  // Bytes of an f16 KV cache for `context` tokens.
  [[nodiscard]] std::uint64_t kv_bytes(int context) const noexcept;

  struct Parts;  // the engine's insides: architecture, weights
  [[nodiscard]] const Parts& parts() const noexcept { return *parts_; }

 private:
  explicit Model(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sotto::engine
