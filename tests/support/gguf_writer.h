// Writes GGUF files, versions 2 and 3, for tests: well-formed ones through set and add, broken ones through the raw
// calls. Nothing is checked, on purpose.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/quantise.h"

namespace sotto::test {

// Little-endian bytes, one value behind the other.
class Bytes {
 public:
  template <typename T>
  Bytes& put(T value) {
    static_assert(std::is_arithmetic_v<T>);
    data_.append(reinterpret_cast<const char*>(&value), sizeof(T));
    return *this;
  }
  // A GGUF string: 64-bit length, then the characters.
  Bytes& put_string(std::string_view text) {
    put(std::uint64_t{text.size()});
    return put_raw(text);
  }
  Bytes& put_raw(std::string_view bytes) {
    data_ += bytes;
    return *this;
  }
  [[nodiscard]] const std::string& data() const { return data_; }

 private:
  std::string data_;
};

class GgufWriter {
 public:
  explicit GgufWriter(std::uint32_t version = 3) : version_(version) {}

  // A key that is there already gets the new value, in its old place. Chainable.
  GgufWriter& set(const std::string& key, std::uint8_t value) { return scalar(key, 0, value); }
  GgufWriter& set(const std::string& key, std::int8_t value) { return scalar(key, 1, value); }
  GgufWriter& set(const std::string& key, std::uint16_t value) { return scalar(key, 2, value); }
  GgufWriter& set(const std::string& key, std::int16_t value) { return scalar(key, 3, value); }
  GgufWriter& set(const std::string& key, std::uint32_t value) { return scalar(key, 4, value); }
  GgufWriter& set(const std::string& key, std::int32_t value) { return scalar(key, 5, value); }
  GgufWriter& set(const std::string& key, float value) { return scalar(key, 6, value); }
  GgufWriter& set(const std::string& key, bool value) { return scalar(key, 7, value); }
  GgufWriter& set(const std::string& key, std::string_view value);
  GgufWriter& set(const std::string& key, const char* value) { return set(key, std::string_view(value)); }
  GgufWriter& set(const std::string& key, std::uint64_t value) { return scalar(key, 10, value); }
  GgufWriter& set(const std::string& key, std::int64_t value) { return scalar(key, 11, value); }
  GgufWriter& set(const std::string& key, double value) { return scalar(key, 12, value); }
  GgufWriter& set(const std::string& key, std::span<const std::string> values);
  GgufWriter& set(const std::string& key, std::span<const std::int32_t> values);
  GgufWriter& set(const std::string& key, std::span<const float> values);
  // Any type number with any bytes behind it.
  GgufWriter& set_raw(const std::string& key, std::uint32_t type, std::string bytes);
  // As set_raw, even where the key is there already.
  GgufWriter& add_raw(const std::string& key, std::uint32_t type, std::string bytes);
  GgufWriter& remove(const std::string& key);

  // dims as GGUF has them: dims[0] runs fastest, so a matrix [rows, columns] is {columns, rows}. A tensor of that name
  // that is there already is replaced.
  GgufWriter& add(const std::string& name, std::vector<std::uint64_t> dims, std::span<const float> values,
                  WeightType type = WeightType::f32);
  // offset: what the file is to claim, relative to the data; without one the data go behind the last tensor's.
  GgufWriter& add_raw_tensor(const std::string& name, std::vector<std::uint64_t> dims, std::uint32_t type,
                             std::string bytes, std::optional<std::uint64_t> offset = std::nullopt);
  GgufWriter& remove_tensor(const std::string& name);

  // What general.alignment is, if it is set as the key of this name too; 32 otherwise.
  GgufWriter& align(std::uint32_t alignment);

  [[nodiscard]] std::string bytes() const;
  // Throws std::runtime_error when the file cannot be written.
  void write(const std::filesystem::path& path) const;

 private:
  struct Key {
    std::string name;
    std::uint32_t type = 0;
    std::string bytes;
  };
  struct Tensor {
    std::string name;
    std::vector<std::uint64_t> dims;
    std::uint32_t type = 0;
    std::string bytes;
    std::optional<std::uint64_t> offset;
  };

  template <typename T>
  GgufWriter& scalar(const std::string& key, std::uint32_t type, T value) {
    return set_raw(key, type, Bytes().put(value).data());
  }

  std::uint32_t version_;
  std::uint32_t alignment_ = 32;
  std::vector<Key> keys_;
  std::vector<Tensor> tensors_;
};

// Throws std::runtime_error when the file cannot be written.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace sotto::test
