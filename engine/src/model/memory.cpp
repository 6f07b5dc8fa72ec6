#include "model/memory.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

#include "model/parts.h"
#include "sotto/engine/error.h"
#include "sotto/engine/machine.h"

namespace sotto::engine {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// The number after `key` in a file of "key number" lines.
std::optional<std::uint64_t> field(const std::string& path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t value = 0;
    if (words >> name >> value && name == key) return value;
  }
  return std::nullopt;
}

// What the control group (version 2) and those around it still allow; their page cache can be given back, so only
// anonymous memory counts.
std::uint64_t control_group_rest() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::")) continue;
    std::uint64_t rest = kUnlimited;
    for (std::string group = line.substr(3);; group.resize(group.rfind('/'))) {
      const std::string folder = "/sys/fs/cgroup" + group;
      std::uint64_t limit = 0;
      if (std::ifstream(folder + "/memory.max") >> limit) {  // a number, not "max"
        const std::uint64_t used = field(folder + "/memory.stat", "anon").value_or(0);
        rest = std::min(rest, limit > used ? limit - used : 0);
      }
      if (group.find('/') == std::string::npos) return rest;
    }
  }
  return kUnlimited;
}

}  // namespace

std::uint64_t available_memory() {
  const auto kilobytes = field("/proc/meminfo", "MemAvailable:");
  return std::min(kilobytes ? *kilobytes * 1024 : kUnlimited, control_group_rest());
}

std::string size_text(std::uint64_t bytes) {
  char text[32];
  if (bytes >= 1'000'000'000) {
    std::snprintf(text, sizeof text, "%.1f GB", static_cast<double>(bytes) / 1e9);
  } else {
    std::snprintf(text, sizeof text, "%.0f MB", std::max(1.0, static_cast<double>(bytes) / 1e6));
  }
  return text;
}

void require_memory(std::uint64_t needed, std::uint64_t limit, const std::string& what) {
  const std::uint64_t available = limit != 0 ? limit : available_memory();
  if (needed <= available) return;
  throw Error(ErrorCode::memory, what + " needs " + size_text(needed) + " of memory and " + size_text(available) +
                                     " are available; close other programs or choose a smaller model or context");
}

}  // namespace sotto::engine
