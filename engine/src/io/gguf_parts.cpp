#include "io/gguf_parts.h"

#include <cstdio>
#include <regex>

namespace sotto::engine {

std::filesystem::path GgufPartName::path(int part) const {
  char end[32];
  (void)std::snprintf(end, sizeof end, "-%05d-of-%05d.gguf", part, count);
  std::filesystem::path result = stem;
  return result += end;
}

std::optional<GgufPartName> gguf_part_name(const std::filesystem::path& path) {
  static const std::regex pattern("-([0-9]{5})-of-([0-9]{5})\\.gguf$");
  const std::string name = path.filename().native();
  constexpr std::size_t longest = 20;  // characters of what is looked for
  if (name.size() < longest) return std::nullopt;
  std::smatch match;
  const std::string end = name.substr(name.size() - longest);
  if (!std::regex_match(end, match, pattern)) return std::nullopt;
  GgufPartName result;
  result.stem = path.parent_path() / name.substr(0, name.size() - longest);
  result.number = std::stoi(match[1]);
  result.count = std::stoi(match[2]);
  return result;
}

std::string gguf_stem(const std::filesystem::path& path) {
  const auto part = gguf_part_name(path);
  return part && !part->stem.filename().empty() ? part->stem.filename().string() : path.stem().string();
}

}  // namespace sotto::engine
