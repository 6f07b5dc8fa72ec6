// GGUF files, versions 2 and 3, little-endian (format: ggml's docs/gguf.md). Everything in the file is distrusted:
// every count, length, offset, sum and product is checked against the file's size before it is used.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/mapped_file.h"
#include "ops/tensor_type.h"
#include "sotto/engine/error.h"

namespace sotto::engine {

struct GgufTensor {
  std::string name;
  TensorType type = TensorType::f32;
  std::array<std::uint64_t, 4> dims{1, 1, 1, 1};  // dims[0] runs fastest: a matrix [rows, columns] is {columns, rows}
  int dim_count = 0;
  std::uint64_t offset = 0;  // of the first byte in the file
  std::uint64_t bytes = 0;
  const std::byte* data = nullptr;  // into the mapping, at any address: a file may set its alignment to 1

  [[nodiscard]] std::uint64_t elements() const noexcept { return dims[0] * dims[1] * dims[2] * dims[3]; }
};

// Thread guarantee: immutable after open. Owns the mappings that the tensors point into.
class GgufFile {
 public:
  // Any part of a model that is split (gguf_parts.h) opens all of them; the keys are the first part's. Throws Error io
  // or format; the message names the file, the key or tensor, and the offset where that helps, or the part that is
  // missing.
  [[nodiscard]] static std::shared_ptr<const GgufFile> open(const std::filesystem::path& path);
  ~GgufFile();

  [[nodiscard]] const std::filesystem::path& path() const noexcept;  // as it was opened
  [[nodiscard]] std::uint64_t file_bytes() const noexcept;           // of all parts
  [[nodiscard]] const MappedFile& file() const noexcept;             // the first part
  // MappedFile::check_unchanged of all parts.
  void check_unchanged(bool look = false) const;

  [[nodiscard]] bool has(std::string_view key) const noexcept;
  // nullopt where the key is missing; Error format (naming the key) where it has another type or is out of range.
  [[nodiscard]] std::optional<std::string> string(std::string_view key) const;
  [[nodiscard]] std::optional<std::uint64_t> unsigned_integer(
      std::string_view key) const;                                                // any integer type, not negative
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key) const;  // any integer type
  [[nodiscard]] std::optional<double> number(std::string_view key) const;         // any number; finite
  [[nodiscard]] std::optional<bool> boolean(std::string_view key) const;
  [[nodiscard]] std::optional<std::vector<std::string>> strings(std::string_view key) const;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::string_view key) const;  // an array of integers
  [[nodiscard]] std::optional<std::vector<double>> numbers(std::string_view key) const;         // an array of numbers
  [[nodiscard]] bool is_array(std::string_view key) const noexcept;

  // The same error with the offset of the key's value or the tensor's data that it names, as errors of open have it;
  // the error itself where the file has nothing of that name, or a key that is right but not supported.
  [[nodiscard]] Error at_its_place(const Error& error) const;

  [[nodiscard]] std::span<const GgufTensor> tensors() const noexcept;
  [[nodiscard]] const GgufTensor* tensor(std::string_view name) const noexcept;  // null: no such tensor

 private:
  struct Impl;
  explicit GgufFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::engine
