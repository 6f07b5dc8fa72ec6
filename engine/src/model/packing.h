// A model's weights read from the disk into memory, packed where that is faster (ops/packed_layout.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>

#include "io/gguf.h"
#include "model/weights.h"

namespace sotto::engine {

struct UnmapMemory {
  std::size_t bytes = 0;
  void operator()(std::uint8_t* p) const noexcept;
};

// Memory from the system, zero at first; only what was written to takes any.
class PackedMemory {
 public:
  PackedMemory() = default;
  explicit PackedMemory(std::size_t bytes);  // throws Error memory
  [[nodiscard]] std::uint8_t* data() const noexcept { return data_.get(); }

 private:
  std::unique_ptr<std::uint8_t[], UnmapMemory> data_;
};

// Gives back the pages of `all` that reading `bytes`, a part of it, brought in: the kernel maps more than is asked for.
// They are read again where they are wanted again.
void give_back_around(std::span<const std::byte> bytes, std::span<const std::byte> all) noexcept;

// Of all tensors in the file.
[[nodiscard]] std::uint64_t tensor_bytes(const GgufFile& file) noexcept;

// What the weights take in memory, packed or not.
[[nodiscard]] std::uint64_t weight_bytes(const GgufFile& file, const Weights& weights, bool packed);

// Packs what can be packed, giving the file's pages back one matrix after the other, and touches the rest of the
// tensors, so that the first reply does not wait for the disk. `progress` as in LoadOptions. The memory is null when
// stopped; it must outlive the weights. Throws Error io where the file changes meanwhile, and Error memory.
struct ReadWeights {
  bool done = false;
  PackedMemory memory;
};
[[nodiscard]] ReadWeights read_weights(const GgufFile& file, const Weights& weights, bool pack,
                                       const std::function<void(double)>& progress, const std::stop_token& stop);

}  // namespace sotto::engine
