// Tokens known by their text: those that end a reply and those that mark turns.
#pragma once

#include <string_view>

namespace sotto::engine {

// Whether a piece with this text is a control token whatever its file calls it. Some converters write such markers as
// user-defined or normal pieces, and a person's words would then become them. `plain`: the file says that the piece is
// normal; then only texts that no language contains count ("<|im_end|>", but not "</s>").
[[nodiscard]] bool is_marker(std::string_view piece, bool plain) noexcept;

// Whether a control token with this text ends a reply.
[[nodiscard]] bool is_end_marker(std::string_view piece) noexcept;

}  // namespace sotto::engine
