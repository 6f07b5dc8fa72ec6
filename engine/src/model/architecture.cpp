#include "model/architecture.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "io/printable.h"
#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

constexpr std::array kFamilies{
    Family{"llama", RopePairs::interleaved},  // Llama 1 to 3, Code Llama, Alpaca, Mistral, SmolLM, TinyLlama
};

constexpr std::uint64_t kMaxLayers = 512;
constexpr std::uint64_t kMaxWidth = 1U << 20;
constexpr std::uint64_t kMaxContext = 1U << 28;

class Reader {
 public:
  Reader(const GgufFile& file, std::string architecture) : file_(file), prefix_(std::move(architecture) + ".") {}

  [[nodiscard]] std::optional<int> count(const std::string& name, std::uint64_t least, std::uint64_t most) const {
    const std::string key = prefix_ + name;
    if (file_.is_array(key)) {
      throw Error(ErrorCode::unsupported,
                  "The key " + in_quotes(key) + " differs from layer to layer, which this version cannot compute.",
                  key);
    }
    const auto value = file_.unsigned_integer(key);
    if (!value) return std::nullopt;
    if (*value < least || *value > most) {
      fail(key, "is " + std::to_string(*value) + " but must be from " + std::to_string(least) + " to " +
                    std::to_string(most));
    }
    return static_cast<int>(*value);
  }
  [[nodiscard]] int need_count(const std::string& name, std::uint64_t least, std::uint64_t most) const {
    const auto value = count(name, least, most);
    if (!value) missing(prefix_ + name);
    return *value;
  }
  [[nodiscard]] std::optional<double> number(const std::string& name, double least, double most) const {
    const std::string key = prefix_ + name;
    const auto value = file_.number(key);
    if (value && !(*value >= least && *value <= most)) fail(key, "is " + std::to_string(*value) + ", out of range");
    return value;
  }
  [[nodiscard]] std::optional<std::string> string(const std::string& name) const {
    return file_.string(prefix_ + name);
  }
  [[noreturn]] void missing(const std::string& key) const { fail(key, "is missing"); }
  [[noreturn]] void bad(const std::string& name, const std::string& what) const { fail(prefix_ + name, what); }

 private:
  [[noreturn]] void fail(const std::string& key, const std::string& what) const {
    throw Error(ErrorCode::format,
                in_quotes(file_.path().native()) + " cannot be used: the key " + in_quotes(key) + " " + what + ".",
                key);
  }

  const GgufFile& file_;
  std::string prefix_;
};

RopeSettings read_rope(const Reader& keys, const Architecture& a) {
  RopeSettings rope;
  rope.dims = keys.count("rope.dimension_count", 2, kMaxWidth).value_or(a.key_dim);
  if (rope.dims % 2 != 0) keys.bad("rope.dimension_count", "is odd");
  if (rope.dims > a.key_dim) keys.bad("rope.dimension_count", "is larger than a head");
  rope.base = keys.number("rope.freq_base", 1e-3, 1e15).value_or(10000.0);
  rope.pairs = a.family->rope_pairs;
  // Files from before rope.scaling.* say rope.scale_linear; a factor without a method means linear too.
  const std::string scaling = keys.string("rope.scaling.type").value_or("linear");
  const auto factor = keys.number("rope.scaling.factor", 0, 1e6);
  const auto old_factor = keys.number("rope.scale_linear", 0, 1e6);
  if (scaling == "linear") {
    const double value = factor.value_or(old_factor.value_or(1.0));
    if (value != 0 && value < 1e-3) keys.bad(factor ? "rope.scaling.factor" : "rope.scale_linear", "is out of range");
    rope.scale = value == 0 ? 1.0 : value;
  } else if (scaling != "none") {
    throw Error(
        ErrorCode::unsupported,
        "This model extends its context by the method " + in_quotes(scaling) + ", which this version cannot compute.",
        "rope.scaling.type");
  }
  return rope;
}

}  // namespace

const Family* find_family(std::string_view architecture) noexcept {
  for (const Family& family : kFamilies) {
    if (family.name == architecture) return &family;
  }
  return nullptr;
}

Architecture read_architecture(const GgufFile& file) {
  const auto name = file.string("general.architecture");
  if (!name) {
    throw Error(ErrorCode::format,
                in_quotes(file.path().native()) + " holds no model: the key \"general.architecture\" is missing.",
                "general.architecture");
  }
  Architecture a;
  a.family = find_family(*name);
  if (a.family == nullptr) {
    throw Error(ErrorCode::unsupported,
                "Models of the architecture " + in_quotes(*name) + " cannot be run by this version.",
                "general.architecture");
  }
  const Reader keys(file, *name);
  if (keys.count("expert_count", 0, kMaxWidth).value_or(0) > 0) {
    throw Error(ErrorCode::unsupported, "This model is a mixture of experts, which this version cannot compute.",
                *name + ".expert_count");
  }
  a.layers = keys.need_count("block_count", 1, kMaxLayers);
  a.embedding = keys.need_count("embedding_length", 1, kMaxWidth);
  a.heads = keys.need_count("attention.head_count", 1, kMaxWidth);
  a.kv_heads = keys.count("attention.head_count_kv", 1, kMaxWidth).value_or(a.heads);
  a.feed_forward = keys.need_count("feed_forward_length", 1, kMaxWidth * 4);
  a.context = keys.need_count("context_length", 1, kMaxContext);
  if (a.heads % a.kv_heads != 0) keys.bad("attention.head_count_kv", "does not divide the number of heads");
  const auto key_dim = keys.count("attention.key_length", 1, kMaxWidth);
  if (!key_dim && a.embedding % a.heads != 0) keys.bad("embedding_length", "is not a multiple of the number of heads");
  a.key_dim = key_dim.value_or(a.embedding / a.heads);
  a.value_dim = keys.count("attention.value_length", 1, kMaxWidth).value_or(a.key_dim);
  if (static_cast<std::uint64_t>(a.heads) * static_cast<std::uint64_t>(std::max(a.key_dim, a.value_dim)) >
      kMaxWidth * 4) {
    keys.bad("attention.key_length", "times the number of heads is absurdly large");
  }
  const auto epsilon = keys.number("attention.layer_norm_rms_epsilon", 0, 1);
  if (!epsilon) keys.missing(*name + ".attention.layer_norm_rms_epsilon");
  a.norm_epsilon = static_cast<float>(*epsilon);
  a.rope = read_rope(keys, a);
  return a;
}

}  // namespace sotto::engine
