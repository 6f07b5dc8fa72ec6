// sotto-cli inspect MODEL [--json]
#include <nlohmann/json.hpp>

#include "command.h"
#include "model_file.h"

namespace sotto::cli {
namespace {

struct Options {
  std::filesystem::path model;
  bool json = false;
};

nlohmann::ordered_json to_json(const engine::ModelInfo& info) {
  return {{"architecture", info.architecture},
          {"name", info.name},
          {"parameters", info.parameters},
          {"quantisation", info.quantisation},
          {"context_length", info.context_length},
          {"embedding_length", info.embedding_length},
          {"layers", info.layers},
          {"heads", info.heads},
          {"kv_heads", info.kv_heads},
          {"vocabulary", info.vocabulary},
          {"template", info.chat_template},
          {"file_bytes", info.file_bytes},
          {"memory_bytes", info.memory_bytes},
          {"supported", info.supported},
          {"reason", info.reason}};
}

// Names come from the file: control characters in them must not reach the terminal.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return text;
}

std::string to_table(const engine::ModelInfo& info) {
  const nlohmann::ordered_json json = to_json(info);
  std::string table;
  for (const auto& [key, value] : json.items()) {
    if (key == "reason") continue;
    std::string shown = value.is_string()    ? printable(value.get<std::string>())
                        : value.is_boolean() ? (value.get<bool>() ? "yes" : "no")
                                             : value.dump();
    if (key == "supported" && !info.supported) shown = printable("can't run: " + info.reason);
    if (key == "file_bytes" || key == "memory_bytes") {
      shown += " (" + readable_bytes(value.get<double>()) + ")";
    }
    table.append(key).append(18 - key.size(), ' ').append(shown).append("\n");
  }
  return table;
}

}  // namespace

Action define_inspect(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model(app, options->model);
  app.add_flag("--json", options->json, "Print JSON");
  return [options](Environment& environment) {
    const engine::ModelInfo info = engine::inspect(options->model);
    using Json = nlohmann::ordered_json;
    environment.out.print(options->json ? to_json(info).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"
                                        : to_table(info));
  };
}

}  // namespace sotto::cli
