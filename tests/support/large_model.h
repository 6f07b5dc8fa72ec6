// Files in the shape of a real 1B model, for tests of time and memory. All weights are zero and the file is sparse, so
// it costs next to nothing to write; computing with it takes as long as with any other weights.
#pragma once

#include <cstdint>
#include <filesystem>

namespace sotto::test {

// Llama 3.2 1B's, but for the number of layers, which neither the longest step nor the parts of memory depend on.
struct LargeShape {
  std::uint32_t layers = 4;
  std::uint32_t embedding = 2048;
  std::uint32_t heads = 32;
  std::uint32_t kv_heads = 8;
  std::uint32_t ffn = 8192;
  std::uint32_t vocabulary = 128256;  // byte-level BPE, with 280,000 merges
  std::uint32_t merges = 280000;
  std::uint32_t context = 8192;
  bool quantised = true;  // Q4_K with the embedding in Q6_K; otherwise all matrices are F16
};

// Throws std::runtime_error when the file cannot be written.
void write_large_model(const std::filesystem::path& path, const LargeShape& shape = {});

}  // namespace sotto::test
