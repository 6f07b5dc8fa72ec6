// The structure of a GGUF file: one walk over header, keys and tensors that checks everything and copies only names.
// Values stay in the file; a GgufValue says where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/gguf.h"
#include "sotto/engine/error.h"

namespace sotto::engine {

// GGUF's numbers.
enum class GgufType : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64
};

[[nodiscard]] std::string_view type_name(GgufType type) noexcept;
// Bytes of one value of a type of fixed size, 0 for strings and arrays.
[[nodiscard]] std::size_t type_bytes(GgufType type) noexcept;

struct GgufValue {
  GgufType type = GgufType::u8;  // of an array: of its elements
  bool array = false;
  std::uint64_t count = 1;   // elements of an array
  std::uint64_t offset = 0;  // in the file: of the value, the first element, or a string's first character
  std::uint64_t bytes = 0;   // of the value: all elements of an array, a string's characters
};

struct GgufStructure {
  std::map<std::string, GgufValue, std::less<>> values;
  std::vector<GgufTensor> tensors;             // as in the file
  std::vector<std::uint32_t> tensors_by_name;  // indices into `tensors`, sorted by name
};

// Reads little-endian values at a moving offset, never past the end: a read that would throws Error format.
class GgufCursor {
 public:
  GgufCursor(std::span<const std::byte> bytes, std::string file, std::uint64_t offset = 0)
      : bytes_(bytes), file_(std::move(file)), offset_(offset) {}

  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::uint64_t left() const noexcept { return bytes_.size() - offset_; }

  // what: for the message, as "the length of a key".
  template <typename T>
  T read(std::string_view what) {
    need(sizeof(T), what);
    T value;
    std::memcpy(&value, bytes_.data() + offset_, sizeof(T));
    offset_ += sizeof(T);
    return value;
  }
  // A string's characters, still in the file.
  std::string_view read_string(std::string_view what);
  void skip(std::uint64_t bytes, std::string_view what) {
    need(bytes, what);
    offset_ += bytes;
  }

  // `problem` in a sentence that names the file and the offset.
  [[noreturn]] void fail(const std::string& problem, std::uint64_t offset, std::string where = {}) const;
  [[noreturn]] void fail(const std::string& problem) const { fail(problem, offset_); }

 private:
  void need(std::uint64_t bytes, std::string_view what) const;

  std::span<const std::byte> bytes_;
  std::string file_;
  std::uint64_t offset_ = 0;
};

// file: its name, for messages. Throws Error format. The tensors' data point into `bytes`.
[[nodiscard]] GgufStructure read_gguf_structure(std::span<const std::byte> bytes, const std::string& file);

}  // namespace sotto::engine
