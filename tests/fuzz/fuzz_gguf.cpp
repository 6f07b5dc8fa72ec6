// Any bytes as a GGUF file: the walk over its structure, every value asked for in every way, every tensor dequantised.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fuzz/memory_file.h"
#include "io/gguf.h"
#include "io/gguf_reader.h"
#include "sotto/engine/error.h"

using namespace sotto::engine;

namespace {

// Refusing is fine, everything else is not.
template <typename Call>
void attempt(Call call) {
  try {
    call();
  } catch (const Error&) {
  }
}

void read_value(const GgufFile& file, const std::string& key) {
  attempt([&] { (void)file.string(key); });
  attempt([&] { (void)file.unsigned_integer(key); });
  attempt([&] { (void)file.integer(key); });
  attempt([&] { (void)file.number(key); });
  attempt([&] { (void)file.boolean(key); });
  attempt([&] { (void)file.strings(key); });
  attempt([&] { (void)file.integers(key); });
  attempt([&] { (void)file.numbers(key); });
}

void read_tensor(const GgufTensor& tensor) {
  const TensorTypeTraits& type = traits(tensor.type);
  if (type.dequantise == nullptr || tensor.bytes == 0) return;
  const std::size_t blocks = std::min<std::uint64_t>(tensor.bytes / type.block_bytes, 64);
  std::vector<float> values(blocks * type.block_size);
  type.dequantise(tensor.data, values.data(), blocks);
  type.dequantise(tensor.data + tensor.bytes - type.block_bytes, values.data(), 1);  // the last block
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  GgufStructure structure;
  // A copy of its own, so that AddressSanitizer sees a read behind the end.
  const std::vector<std::byte> bytes(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  try {
    structure = read_gguf_structure(bytes, "input");
  } catch (const Error&) {
    return 0;
  }
  std::ranges::for_each(structure.tensors, read_tensor);
  const sotto::test::MemoryFile memory(data, size);
  const auto file = GgufFile::open(memory.path());
  for (const auto& [key, value] : structure.values) read_value(*file, key);
  for (const GgufTensor& tensor : structure.tensors) {
    if (file->tensor(tensor.name) == nullptr) __builtin_trap();
  }
  return 0;
}
