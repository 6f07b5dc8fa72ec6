// How much memory this process may still take.
#pragma once

#include <cstdint>
#include <string>

namespace sotto::engine {

// "4.9 GB", "640 MB": powers of ten, as file managers show sizes.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace sotto::engine
