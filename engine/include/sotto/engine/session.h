// A session: one model, one sequence state (the KV cache), and the prefill and decode loops.
#pragma once

#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/chat_template.h"
#include "sotto/engine/error.h"
#include "sotto/engine/model.h"
#include "sotto/engine/sampling.h"

namespace sotto::engine {

enum class KvType {
  f16,
  f32
};

// The prompt does not fit in the context.
class PromptTooLong : public Error {
 public:
  PromptTooLong(int by, int context, int longest);       // tokens; the longest context that the model can have
  [[nodiscard]] int by() const noexcept { return by_; }  // tokens
  [[nodiscard]] int context() const noexcept { return context_; }  // tokens

 private:
  int by_;
  int context_;
};

// Fixed while the session lives.
struct SessionOptions {
  int context = 0;  // tokens; 0: Model::default_context(). More than the model's own is invalid_argument.
  int threads = 0;  // 0: one for each physical core
  KvType kv_type = KvType::f16;
};

// Fixed for one reply.
struct Request {
  // Either a prompt ready made (raw text) or messages for the model's chat template; `messages` wins when not empty.
  // A model without a template gets the last user message and what comes after it as raw text.
  std::vector<Fragment> prompt;
  std::vector<ChatMessage> messages;
  std::string chat_template;     // Jinja, instead of the model's own; empty: the model's
  std::time_t now = 0;           // seconds since 1970, for templates that tell the date; 0: the time of the call
  std::optional<bool> thinking;  // for templates that have a switch; nullopt: as the template has it
  int max_tokens = 512;          // new tokens at the most; 0 or less: as many as the context holds
  std::uint64_t seed = 0;
  std::vector<std::string> stop_strings;  // beside the model's end tokens and the template's own
  bool speculate = true;                  // read several tokens at once where text repeats; changes nothing but time
  bool ignore_end = false;                // go on past end tokens and the template's stop strings: for measuring
};

enum class StopReason {
  end,          // the model wrote an end token
  length,       // max_tokens
  context,      // the context is full
  stop_string,  // one of the stop strings; it is not part of the text
  stopped       // the stop token
};

struct GeneratedToken {
  Token id = 0;
  int index = 0;                           // position in the reply, a continued reply's earlier tokens included
  std::uint64_t revision = 0;              // of the LiveSampling snapshot that it was drawn with
  const SamplingParams* params = nullptr;  // that snapshot's parameters; valid during the call
};

// Callbacks, all on the thread that called generate. They must not throw and should return fast.
struct GenerationObserver {
  // Tokens of the prompt in the KV cache: `done` of `total`, `reused` of them were there from the turn before.
  std::function<void(int done, int total, int reused)> prefill;
  std::function<void(const GeneratedToken&)> token;
  // Text that has become final: whole UTF-8 characters, no part of a stop string. Called after its token; once before
  // the first token where the template's prompt opens a thought, with the tag that does.
  std::function<void(std::string_view)> text;
};

struct GenerationResult {
  StopReason reason = StopReason::end;
  int prompt_tokens = 0;     // in the prompt, a continued reply's earlier tokens included
  int reused_tokens = 0;     // of those, found in the KV cache
  int generated_tokens = 0;  // new ones, the end token not counted
  int proposed_tokens = 0;   // by speculation
  int accepted_tokens = 0;   // of those, drawn
  double prefill_seconds = 0;
  double decode_seconds = 0;
};

// Thread guarantee: one thread at a time; only the calling thread opens parallel regions. The stop tokens may be
// triggered from any thread.
class Session {
 public:
  // Throws invalid_argument, or memory when the KV cache does not fit.
  explicit Session(std::shared_ptr<const Model> model, const SessionOptions& options = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  // Writes a reply. When the last of `messages` is the assistant's (or the prompt's last fragment is tokens after
  // others), that reply is continued: its tokens are context, its text is not sent again. The longest common prefix
  // with what the KV cache holds is reused. A stop in prefill or decode takes effect within 100 ms on a 1B model and
  // leaves the cache valid. Throws context_full when the prompt leaves no room for one token (the message says by how
  // many tokens it is too long), format when the chat template fails (line and cause), io when the model's file changed
  // under the session.
  GenerationResult generate(const Request& request, const LiveSampling& sampling,
                            const GenerationObserver& observer = {}, std::stop_token stop = {});

  // Reads ahead, so that the reply to `request` begins sooner: the part of its prompt that is likely to stay as it is
  // whatever is added to the last message. Nothing where that is read already, too long, or of a model whose prompts
  // see themselves whole. False when stopped; what was read until then stays. Throws as generate.
  bool read_ahead(const Request& request, std::stop_token stop = {});

  // Logits of every token of `tokens`, evaluated from an empty state: `row(i, logits [vocabulary])` in order. False
  // when stopped. Throws as generate, and invalid_argument for ids out of range.
  bool evaluate(std::span<const Token> tokens, const std::function<void(int, std::span<const float>)>& row,
                std::stop_token stop = {});

  // How many tokens a request's prompt has, without evaluating it.
  [[nodiscard]] int count_tokens(const Request& request) const;

  [[nodiscard]] const Model& model() const noexcept;
  [[nodiscard]] int context() const noexcept;  // tokens
  [[nodiscard]] int threads() const noexcept;  // that prefill and decode use
  [[nodiscard]] int length() const noexcept;   // tokens in the state now
  void reset();                                // forgets the state and gives its memory back

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::engine
