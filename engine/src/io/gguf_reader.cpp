#include "io/gguf_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <optional>

#include "io/printable.h"

namespace sotto::engine {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF's values are read as they lie in memory");

constexpr std::uint32_t kMagic = 0x46554747;  // "GGUF"
constexpr std::uint64_t kLongestKey = 65535;
constexpr std::uint64_t kLongestTensorName = 63;
constexpr std::uint32_t kMostDimensions = 4;
constexpr std::uint32_t kDefaultAlignment = 32;
constexpr std::uint32_t kLargestAlignment = 1U << 30U;
// Real files have a few dozen keys and at most some ten thousand tensors; a bound keeps what the names cost in memory
// small whatever the size of the file.
constexpr std::uint64_t kMostEntries = 1U << 20U;
constexpr std::uint64_t kSmallestKey = 8 + 1 + 4 + 1;        // length, one character, type, one byte of value
constexpr std::uint64_t kSmallestTensor = 8 + 4 + 4 + 8;     // length of the name, dimensions, type, offset
constexpr std::uint64_t kSizeLimit = 0x7FFFFFFFFFFFFFFFULL;  // so that sizes fit a signed 64-bit number too

struct Type {
  std::string_view name;
  std::size_t bytes;
};
constexpr std::array<Type, 13> kTypes = {{{"u8", 1},
                                          {"i8", 1},
                                          {"u16", 2},
                                          {"i16", 2},
                                          {"u32", 4},
                                          {"i32", 4},
                                          {"f32", 4},
                                          {"bool", 1},
                                          {"string", 0},
                                          {"array", 0},
                                          {"u64", 8},
                                          {"i64", 8},
                                          {"f64", 8}}};

// a * b, nullopt when it leaves kSizeLimit.
std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result) || result > kSizeLimit) return std::nullopt;
  return result;
}

class Reader {
 public:
  Reader(std::span<const std::byte> bytes, const std::string& file) : bytes_(bytes), cursor_(bytes, file) {}

  GgufStructure read() {
    read_header();
    for (std::uint64_t i = 0; i < key_count_; ++i) read_key();
    find_alignment();
    for (std::uint64_t i = 0; i < tensor_count_; ++i) read_tensor();
    place_tensors();
    sort_names();
    refuse_overlaps();
    return std::move(result_);
  }

 private:
  void read_header();
  void read_key();
  GgufValue read_value(const std::string& key);
  void read_array(const std::string& key, GgufValue& value);
  GgufType read_type(const std::string& key);
  void find_alignment();
  void read_tensor();
  void read_dimensions(GgufTensor& tensor);
  void set_size(GgufTensor& tensor, std::uint64_t at);
  void place_tensors();
  void sort_names();
  void refuse_overlaps() const;
  [[noreturn]] void fail_at_key(const std::string& key, const std::string& problem) const {
    cursor_.fail("the key " + in_quotes(key) + " " + problem, cursor_.offset(), key);
  }
  [[noreturn]] void fail_at_tensor(const GgufTensor& tensor, const std::string& problem, std::uint64_t at) const {
    cursor_.fail("the tensor " + in_quotes(tensor.name) + " " + problem, at, tensor.name);
  }

  std::span<const std::byte> bytes_;
  GgufCursor cursor_;
  std::uint64_t tensor_count_ = 0;
  std::uint64_t key_count_ = 0;
  std::uint32_t alignment_ = kDefaultAlignment;
  GgufStructure result_;
};

void Reader::read_header() {
  if (bytes_.empty()) cursor_.fail("it is empty");
  if (bytes_.size() < sizeof(std::uint32_t) || cursor_.read<std::uint32_t>("the magic") != kMagic) {
    cursor_.fail("it does not begin with the letters GGUF", 0);
  }
  const auto version = cursor_.read<std::uint32_t>("the version");
  if (version != 0 && (version & 0xFFFFU) == 0) cursor_.fail("it was written for big-endian machines", 4);
  if (version < 2) {
    cursor_.fail("its GGUF version is " + std::to_string(version) + ", which is too old; versions 2 and 3 can be read",
                 4);
  }
  if (version > 3) {
    cursor_.fail("its GGUF version is " + std::to_string(version) + ", which is too new; versions 2 and 3 can be read",
                 4);
  }
  tensor_count_ = cursor_.read<std::uint64_t>("the number of tensors");
  key_count_ = cursor_.read<std::uint64_t>("the number of keys");
  const auto check = [&](std::uint64_t count, std::uint64_t smallest, const std::string& what, std::uint64_t at) {
    if (count > cursor_.left() / smallest || count > kMostEntries) {
      cursor_.fail("it claims " + std::to_string(count) + " " + what + ", more than it can hold", at);
    }
  };
  check(tensor_count_, kSmallestTensor, "tensors", 8);
  check(key_count_, kSmallestKey, "keys", 16);
}

void Reader::read_key() {
  const std::uint64_t at = cursor_.offset();
  const std::string_view key = cursor_.read_string("a key");
  if (key.empty()) cursor_.fail("a key is empty", at);
  if (key.size() > kLongestKey) cursor_.fail("a key has more than 65535 bytes", at);
  const auto [place, added] = result_.values.try_emplace(std::string(key));
  if (!added) cursor_.fail("the key " + in_quotes(key) + " occurs twice", at, place->first);
  place->second = read_value(place->first);
}

GgufType Reader::read_type(const std::string& key) {
  const auto number = cursor_.read<std::uint32_t>("the type of the key " + in_quotes(key));
  if (number >= kTypes.size()) fail_at_key(key, "has the unknown type " + std::to_string(number));
  return static_cast<GgufType>(number);
}

GgufValue Reader::read_value(const std::string& key) {
  GgufValue value;
  value.type = read_type(key);
  const std::string what = "the value of the key " + in_quotes(key);
  if (value.type == GgufType::array) {
    read_array(key, value);
  } else if (value.type == GgufType::string) {
    const std::string_view text = cursor_.read_string(what);
    value.bytes = text.size();
    value.offset = cursor_.offset() - text.size();
  } else {
    value.bytes = type_bytes(value.type);
    value.offset = cursor_.offset();
    cursor_.skip(value.bytes, what);
    if (value.type == GgufType::boolean && std::to_integer<unsigned>(bytes_[value.offset]) > 1) {
      fail_at_key(key, "is neither true nor false");
    }
  }
  return value;
}

void Reader::read_array(const std::string& key, GgufValue& value) {
  value.array = true;
  value.type = read_type(key);
  if (value.type == GgufType::array) fail_at_key(key, "is an array of arrays, which this program does not read");
  const std::string what = "the array of the key " + in_quotes(key);
  value.count = cursor_.read<std::uint64_t>(what);
  value.offset = cursor_.offset();
  const bool strings = value.type == GgufType::string;
  const std::size_t smallest = strings ? sizeof(std::uint64_t) : type_bytes(value.type);
  if (value.count > cursor_.left() / smallest) {
    fail_at_key(key, "claims " + std::to_string(value.count) + " elements, more than the file holds");
  }
  if (strings) {
    for (std::uint64_t i = 0; i < value.count; ++i) cursor_.read_string(what);
  } else {
    cursor_.skip(value.count * smallest, what);
  }
  value.bytes = cursor_.offset() - value.offset;
}

void Reader::find_alignment() {
  const std::string key = "general.alignment";
  const auto found = result_.values.find(key);
  if (found == result_.values.end()) return;
  const GgufValue& value = found->second;
  if (value.array || value.type != GgufType::u32) {
    cursor_.fail("the key \"" + key + "\" is not an unsigned 32-bit number", value.offset, key);
  }
  std::memcpy(&alignment_, bytes_.data() + value.offset, sizeof(alignment_));
  if (!std::has_single_bit(alignment_) || alignment_ > kLargestAlignment) {
    cursor_.fail("the alignment " + std::to_string(alignment_) + " is not a power of two up to 2^30", value.offset,
                 key);
  }
}

void Reader::read_tensor() {
  const std::uint64_t at = cursor_.offset();
  GgufTensor tensor;
  const std::string_view name = cursor_.read_string("a tensor's name");
  if (name.size() > kLongestTensorName)
    cursor_.fail("the tensor name " + in_quotes(name) + " has 64 bytes or more", at);
  tensor.name = name;
  read_dimensions(tensor);
  const auto number = cursor_.read<std::uint32_t>("the type of the tensor " + in_quotes(name));
  if (tensor_type_traits(number) == nullptr) {
    fail_at_tensor(tensor, "has the unknown type " + std::to_string(number), at);
  }
  tensor.type = static_cast<TensorType>(number);
  set_size(tensor, at);
  tensor.offset = cursor_.read<std::uint64_t>("the offset of the tensor " + in_quotes(name));
  if (tensor.offset % alignment_ != 0) {
    fail_at_tensor(
        tensor,
        "lies at " + std::to_string(tensor.offset) + ", not a multiple of the alignment " + std::to_string(alignment_),
        at);
  }
  result_.tensors.push_back(std::move(tensor));
}

void Reader::read_dimensions(GgufTensor& tensor) {
  const std::uint64_t at = cursor_.offset();
  const std::string what = "the dimensions of the tensor " + in_quotes(tensor.name);
  const auto count = cursor_.read<std::uint32_t>(what);
  if (count > kMostDimensions) {
    fail_at_tensor(tensor, "has " + std::to_string(count) + " dimensions, more than 4", at);
  }
  tensor.dim_count = static_cast<int>(count);
  // Dimensions of 0 count as 1 here, so that no product of some of the dimensions can overflow either.
  std::optional<std::uint64_t> elements = 1;
  for (std::uint32_t i = 0; i < count; ++i) {
    tensor.dims[i] = cursor_.read<std::uint64_t>(what);
    if (tensor.dims[i] > kSizeLimit) fail_at_tensor(tensor, "has a negative dimension", at);
    elements = product(*elements, std::max<std::uint64_t>(tensor.dims[i], 1));
    if (!elements) fail_at_tensor(tensor, "has more elements than can be counted", at);
  }
}

void Reader::set_size(GgufTensor& tensor, std::uint64_t at) {
  const TensorTypeTraits& type = traits(tensor.type);
  if (tensor.dims[0] % type.block_size != 0) {
    fail_at_tensor(tensor,
                   "has rows of " + std::to_string(tensor.dims[0]) + " elements, not a multiple of the " +
                       std::to_string(type.block_size) + " in a block of " + std::string(type.name),
                   at);
  }
  const auto bytes = product(tensor.elements() / type.block_size, type.block_bytes);
  if (!bytes) fail_at_tensor(tensor, "has more bytes than can be counted", at);
  tensor.bytes = *bytes;
}

// From offsets in the data section to offsets in the file.
void Reader::place_tensors() {
  const std::uint64_t start = (cursor_.offset() + alignment_ - 1) / alignment_ * alignment_;
  const std::uint64_t available = bytes_.size() > start ? bytes_.size() - start : 0;
  for (GgufTensor& tensor : result_.tensors) {
    if (tensor.offset > available || tensor.bytes > available - tensor.offset) {
      fail_at_tensor(tensor,
                     "needs " + std::to_string(tensor.bytes) + " bytes at " + std::to_string(tensor.offset) +
                         " of the data, which has only " + std::to_string(available),
                     start);
    }
    tensor.offset += start;
    // An empty tensor may stand behind the last byte of a file that is not padded.
    tensor.data = bytes_.data() + std::min<std::uint64_t>(tensor.offset, bytes_.size());
  }
}

void Reader::sort_names() {
  auto& order = result_.tensors_by_name;
  const auto name = [&](std::uint32_t i) -> const std::string& { return result_.tensors[i].name; };
  order.resize(result_.tensors.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, name);
  const auto twice = std::ranges::adjacent_find(order, {}, name);
  if (twice != order.end()) {
    const GgufTensor& tensor = result_.tensors[*twice];
    fail_at_tensor(tensor, "occurs twice", tensor.offset);
  }
}

void Reader::refuse_overlaps() const {
  std::vector<const GgufTensor*> order;
  for (const GgufTensor& tensor : result_.tensors) {
    if (tensor.bytes > 0) order.push_back(&tensor);
  }
  std::ranges::sort(order, {}, &GgufTensor::offset);
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (order[i]->offset < order[i - 1]->offset + order[i - 1]->bytes) {
      fail_at_tensor(*order[i], "overlaps the tensor " + in_quotes(order[i - 1]->name), order[i]->offset);
    }
  }
}

}  // namespace

std::string_view type_name(GgufType type) noexcept { return kTypes[static_cast<std::size_t>(type)].name; }

std::size_t type_bytes(GgufType type) noexcept { return kTypes[static_cast<std::size_t>(type)].bytes; }

void GgufCursor::need(std::uint64_t bytes, std::string_view what) const {
  if (bytes > left()) fail("it ends within " + std::string(what));
}

std::string_view GgufCursor::read_string(std::string_view what) {
  const auto length = read<std::uint64_t>(what);
  need(length, what);
  // char may look at any object's bytes
  const auto* const characters = reinterpret_cast<const char*>(bytes_.data() + offset_);
  offset_ += length;
  return {characters, static_cast<std::size_t>(length)};
}

void GgufCursor::fail(const std::string& problem, std::uint64_t offset, std::string where) const {
  throw Error(
      ErrorCode::format,
      in_quotes(file_) + " is not a usable GGUF file: " + problem + " (at byte " + std::to_string(offset) + ").",
      std::move(where));
}

GgufStructure read_gguf_structure(std::span<const std::byte> bytes, const std::string& file) {
  return Reader(bytes, file).read();
}

}  // namespace sotto::engine
