#include "io/gguf.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>
#include <utility>

#include "io/gguf_parts.h"
#include "io/gguf_reader.h"
#include "io/printable.h"
#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

// No vocabulary comes near this; it bounds what a hostile array costs as a vector.
constexpr std::uint64_t kLongestArray = 1U << 24U;
// Nor does a chat template, the longest of texts, come near this.
constexpr std::uint64_t kLongestText = 1U << 26U;

}  // namespace

struct GgufFile::Impl {
  MappedFile file;
  std::string name;
  GgufStructure structure;
  std::filesystem::path opened;
  std::vector<std::unique_ptr<Impl>> others;  // parts behind the first

  explicit Impl(const std::filesystem::path& path) : file(path), name(path.native()), opened(path) {}

  static std::unique_ptr<Impl> read(const std::filesystem::path& path) {
    auto impl = std::make_unique<Impl>(path);
    try {
      impl->structure = read_gguf_structure(impl->file.bytes(), impl->name);
    } catch (const Error&) {
      impl->file.check_unchanged(true);  // a file that is still being written is not blamed for its format
      throw;
    }
    impl->file.check_unchanged(true);
    return impl;
  }

  // The first part with all the others, of which `some` is one.
  static std::unique_ptr<Impl> join(std::unique_ptr<Impl> some, std::uint64_t count) {
    const auto named = gguf_part_name(some->opened);
    if (!named || static_cast<std::uint64_t>(named->count) != count || named->number < 1 ||
        named->number > named->count) {
      some->fail("split.count", "says that this is one of " + std::to_string(count) +
                                    " files of a model, but the file's name does not say so as it has to (-00001-of-" +
                                    named_count(count) + ".gguf)");
    }
    const std::filesystem::path opened = some->opened;
    std::unique_ptr<Impl> first;
    for (int part = 1; part <= named->count; ++part) {
      std::unique_ptr<Impl> next;
      if (part == named->number) {
        next = std::move(some);
      } else if (const auto path = named->path(part); std::filesystem::exists(path)) {
        next = read(path);
      } else {
        throw Error(ErrorCode::io, in_quotes(path.native()) + " is missing: it is part " + std::to_string(part) +
                                       " of " + std::to_string(named->count) +
                                       " of this model; put it beside the others.");
      }
      if (next->number<std::uint64_t>("split.no") != static_cast<std::uint64_t>(part - 1) ||
          next->number<std::uint64_t>("split.count") != count) {
        next->fail("split.no", "does not fit the file's name: it is to be part " + std::to_string(part) + " of " +
                                   std::to_string(count));
      }
      if (!first) {
        first = std::move(next);
      } else {
        first->take(std::move(next));
      }
    }
    const auto tensors = first->number<std::uint64_t>("split.tensors.count");
    if (tensors && *tensors != first->structure.tensors.size()) {
      first->fail("split.tensors.count", "is " + std::to_string(*tensors) + ", but the files have " +
                                             std::to_string(first->structure.tensors.size()) + " tensors");
    }
    first->opened = opened;
    return first;
  }

  static std::string named_count(std::uint64_t count) {
    const std::string digits = std::to_string(count);
    return std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
  }

  void take(std::unique_ptr<Impl> part) {
    auto& tensors = structure.tensors;
    for (GgufTensor& tensor : part->structure.tensors) tensors.push_back(std::move(tensor));
    auto& order = structure.tensors_by_name;
    order.resize(tensors.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::uint32_t i) -> std::string_view { return tensors[i].name; });
    const auto twice = std::ranges::adjacent_find(
        order, [&](std::uint32_t a, std::uint32_t b) { return tensors[a].name == tensors[b].name; });
    if (twice != order.end()) {
      throw Error(ErrorCode::format,
                  in_quotes(part->name) + " cannot be used: the tensor " + in_quotes(tensors[*twice].name) +
                      " is in another part of this model, too.",
                  tensors[*twice].name);
    }
    others.push_back(std::move(part));
  }

  [[nodiscard]] const GgufValue* find(std::string_view key) const {
    const auto found = structure.values.find(key);
    return found == structure.values.end() ? nullptr : &found->second;
  }

  [[nodiscard]] const Impl* part_of(const GgufTensor& tensor) const {
    for (const auto& part : others) {
      const auto bytes = part->file.bytes();
      if (tensor.data >= bytes.data() && tensor.data <= bytes.data() + bytes.size()) return part.get();
    }
    return this;
  }

  [[noreturn]] void fail(std::string_view key, const std::string& problem) const {
    throw Error(ErrorCode::format, in_quotes(name) + " cannot be used: the key " + in_quotes(key) + " " + problem + ".",
                std::string(key));
  }

  [[nodiscard]] static std::string kind(const GgufValue& value) {
    return std::string(value.array ? "an array of " : "of type ") + std::string(type_name(value.type));
  }

  // The array or scalar of this name; null where there is none.
  [[nodiscard]] const GgufValue* find(std::string_view key, bool array, const char* wanted) const {
    const GgufValue* value = find(key);
    if (value != nullptr && value->array != array) fail(key, "is " + kind(*value) + ", not " + wanted);
    if (value != nullptr && value->count > kLongestArray) {
      fail(key, "has " + std::to_string(value->count) + " elements, more than this program reads");
    }
    return value;
  }

  // The value's own bytes and nothing behind them: the file may change under us.
  [[nodiscard]] GgufCursor cursor(const GgufValue& value) const {
    return {file.bytes().first(value.offset + value.bytes), name, value.offset};
  }

  // Calls visit(number) with the next number of `type` in its own C++ type; false for types that are no numbers.
  template <typename Visit>
  static bool visit_number(GgufCursor& at, GgufType type, Visit visit) {
    constexpr std::string_view what = "a number";
    switch (type) {
      case GgufType::u8:
        visit(at.read<std::uint8_t>(what));
        return true;
      case GgufType::i8:
        visit(int{at.read<std::int8_t>(what)});  // a number, not a character
        return true;
      case GgufType::u16:
        visit(at.read<std::uint16_t>(what));
        return true;
      case GgufType::i16:
        visit(at.read<std::int16_t>(what));
        return true;
      case GgufType::u32:
        visit(at.read<std::uint32_t>(what));
        return true;
      case GgufType::i32:
        visit(at.read<std::int32_t>(what));
        return true;
      case GgufType::u64:
        visit(at.read<std::uint64_t>(what));
        return true;
      case GgufType::i64:
        visit(at.read<std::int64_t>(what));
        return true;
      case GgufType::f32:
        visit(at.read<float>(what));
        return true;
      case GgufType::f64:
        visit(at.read<double>(what));
        return true;
      case GgufType::boolean:
      case GgufType::string:
      case GgufType::array:
        return false;
    }
    return false;
  }

  // As Target; fails for other types and for numbers that Target cannot hold.
  template <typename Target>
  Target read_number(std::string_view key, GgufCursor& at, GgufType type) const {
    Target result = 0;
    const bool numeric = visit_number(at, type, [&](auto number) {
      if constexpr (std::is_floating_point_v<Target>) {
        if constexpr (std::is_floating_point_v<decltype(number)>) {
          if (!std::isfinite(number)) fail(key, "is not a finite number");
        }
        result = static_cast<Target>(number);
      } else if constexpr (std::is_floating_point_v<decltype(number)>) {
        fail(key, "is a floating-point number, not an integer");
      } else {
        if (!std::in_range<Target>(number)) fail(key, "is " + std::to_string(number) + ", out of range");
        result = static_cast<Target>(number);
      }
    });
    if (!numeric) fail(key, "is not a number but a " + std::string(type_name(type)));
    return result;
  }

  template <typename Target>
  [[nodiscard]] std::optional<Target> number(std::string_view key) const {
    const GgufValue* value = find(key, false, "a number");
    if (value == nullptr) return std::nullopt;
    GgufCursor at = cursor(*value);
    const Target result = read_number<Target>(key, at, value->type);
    file.check_unchanged();
    return result;
  }

  template <typename Target>
  [[nodiscard]] std::optional<std::vector<Target>> numbers(std::string_view key) const {
    const GgufValue* value = find(key, true, "an array of numbers");
    if (value == nullptr) return std::nullopt;
    GgufCursor at = cursor(*value);
    std::vector<Target> result;
    result.reserve(value->count);
    for (std::uint64_t i = 0; i < value->count; ++i) result.push_back(read_number<Target>(key, at, value->type));
    file.check_unchanged();
    return result;
  }
};

GgufFile::GgufFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GgufFile::~GgufFile() = default;

std::shared_ptr<const GgufFile> GgufFile::open(const std::filesystem::path& path) {
  auto impl = Impl::read(path);
  const auto count = impl->number<std::uint64_t>("split.count");
  if (count.value_or(1) > 1) impl = Impl::join(std::move(impl), *count);
  return std::shared_ptr<const GgufFile>(new GgufFile(std::move(impl)));
}

const std::filesystem::path& GgufFile::path() const noexcept { return impl_->opened; }

const MappedFile& GgufFile::file() const noexcept { return impl_->file; }

std::uint64_t GgufFile::file_bytes() const noexcept {
  std::uint64_t bytes = impl_->file.bytes().size();
  for (const auto& part : impl_->others) bytes += part->file.bytes().size();
  return bytes;
}

void GgufFile::check_unchanged(bool look) const {
  impl_->file.check_unchanged(look);
  for (const auto& part : impl_->others) part->file.check_unchanged(look);
}

bool GgufFile::has(std::string_view key) const noexcept { return impl_->find(key) != nullptr; }

bool GgufFile::is_array(std::string_view key) const noexcept {
  const GgufValue* value = impl_->find(key);
  return value != nullptr && value->array;
}

std::optional<std::string> GgufFile::string(std::string_view key) const {
  const GgufValue* value = impl_->find(key, false, "a string");
  if (value == nullptr) return std::nullopt;
  if (value->type != GgufType::string) impl_->fail(key, "is " + Impl::kind(*value) + ", not a string");
  if (value->bytes > kLongestText) {
    impl_->fail(key, "has " + std::to_string(value->bytes) + " bytes, more than this program reads");
  }
  const auto bytes = impl_->file.bytes().subspan(value->offset, value->bytes);
  std::string result(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  impl_->file.check_unchanged();
  return result;
}

std::optional<std::uint64_t> GgufFile::unsigned_integer(std::string_view key) const {
  return impl_->number<std::uint64_t>(key);
}

std::optional<std::int64_t> GgufFile::integer(std::string_view key) const { return impl_->number<std::int64_t>(key); }

std::optional<double> GgufFile::number(std::string_view key) const { return impl_->number<double>(key); }

std::optional<bool> GgufFile::boolean(std::string_view key) const {
  const GgufValue* value = impl_->find(key, false, "true or false");
  if (value == nullptr) return std::nullopt;
  if (value->type != GgufType::boolean) impl_->fail(key, "is " + Impl::kind(*value) + ", not true or false");
  const auto byte = std::to_integer<unsigned>(impl_->file.bytes()[value->offset]);
  impl_->file.check_unchanged();
  if (byte > 1) impl_->fail(key, "is neither true nor false");
  return byte == 1;
}

std::optional<std::vector<std::string>> GgufFile::strings(std::string_view key) const {
  const GgufValue* value = impl_->find(key, true, "an array of strings");
  if (value == nullptr) return std::nullopt;
  if (value->type != GgufType::string) impl_->fail(key, "is " + Impl::kind(*value) + ", not an array of strings");
  GgufCursor at = impl_->cursor(*value);
  std::vector<std::string> result;
  result.reserve(value->count);
  for (std::uint64_t i = 0; i < value->count; ++i) {
    const std::string_view text = at.read_string("a string of an array");
    if (text.size() > kLongestText) {
      impl_->fail(key, "holds a text of " + std::to_string(text.size()) + " bytes, more than this program reads");
    }
    result.emplace_back(text);
  }
  impl_->file.check_unchanged();
  return result;
}

std::optional<std::vector<std::int64_t>> GgufFile::integers(std::string_view key) const {
  return impl_->numbers<std::int64_t>(key);
}

std::optional<std::vector<double>> GgufFile::numbers(std::string_view key) const { return impl_->numbers<double>(key); }

Error GgufFile::at_its_place(const Error& error) const {
  std::optional<std::uint64_t> offset;
  const Impl* part = impl_.get();
  if (const GgufValue* value = impl_->find(error.where())) {
    if (error.code() == ErrorCode::unsupported) return error;
    offset = value->offset;
  } else if (const GgufTensor* named = tensor(error.where())) {
    offset = named->offset;
    part = impl_->part_of(*named);
  }
  std::string message = error.what();
  if (!offset || !message.ends_with('.')) return error;
  message.pop_back();
  message.append(" (at byte ").append(std::to_string(*offset));
  if (!impl_->others.empty()) message.append(" of ").append(in_quotes(part->opened.filename().native()));
  message.append(").");
  return {error.code(), message, error.where()};
}

std::span<const GgufTensor> GgufFile::tensors() const noexcept { return impl_->structure.tensors; }

const GgufTensor* GgufFile::tensor(std::string_view name) const noexcept {
  const auto& tensors = impl_->structure.tensors;
  const auto& order = impl_->structure.tensors_by_name;
  const auto found =
      std::ranges::lower_bound(order, name, {}, [&](std::uint32_t i) -> std::string_view { return tensors[i].name; });
  return found != order.end() && tensors[*found].name == name ? &tensors[*found] : nullptr;
}

}  // namespace sotto::engine
