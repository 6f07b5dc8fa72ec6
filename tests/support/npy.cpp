#include "support/npy.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <string>

namespace sotto::test {

Npy read_npy(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + ": cannot be opened");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < 12 || bytes.compare(0, 6, "\x93NUMPY") != 0) {
    throw std::runtime_error(path.string() + ": not an .npy file");
  }
  const bool long_header = bytes[6] > 1;
  std::uint32_t length = 0;
  std::memcpy(&length, bytes.data() + 8, long_header ? 4 : 2);
  const std::size_t start = (long_header ? 12U : 10U) + std::size_t{length};
  if (bytes.size() < start) throw std::runtime_error(path.string() + ": ends within its header");
  const std::string header = bytes.substr(0, start);

  if (header.find("'<f4'") == std::string::npos || header.find("'fortran_order': False") == std::string::npos) {
    throw std::runtime_error(path.string() + ": not little-endian float32 in C order");
  }
  std::smatch shape;
  if (!std::regex_search(header, shape, std::regex(R"('shape':\s*\(([0-9, ]*)\))"))) {
    throw std::runtime_error(path.string() + ": has no shape");
  }
  Npy result;
  std::size_t elements = 1;
  const std::string list = shape[1];
  const std::regex number("[0-9]+");
  for (std::sregex_iterator it(list.begin(), list.end(), number), end; it != end; ++it) {
    result.shape.push_back(std::stoul(it->str()));
    elements *= result.shape.back();
  }
  if (bytes.size() - start != elements * sizeof(float)) {
    throw std::runtime_error(path.string() + ": its data do not match its shape");
  }
  result.values.resize(elements);
  std::memcpy(result.values.data(), bytes.data() + start, bytes.size() - start);
  return result;
}

}  // namespace sotto::test
