// The options of `ask` and `chat` about how a reply is written.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "sotto/engine/session.h"

namespace sotto::cli {

struct ReplyOptions {
  std::string system;
  engine::SamplingParams sampling;  // the Balanced preset where nothing else is given
  std::optional<std::uint64_t> seed;
  int max_tokens = 512;
  engine::SessionOptions session;
  std::string template_file;  // empty: the model's own template
  std::optional<bool> thinking;
  bool exact = false;

  // The parameters in force: with --greedy no penalty but the one that was given.
  [[nodiscard]] engine::SamplingParams params() const;

  bool repeat_penalty_given = false;
};

// What the options say of how messages are written, into the request. Throws Failure for a file that cannot be read,
// and where thinking is to be switched and the model's template has no switch.
void add_template(const ReplyOptions& options, const engine::Model& model, engine::Request& request);

// Adds [-n N] [--system S] [--greedy] [--temperature T] [--top-k K] [--top-p P] [--min-p M] [--repeat-penalty R]
// [--seed S] [--template FILE] [--thinking on|off] [--exact] [-t THREADS] [-c CONTEXT]. `options` must outlive the
// parsing.
void add_reply_options(CLI::App& app, ReplyOptions& options);

// Ranges, shared with the commands of `chat`.
inline constexpr float max_temperature = 10;
inline constexpr int max_top_k = 1'000'000;
inline constexpr int max_context = 1 << 24;
inline constexpr int max_threads = 1024;

// A seed that nobody chose.
[[nodiscard]] std::uint64_t random_seed();

}  // namespace sotto::cli
