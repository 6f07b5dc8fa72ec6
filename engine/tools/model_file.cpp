#include "model_file.h"

#include <cmath>

#include "errors.h"

namespace sotto::cli {

namespace {

// Beside the program, wherever that is.
std::filesystem::path starter_model() {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  const auto path = (program.parent_path() / SOTTO_STARTER_FROM_BIN).lexically_normal();
  if (unknown || !std::filesystem::exists(path, unknown)) {
    throw Failure("The starter model is missing at " + path.string() + "; name a GGUF file instead.");
  }
  return path;
}

}  // namespace

void add_model(CLI::App& app, std::filesystem::path& target) {
  app.add_option_function<std::string>(
         "MODEL",
         [&target](const std::string& path) {
           target = path == "starter" ? starter_model() : std::filesystem::path(path);
         },
         "The model: a GGUF file, or starter for the one that comes with Sotto")
      ->required()
      ->type_name("");
}

void add_exact(CLI::App& app, bool& target) {
  app.add_flag("--exact", target, "Compute in f32, without rounding activations to eight bits: slower");
}

std::shared_ptr<const engine::Model> load_model(const std::filesystem::path& path, Environment& environment,
                                                bool exact) {
  Status status;
  engine::LoadOptions options;
  options.exact = exact;
  options.stop = environment.interrupt.token();
  options.progress = [&](double done) {
    status.show("Loading " + path.filename().string() + " " + std::to_string(std::lround(done * 100)) + " %");
  };
  auto model = engine::Model::load(path, options);
  if (!model) throw Interrupted{};
  return model;
}

engine::Session open_session(const std::shared_ptr<const engine::Model>& model, const engine::SessionOptions& options) {
  engine::Session session(model, options);
  const int usual = model->default_context();
  if (session.context() > usual) {
    const auto cost = [&](int context) { return readable_bytes(static_cast<double>(model->kv_bytes(context))); };
    say("A context of " + std::to_string(session.context()) + " tokens takes up to " + cost(session.context()) +
        " for the KV cache; the default of " + std::to_string(usual) + " takes up to " + cost(usual) + ".");
  }
  return session;
}

}  // namespace sotto::cli
