// Opening a model for a command: progress on a terminal, Ctrl+C, and what a large context costs.
#pragma once

#include <filesystem>
#include <memory>

#include "command.h"
#include "sotto/engine/session.h"

namespace sotto::cli {

// Adds the positional MODEL. "starter" is the model that comes with Sotto; a file of that name is ./starter.
void add_model(CLI::App& app, std::filesystem::path& target);

// Adds --exact.
void add_exact(CLI::App& app, bool& target);

// `exact` as in LoadOptions. Throws Interrupted after Ctrl+C, else as engine::Model::load.
[[nodiscard]] std::shared_ptr<const engine::Model> load_model(const std::filesystem::path& path,
                                                              Environment& environment, bool exact);

// A session; says on standard error what a context above the default costs in memory.
[[nodiscard]] engine::Session open_session(const std::shared_ptr<const engine::Model>& model,
                                           const engine::SessionOptions& options);

}  // namespace sotto::cli
