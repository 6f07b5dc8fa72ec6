// Models in several files: "NAME-00001-of-00003.gguf" and so on, each with the keys split.no, split.count and
// split.tensors.count (llama.cpp's gguf-split).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace sotto::engine {

struct GgufPartName {
  std::filesystem::path stem;  // with the folder, without "-00001-of-00003.gguf"
  int number = 1;              // from 1
  int count = 1;

  [[nodiscard]] std::filesystem::path path(int part) const;
};

// nullopt: not such a name.
[[nodiscard]] std::optional<GgufPartName> gguf_part_name(const std::filesystem::path& path);

// A model's name by its file: without ".gguf" and the number of a part.
[[nodiscard]] std::string gguf_stem(const std::filesystem::path& path);

}  // namespace sotto::engine
