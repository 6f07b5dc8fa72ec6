// The printable characters by which byte-level BPE writes bytes (Radford et al. 2019): printable Latin-1 bytes are
// themselves, the others are U+0100 and on, in order.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace sotto::engine {

// The character for each byte.
[[nodiscard]] const std::array<char32_t, 256>& byte_alphabet() noexcept;

// The bytes that a piece writes; nullopt when a character of it is not of the alphabet.
[[nodiscard]] std::optional<std::string> alphabet_to_bytes(std::string_view piece);

}  // namespace sotto::engine
