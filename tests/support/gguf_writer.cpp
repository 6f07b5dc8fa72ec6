#include "support/gguf_writer.h"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace sotto::test {
namespace {

constexpr std::uint32_t kString = 8;
constexpr std::uint32_t kArray = 9;

template <typename T>
std::string array_bytes(std::uint32_t element_type, std::span<const T> values) {
  Bytes bytes;
  bytes.put(element_type).put(std::uint64_t{values.size()});
  for (const T& value : values) {
    if constexpr (std::is_same_v<T, std::string>) {
      bytes.put_string(value);
    } else {
      bytes.put(value);
    }
  }
  return bytes.data();
}

std::uint64_t padding(std::uint64_t size, std::uint32_t alignment) {
  return alignment == 0 ? 0 : (alignment - size % alignment) % alignment;
}

}  // namespace

GgufWriter& GgufWriter::set(const std::string& key, std::string_view value) {
  return set_raw(key, kString, Bytes().put_string(value).data());
}

GgufWriter& GgufWriter::set(const std::string& key, std::span<const std::string> values) {
  return set_raw(key, kArray, array_bytes(kString, values));
}

GgufWriter& GgufWriter::set(const std::string& key, std::span<const std::int32_t> values) {
  return set_raw(key, kArray, array_bytes(5, values));
}

GgufWriter& GgufWriter::set(const std::string& key, std::span<const float> values) {
  return set_raw(key, kArray, array_bytes(6, values));
}

GgufWriter& GgufWriter::set_raw(const std::string& key, std::uint32_t type, std::string bytes) {
  const auto found = std::ranges::find(keys_, key, &Key::name);
  if (found == keys_.end()) return add_raw(key, type, std::move(bytes));
  found->type = type;
  found->bytes = std::move(bytes);
  return *this;
}

GgufWriter& GgufWriter::add_raw(const std::string& key, std::uint32_t type, std::string bytes) {
  keys_.push_back({key, type, std::move(bytes)});
  return *this;
}

GgufWriter& GgufWriter::remove(const std::string& key) {
  std::erase_if(keys_, [&](const Key& candidate) { return candidate.name == key; });
  return *this;
}

GgufWriter& GgufWriter::add(const std::string& name, std::vector<std::uint64_t> dims, std::span<const float> values,
                            WeightType type) {
  Tensor tensor{name, std::move(dims), static_cast<std::uint32_t>(type), quantise(type, values), std::nullopt};
  const auto found = std::ranges::find(tensors_, name, &Tensor::name);
  if (found == tensors_.end()) {
    tensors_.push_back(std::move(tensor));
  } else {
    *found = std::move(tensor);
  }
  return *this;
}

GgufWriter& GgufWriter::add_raw_tensor(const std::string& name, std::vector<std::uint64_t> dims, std::uint32_t type,
                                       std::string bytes, std::optional<std::uint64_t> offset) {
  tensors_.push_back({name, std::move(dims), type, std::move(bytes), offset});
  return *this;
}

GgufWriter& GgufWriter::remove_tensor(const std::string& name) {
  std::erase_if(tensors_, [&](const Tensor& candidate) { return candidate.name == name; });
  return *this;
}

GgufWriter& GgufWriter::align(std::uint32_t alignment) {
  alignment_ = alignment;
  return set("general.alignment", alignment);
}

std::string GgufWriter::bytes() const {
  Bytes head;
  head.put_raw("GGUF").put(version_).put(std::uint64_t{tensors_.size()}).put(std::uint64_t{keys_.size()});
  for (const Key& key : keys_) head.put_string(key.name).put(key.type).put_raw(key.bytes);
  std::uint64_t offset = 0;
  for (const Tensor& tensor : tensors_) {
    head.put_string(tensor.name).put(static_cast<std::uint32_t>(tensor.dims.size()));
    for (const std::uint64_t dim : tensor.dims) head.put(dim);
    head.put(tensor.type).put(tensor.offset.value_or(offset));
    offset += tensor.bytes.size() + padding(tensor.bytes.size(), alignment_);
  }
  std::string result = head.data();
  if (tensors_.empty()) return result;
  result.append(padding(result.size(), alignment_), '\0');
  result.reserve(result.size() + offset);
  for (const Tensor& tensor : tensors_) {
    result += tensor.bytes;
    result.append(padding(tensor.bytes.size(), alignment_), '\0');
  }
  return result;
}

void GgufWriter::write(const std::filesystem::path& path) const { write_file(path, bytes()); }

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw std::runtime_error(path.string() + ": cannot be written");
}

}  // namespace sotto::test
