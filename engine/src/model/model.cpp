#include "sotto/engine/model.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "io/gguf_parts.h"
#include "io/printable.h"
#include "model/memory.h"
#include "model/packing.h"
#include "model/parts.h"
#include "model/transformer.h"
#include "sotto/engine/error.h"
#include "text/tokenizer_factory.h"

namespace sotto::engine {
namespace {

constexpr int kDefaultContext = 8192;
constexpr std::string_view kTemplate = "tokenizer.chat_template";

// general.file_type: the mixture that the file was made with (llama.cpp's llama_ftype).
constexpr std::array<std::pair<std::uint64_t, std::string_view>, 35> kFileTypes{{
    {0, "F32"},     {1, "F16"},     {2, "Q4_0"},     {3, "Q4_1"},    {7, "Q8_0"},       {8, "Q5_0"},    {9, "Q5_1"},
    {10, "Q2_K"},   {11, "Q3_K_S"}, {12, "Q3_K_M"},  {13, "Q3_K_L"}, {14, "Q4_K_S"},    {15, "Q4_K_M"}, {16, "Q5_K_S"},
    {17, "Q5_K_M"}, {18, "Q6_K"},   {19, "IQ2_XXS"}, {20, "IQ2_XS"}, {21, "Q2_K_S"},    {22, "IQ3_XS"}, {23, "IQ3_XXS"},
    {24, "IQ1_S"},  {25, "IQ4_NL"}, {26, "IQ3_S"},   {27, "IQ3_M"},  {28, "IQ2_S"},     {29, "IQ2_M"},  {30, "IQ4_XS"},
    {31, "IQ1_M"},  {32, "BF16"},   {36, "TQ1_0"},   {37, "TQ2_0"},  {38, "MXFP4_MOE"}, {39, "NVFP4"},  {40, "Q1_0"},
}};

// What `read` reads, nothing where the key has another type than it should: for keys that only describe.
template <typename Read>
auto if_readable(Read read) -> decltype(read()) {
  try {
    return read();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io) throw;
    return std::nullopt;
  }
}

std::string quantisation(const GgufFile& file) {
  if (const auto type = if_readable([&] { return file.unsigned_integer("general.file_type"); })) {
    for (const auto& [number, name] : kFileTypes) {
      if (number == *type) return std::string(name);
    }
  }
  std::map<TensorType, std::uint64_t> bytes;
  for (const GgufTensor& tensor : file.tensors()) bytes[tensor.type] += tensor.bytes;
  const auto most = std::max_element(bytes.begin(), bytes.end(), [](auto& a, auto& b) { return a.second < b.second; });
  return most == bytes.end() ? "" : std::string(traits(most->first).name);
}

std::optional<SamplingParams> suggested_sampling(const GgufFile& file) {
  SamplingParams params;
  bool any = false;
  const auto take = [&](const char* key, auto& field) {
    const auto value = if_readable([&] { return file.number(std::string("general.sampling.") + key); });
    if (!value) return;
    field = static_cast<std::remove_reference_t<decltype(field)>>(std::clamp(*value, -1e6, 1e6));
    any = true;
  };
  take("temp", params.temperature);
  take("top_k", params.top_k);
  take("top_p", params.top_p);
  take("min_p", params.min_p);
  take("penalty_repeat", params.repeat_penalty);
  take("penalty_last_n", params.penalty_window);
  if (!any) return std::nullopt;
  return clamped(params);
}

// The tokenizer, where there is one, tells what the template's bos_token and eos_token stand for.
std::optional<ChatTemplate> recognised_template(const GgufFile& file, const Tokenizer* tokenizer) {
  const auto text = if_readable([&] { return file.string(kTemplate); });
  if (!text) return std::nullopt;
  if (tokenizer == nullptr) return recognise_template(*text);
  const auto piece = [&](Token token) { return token < 0 ? std::string() : tokenizer->piece(token, true); };
  return recognise_template(*text, piece(tokenizer->bos()), piece(tokenizer->eos()));
}

// What the keys say, as far as they are there and sane; never throws for what only a run would need.
ModelInfo describe(const GgufFile& file) {
  ModelInfo info;
  const auto text = [&](const char* key) { return if_readable([&] { return file.string(key); }); };
  info.architecture = text("general.architecture").value_or("");
  info.name = text("general.name").value_or("");
  if (info.name.empty()) info.name = gguf_stem(file.path());
  for (const GgufTensor& tensor : file.tensors()) info.parameters += tensor.elements();
  info.quantisation = quantisation(file);
  const auto count = [&](const char* key) -> std::uint32_t {
    const std::string full = info.architecture + "." + key;
    const auto value = if_readable([&] { return file.unsigned_integer(full); });
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(value.value_or(0), UINT32_MAX));
  };
  info.context_length = count("context_length");
  info.embedding_length = count("embedding_length");
  info.layers = count("block_count");
  info.heads = count("attention.head_count");
  info.kv_heads = count("attention.head_count_kv");
  if (info.kv_heads == 0) info.kv_heads = info.heads;
  if (const GgufTensor* embedding = file.tensor("token_embd.weight")) {
    info.vocabulary = static_cast<std::uint32_t>(std::min<std::uint64_t>(embedding->dims[1], UINT32_MAX));
  } else if (const auto tokens = if_readable([&] { return file.strings("tokenizer.ggml.tokens"); })) {
    info.vocabulary = static_cast<std::uint32_t>(tokens->size());
  }
  const auto chat = recognised_template(file, nullptr);
  info.chat_template = chat ? std::string(family_name(chat->family)) : file.has(kTemplate) ? "its own" : "none";
  info.file_bytes = file.file_bytes();
  info.memory_bytes = tensor_bytes(file);
  info.suggested_sampling = suggested_sampling(file);
  return info;
}

std::unique_ptr<const JinjaPrompt> try_template(TemplateUse& use, const Tokenizer& tokenizer) {
  try {
    auto jinja = std::make_unique<const JinjaPrompt>(use.text, tokenizer);
    use.switches = jinja->has_thinking_switch();
    use.thinks = jinja->thinks();
    return jinja;
  } catch (const Error& error) {
    use.error = error.what();
    return nullptr;
  }
}

std::string template_name(const std::optional<ChatTemplate>& family) {
  return family ? std::string(family_name(family->family)) : "its own";
}

// A template that is not well formed is said where it is used: the model can do all the rest.
void take_template(Model::Parts& parts) {
  TemplateUse& use = parts.template_use;
  use.text = if_readable([&] { return parts.file->string(kTemplate); }).value_or("");
  if (!use.text.empty()) {
    use.origin = TemplateUse::Origin::own;
    parts.chat_template = recognised_template(*parts.file, parts.tokenizer.get());
  } else {
    const std::string name = if_readable([&] { return parts.file->string("general.name"); }).value_or("");
    const auto family = recognise_family(name + ' ' + gguf_stem(parts.file->path()), *parts.tokenizer);
    if (!family) {
      use.name = "none";
      return;
    }
    use.origin = TemplateUse::Origin::family;
    use.text = family_template(*family);
    parts.chat_template = ChatTemplate(*family);
  }
  use.name = template_name(parts.chat_template);
  parts.jinja = try_template(use, *parts.tokenizer);
}

// Null when stopped.
std::unique_ptr<Model::Parts> read_parts(std::shared_ptr<const GgufFile> file, const std::stop_token& stop) {
  auto parts = std::make_unique<Model::Parts>();
  parts->file = std::move(file);
  parts->architecture = read_architecture(*parts->file);
  parts->weights = find_weights(*parts->file, parts->architecture);
  if (stop.stop_requested()) return nullptr;
  parts->tokenizer = make_tokenizer(*parts->file, stop);
  if (!parts->tokenizer) return nullptr;
  if (parts->tokenizer->size() != parts->architecture.vocabulary) {
    throw Error(ErrorCode::format,
                in_quotes(parts->file->path().native()) + " cannot be used: the vocabulary has " +
                    std::to_string(parts->tokenizer->size()) + " tokens but the tensor \"token_embd.weight\" " +
                    std::to_string(parts->architecture.vocabulary) + ".",
                "token_embd.weight");
  }
  take_template(*parts);
  return parts;
}

std::unique_ptr<Model::Parts> find_parts(const std::shared_ptr<const GgufFile>& file,
                                         const std::stop_token& stop = {}) {
  try {
    return read_parts(file, stop);
  } catch (const Error& error) {
    throw file->at_its_place(error);
  }
}

std::uint64_t memory_needed(const Model::Parts& parts, bool packed = true) {
  const int context = std::min(parts.architecture.context, kDefaultContext);
  return weight_bytes(*parts.file, parts.weights, packed) + KvCache::bytes_for(parts.kv_shape(), KvType::f16, context) +
         scratch_bytes(parts.architecture);
}

}  // namespace

std::uint64_t scratch_bytes(const Architecture& a) noexcept {
  const auto widest = static_cast<std::uint64_t>(std::max({a.embedding, a.feed_forward, a.heads * a.key_dim}));
  const std::uint64_t activations = Transformer::kMaxTokens * (3ULL * static_cast<std::uint64_t>(a.embedding) +
                                                               2ULL * static_cast<std::uint64_t>(a.feed_forward) +
                                                               4ULL * static_cast<std::uint64_t>(a.heads * a.key_dim));
  const std::uint64_t panel = std::max<std::uint64_t>(1U << 18, 16 * widest) * 2;  // a thread, two of them
  return sizeof(float) * (activations + panel + std::uint64_t{kRowPadding} * static_cast<std::uint64_t>(a.vocabulary)) +
         (16ULL << 20);
}

ModelInfo inspect(const std::filesystem::path& path) {
  const auto file = GgufFile::open(path);
  ModelInfo info = describe(*file);
  try {
    const auto parts = find_parts(file);
    info.vocabulary = static_cast<std::uint32_t>(parts->architecture.vocabulary);
    info.memory_bytes = memory_needed(*parts);
    info.supported = true;
    if (parts->template_use.origin == TemplateUse::Origin::family) {
      info.chat_template = parts->template_use.name + ", by its name";
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::io) throw;
    info.reason = error.what();
  }
  return info;
}

std::shared_ptr<const Model> Model::load(const std::filesystem::path& path, const LoadOptions& options) {
  if (options.stop.stop_requested()) return nullptr;
  auto file = GgufFile::open(path);
  auto parts = find_parts(file, options.stop);
  if (!parts) return nullptr;
  parts->info = describe(*file);
  parts->info.vocabulary = static_cast<std::uint32_t>(parts->architecture.vocabulary);
  parts->info.memory_bytes = memory_needed(*parts, !options.exact);
  parts->info.supported = true;
  require_memory(parts->info.memory_bytes, options.memory_limit, "This model");
  ReadWeights read = read_weights(*file, parts->weights, !options.exact, options.progress, options.stop);
  if (!read.done) return nullptr;
  parts->packed = std::move(read.memory);
  const Weights::Cost cost = parts->weights.cost_of_a_token(parts->architecture);
  parts->info.token_bytes = cost.bytes;
  parts->info.token_products = cost.products;
  return std::shared_ptr<const Model>(new Model(std::move(parts)));
}

Model::Model(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Model::~Model() = default;

const ModelInfo& Model::info() const noexcept { return parts_->info; }
const Tokenizer& Model::tokenizer() const noexcept { return *parts_->tokenizer; }
bool Model::has_chat_template() const noexcept { return parts_->template_use.origin != TemplateUse::Origin::none; }
const TemplateUse& Model::template_use() const noexcept { return parts_->template_use; }

TemplateUse Model::template_use(std::string_view text) const {
  TemplateUse use{
      .origin = TemplateUse::Origin::given, .name = template_name(recognise_template(text)), .text = std::string(text)};
  static_cast<void>(try_template(use, tokenizer()));
  return use;
}

std::string Model::preview(std::string_view text, std::span<const ChatMessage> messages, std::optional<bool> thinking,
                           std::stop_token stop) const {
  std::optional<JinjaPrompt> given;
  if (!text.empty()) given.emplace(text, tokenizer());
  const JinjaPrompt* jinja = given ? &*given : parts_->jinja.get();
  if (jinja == nullptr) {
    throw Error(parts_->template_use.error.empty() ? ErrorCode::invalid_argument : ErrorCode::format,
                parts_->template_use.error.empty() ? "This model has no chat template." : parts_->template_use.error,
                std::string(kTemplate));
  }
  std::string prompt;
  for (const Fragment& fragment : jinja->render(messages, {std::time(nullptr), thinking, std::move(stop)}).fragments) {
    prompt += fragment.kind == Fragment::Kind::tokens ? tokenizer().decode(fragment.tokens) : fragment.text;
  }
  return prompt;
}
int Model::default_context() const noexcept { return std::min(parts_->architecture.context, kDefaultContext); }
std::uint64_t Model::kv_bytes(int context) const noexcept {
  return KvCache::bytes_for(parts_->kv_shape(), KvType::f16, context);
}

}  // namespace sotto::engine
