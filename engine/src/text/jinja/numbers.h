// Numbers as Python reads them: underscores between digits, prefixes, 64 bits at most.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sotto::engine::jinja {

// int(text, base) with base 2 to 36; 0: as its prefix says. None: it is no number. Throws TemplateError where Python's
// number has more than 64 bits.
[[nodiscard]] std::optional<std::int64_t> read_whole(std::string_view text, std::int64_t base);
// float(text).
[[nodiscard]] std::optional<double> read_real(std::string_view text);

}  // namespace sotto::engine::jinja
