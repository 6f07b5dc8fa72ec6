// Foreign text in our messages: names in files may hold anything.
#pragma once

#include <string>
#include <string_view>

namespace sotto::engine {

// `text` with control characters, quotes, backslashes and bytes that are not UTF-8 as \xNN, cut at about 120 bytes on a
// character boundary ("..." shows the cut).
[[nodiscard]] std::string printable(std::string_view text);
// The same between double quotes.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace sotto::engine
