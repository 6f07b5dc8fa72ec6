// What a subcommand is: it defines its options on a CLI::App of its own and gives back what to do once they are parsed.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string_view>

#include "interrupt.h"
#include "output.h"

namespace sotto::cli {

struct Environment {
  Interrupt& interrupt;
  Output& out;
};

// Throws engine::Error, Failure, Interrupted or OutputClosed; returning means success.
using Action = std::function<void(Environment&)>;

struct Command {
  std::string_view name;
  std::string_view summary;
  Action (*define)(CLI::App& app);
};

[[nodiscard]] Action define_inspect(CLI::App& app);
[[nodiscard]] Action define_tokenize(CLI::App& app);
[[nodiscard]] Action define_render(CLI::App& app);
[[nodiscard]] Action define_logits(CLI::App& app);
[[nodiscard]] Action define_ask(CLI::App& app);
[[nodiscard]] Action define_chat(CLI::App& app);
[[nodiscard]] Action define_perplexity(CLI::App& app);
[[nodiscard]] Action define_bench(CLI::App& app);

}  // namespace sotto::cli
