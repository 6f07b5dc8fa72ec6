#include "model/architecture.h"

#include <algorithm>
#include <cmath>

#include "io/printable.h"
#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

constexpr std::uint64_t kMaxLayers = 512;
constexpr std::uint64_t kMaxWidth = 1U << 20;
constexpr std::uint64_t kMaxContext = 1U << 28;
constexpr std::uint64_t kMaxExperts = 4096;

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
  [[nodiscard]] std::optional<bool> boolean(const std::string& name) const { return file_.boolean(prefix_ + name); }
  // The number of this name, else `other`.
  [[nodiscard]] float value(const std::string& name, double least, double most, double other) const {
    return static_cast<float>(number(name, least, most).value_or(other));
  }
  [[noreturn]] void missing(const std::string& key) const { fail(key, "is missing"); }
  [[nodiscard]] std::string key(const std::string& name) const { return prefix_ + name; }
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
  using Scaling = RopeSettings::Scaling;
  RopeSettings rope;
  rope.dims = keys.count("rope.dimension_count", 2, kMaxWidth).value_or(a.key_dim);
  if (rope.dims % 2 != 0) keys.bad("rope.dimension_count", "is odd");
  if (rope.dims > a.key_dim) keys.bad("rope.dimension_count", "is larger than a head");
  rope.base = keys.number("rope.freq_base", 1.001, 1e15).value_or(10000.0);
  rope.pairs = a.family->rope_pairs;
  rope.original_context = keys.count("rope.scaling.original_context_length", 1, kMaxContext).value_or(a.context);
  rope.magnitude = keys.number("rope.scaling.attn_factor", 1e-3, 1e3).value_or(1.0);
  rope.beta_fast = keys.number("rope.scaling.yarn_beta_fast", 1e-3, 1e6).value_or(32);
  rope.beta_slow = keys.number("rope.scaling.yarn_beta_slow", 1e-3, 1e6).value_or(1);
  // Files from before rope.scaling.* say rope.scale_linear; a factor without a method means linear too.
  const std::string scaling = keys.string("rope.scaling.type").value_or("linear");
  const auto factor = keys.number("rope.scaling.factor", 0, 1e6);
  const auto old_factor = keys.number("rope.scale_linear", 0, 1e6);
  const double scale = factor.value_or(old_factor.value_or(1.0));
  if (scale != 0 && scale < 1e-3) keys.bad(factor ? "rope.scaling.factor" : "rope.scale_linear", "is out of range");
  if (scaling == "linear") {
    rope.scale = scale == 0 ? 1.0 : scale;
  } else if (scaling == "yarn" || scaling == "dynamic") {
    if (scale < 1) keys.bad("rope.scaling.factor", "is less than 1");
    if (scaling == "dynamic" && rope.dims < 4) keys.bad("rope.dimension_count", "is too small for this scaling");
    rope.scale = scale;
    rope.scaling = scaling == "yarn" ? Scaling::yarn : Scaling::dynamic;
  } else if (scaling != "none" && scaling != "longrope" && scaling != "su") {
    throw Error(
        ErrorCode::unsupported,
        "This model extends its context by the method " + in_quotes(scaling) + ", which this version cannot compute.",
        keys.key("rope.scaling.type"));
  }
  return rope;
}

// What would change the result and is not computed.
void refuse_the_unknown(const Reader& keys, const Architecture& a) {
  const auto refuse = [&](const char* key, const std::string& what) {
    throw Error(ErrorCode::unsupported, "This model " + what + ", which this version cannot compute.", keys.key(key));
  };
  if (!keys.boolean("attention.causal").value_or(true)) {
    refuse("attention.causal", "sees what comes after a token, too (attention.causal)");
  }
  if (keys.count("expert_gating_func", 0, 255).value_or(1) > 1) {
    refuse("expert_gating_func", "chooses its experts in another way (expert_gating_func)");
  }
  const double scale = keys.number("expert_weights_scale", 0, 1e6).value_or(0);
  if (scale != 0 && scale != 1) refuse("expert_weights_scale", "scales its experts' weights (expert_weights_scale)");
  const bool normalised = a.family->normalised_experts;
  if (keys.boolean("expert_weights_norm").value_or(normalised) != normalised) {
    refuse("expert_weights_norm", "weighs its experts in another way (expert_weights_norm)");
  }
  if (a.family->name == "olmo2" && keys.count("attention.sliding_window", 0, kMaxContext).value_or(0) > 0) {
    refuse("attention.sliding_window", "has a sliding window that its family did not have (attention.sliding_window)");
  }
  const double base = keys.number("rope.freq_base_swa", 1.001, 1e15).value_or(a.family->local_base);
  if (a.family->window_pattern > 0 && a.family->local_base > 0 && base != a.family->local_base) {
    refuse("rope.freq_base_swa", "has another RoPE base in its windows (rope.freq_base_swa)");
  }
}

// Of so many layers the last sees everything; a file's 0 means that none does, and its 1 that all do.
int window_pattern(const Reader& keys, const Family& family) {
  if (family.window_pattern == 0) return 0;
  const auto said = keys.count("attention.sliding_window_pattern", 0, kMaxLayers);
  if (!said) return family.window_pattern;
  return *said == 0 ? 1 : *said == 1 ? 0 : *said;
}

// Attention: shape of the heads, and what becomes of the scores.
void read_attention(const Reader& keys, Architecture& a) {
  a.heads = keys.need_count("attention.head_count", 1, kMaxWidth);
  a.kv_heads = keys.count("attention.head_count_kv", 1, kMaxWidth).value_or(a.heads);
  if (a.heads % a.kv_heads != 0) keys.bad("attention.head_count_kv", "does not divide the number of heads");
  const auto key_dim = keys.count("attention.key_length", 1, kMaxWidth);
  if (!key_dim && a.embedding % a.heads != 0) keys.bad("embedding_length", "is not a multiple of the number of heads");
  a.key_dim = key_dim.value_or(a.embedding / a.heads);
  a.value_dim = keys.count("attention.value_length", 1, kMaxWidth).value_or(a.key_dim);
  if (static_cast<std::uint64_t>(a.heads) * static_cast<std::uint64_t>(std::max(a.key_dim, a.value_dim)) >
      kMaxWidth * 4) {
    keys.bad("attention.key_length", "times the number of heads is absurdly large");
  }
  const bool wide = a.family->wide_scale_layers == a.layers;
  const double width = wide ? static_cast<double>(a.embedding) / a.heads : a.key_dim;
  a.attention_scale = keys.value("attention.scale", 0, 1e6, 0);
  if (a.attention_scale == 0) a.attention_scale = static_cast<float>(1 / std::sqrt(width));
  a.attention_softcap = keys.value("attn_logit_softcapping", 0, 1e6, 0);
  a.clamp = keys.value("attention.clamp_kqv", 0, 1e6, 0);
  a.alibi = keys.value("attention.max_alibi_bias", 0, 64, 8);
  a.positions = a.family->alibi_layers == a.layers ? Positions::alibi : a.family->positions;
  if (a.alibi == 0 && a.positions == Positions::alibi)
    keys.bad("attention.max_alibi_bias", "is 0, which is not supported");
  if (a.family->window_pattern > 0) a.window = keys.count("attention.sliding_window", 0, kMaxContext).value_or(0);
  const int pattern = window_pattern(keys, *a.family);
  for (int i = 0; i < a.layers; ++i) {
    LayerKind kind;
    const int every = a.family->no_rope_every;
    const int only = a.family->rope_layers;
    kind.rope =
        a.positions == Positions::rope && (only == 0 || only == a.layers) && (every == 0 || (i + 1) % every != 0);
    kind.local = a.window > 0 && pattern > 0 && (pattern == 1 || i % pattern < pattern - 1);
    a.kinds.push_back(kind);
  }
}

void read_feed_forward(const Reader& keys, Architecture& a) {
  a.experts = keys.count("expert_count", 0, kMaxExperts).value_or(0);
  if (a.experts == 0) {
    a.feed_forward = keys.need_count("feed_forward_length", 1, kMaxWidth * 4);
    return;
  }
  a.experts_used = keys.need_count("expert_used_count", 1, static_cast<std::uint64_t>(a.experts));
  const auto width = keys.count("expert_feed_forward_length", 1, kMaxWidth * 4);
  a.feed_forward = width ? *width : keys.need_count("feed_forward_length", 1, kMaxWidth * 4);
}

}  // namespace

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
  a.layers = keys.need_count("block_count", 1, kMaxLayers);
  a.embedding = keys.need_count("embedding_length", 1, kMaxWidth);
  a.context = keys.need_count("context_length", 1, kMaxContext);
  read_feed_forward(keys, a);
  refuse_the_unknown(keys, a);
  read_attention(keys, a);
  const char* const epsilon_key =
      a.family->norm == NormKind::rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon";
  const auto epsilon = keys.number(epsilon_key, 0, 1);
  if (!epsilon) keys.missing(*name + "." + epsilon_key);
  a.norm_epsilon = static_cast<float>(*epsilon);
  a.parallel = a.family->residual == Residual::parallel || (a.family->residual == Residual::as_the_file_says &&
                                                            keys.boolean("use_parallel_residual").value_or(true));
  const double usual = a.family->scaled_embedding ? std::sqrt(static_cast<double>(a.embedding)) : 1;
  a.embedding_scale = keys.value("embedding_scale", 1e-6, 1e6, usual);
  a.stream_scale = static_cast<float>(a.family->deep ? std::pow(2.0 * a.layers, 0.25) : 1);
  a.swish_beta = keys.value("swish_beta", 1e-3, 1e3, 1);
  a.residual_scale = keys.value("residual_scale", 1e-6, 1e6, 1);
  a.logit_scale = 1 / keys.value("logit_scale", 1e-6, 1e6, 1);
  a.logit_softcap = keys.value("final_logit_softcapping", 0, 1e6, 0);
  if (a.positions == Positions::rope) {
    a.rope = read_rope(keys, a);
    a.local_rope = a.rope;
    if (a.family->local_base > 0) {
      a.local_rope.base = a.family->local_base;
      a.local_rope.scaling = RopeSettings::Scaling::linear;
      a.local_rope.scale = 1;
    }
  }
  return a;
}

}  // namespace sotto::engine
