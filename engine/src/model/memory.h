// How much memory this process may still take.
#pragma once

#include <cstdint>
#include <string>

namespace sotto::engine {

// Bytes available without swapping: the system's own estimate, or what the control group leaves where that is less.
// The largest number where the system does not say.
[[nodiscard]] std::uint64_t available_memory();

// "4.9 GB", "640 MB": powers of ten, as file managers show sizes.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace sotto::engine
