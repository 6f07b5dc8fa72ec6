// English for measurements, made on the spot: a hundred thousand different words of common syllables, in sentences, the
// frequent ones as frequent as in print (Zipf 1935), so that neither a cache of words nor a lack of one decides.
#pragma once

#include <cstddef>
#include <string>

namespace sotto::test {

// The same text at every call; at least `bytes` long.
[[nodiscard]] std::string english(std::size_t bytes);

}  // namespace sotto::test
