// Base64 (RFC 4648), as tokenizer.json holds binary tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sotto::engine {

// nullopt: it is none.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> decode_base64(std::string_view text);

}  // namespace sotto::engine
