// NumPy's .npy files of little-endian float32 in C order (format: numpy.lib.format, versions 1 to 3).
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace sotto::test {

struct Npy {
  std::vector<std::size_t> shape;
  std::vector<float> values;  // [shape...], the last dimension runs fastest
};

// Throws std::runtime_error naming the file and what is wrong with it.
[[nodiscard]] Npy read_npy(const std::filesystem::path& path);

}  // namespace sotto::test
