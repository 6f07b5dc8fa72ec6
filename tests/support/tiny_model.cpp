#include "support/tiny_model.h"

#include <cmath>
#include <numeric>
#include <random>
#include <set>

namespace sotto::test {

std::string chatml_template() {
  return "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' "
         "+ "
         "'\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
}

std::vector<std::string> small_vocabulary() {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::vector<std::string> pieces = {"<unk>", "<s>", "</s>"};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    pieces.push_back(std::string("<0x") + digits[byte / 16] + digits[byte % 16] + ">");
  }
  std::set<std::string> known;
  const auto add = [&](const std::string& piece) {
    if (known.insert(piece).second) pieces.push_back(piece);
  };
  const std::string blank = "\u2581";  // SentencePiece's space
  add(blank);
  for (char c = '!'; c <= '~'; ++c) add(std::string(1, c));
  // Words with all their beginnings, so that merges reach them.
  for (const std::string word : {"the",   "and",   "once", "upon", "a",  "time", "there", "was", "little", "girl",
                                 "hello", "world", "you",  "is",   "of", "to",   "in",    "it",  "said",   "that"}) {
    for (std::size_t length = 1; length <= word.size(); ++length) add(blank + word.substr(0, length));
    for (std::size_t length = 2; length <= word.size(); ++length) add(word.substr(0, length));
  }
  return pieces;
}

void set_model_text(GgufWriter& writer, const ModelText& text) {
  writer.set("general.name", text.name);
  if (!text.chat_template.empty()) writer.set("tokenizer.chat_template", text.chat_template);
  const RecommendedSampling& sampling = text.sampling;
  if (sampling.temperature) writer.set("general.sampling.temp", *sampling.temperature);
  if (sampling.top_k) writer.set("general.sampling.top_k", *sampling.top_k);
  if (sampling.top_p) writer.set("general.sampling.top_p", *sampling.top_p);
  if (sampling.min_p) writer.set("general.sampling.min_p", *sampling.min_p);
  if (sampling.repeat_penalty) writer.set("general.sampling.penalty_repeat", *sampling.repeat_penalty);
}

namespace {

std::uint32_t set_vocabulary(GgufWriter& writer, std::uint32_t size) {
  std::vector<std::string> pieces = small_vocabulary();
  const std::size_t reachable = pieces.size();
  while (pieces.size() < size) pieces.push_back("[spare" + std::to_string(pieces.size()) + "]");
  std::vector<float> scores;
  std::vector<std::int32_t> types;
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    const bool byte = id >= 3 && id < 259;
    scores.push_back(id < 259 ? 0.0F : -static_cast<float>(id));
    types.push_back(id == 0 ? 2 : id < 3 ? 3 : byte ? 6 : id < reachable ? 1 : 5);
  }
  writer.set("tokenizer.ggml.model", "llama").set("tokenizer.ggml.tokens", pieces);
  writer.set("tokenizer.ggml.scores", scores).set("tokenizer.ggml.token_type", types);
  writer.set("tokenizer.ggml.bos_token_id", 1U).set("tokenizer.ggml.eos_token_id", 2U);
  writer.set("tokenizer.ggml.unknown_token_id", 0U).set("tokenizer.ggml.add_bos_token", true);
  writer.set("tokenizer.ggml.add_space_prefix", true);
  return static_cast<std::uint32_t>(pieces.size());
}

}  // namespace

GgufWriter random_model(const TinyShape& shape) {
  const std::uint32_t head_dim = shape.head_dim != 0 ? shape.head_dim : shape.embedding / shape.heads;
  GgufWriter writer;
  writer.set("general.architecture", shape.architecture);
  const auto named = [&](const char* name) { return shape.architecture + "." + name; };
  set_model_text(writer, shape.text);
  writer.set(named("context_length"), shape.context).set(named("embedding_length"), shape.embedding);
  writer.set(named("block_count"), shape.layers).set(named("feed_forward_length"), shape.ffn);
  writer.set(named("attention.head_count"), shape.heads).set(named("attention.head_count_kv"), shape.kv_heads);
  writer.set(named("attention.key_length"), head_dim).set(named("attention.value_length"), head_dim);
  writer.set(named("attention.layer_norm_rms_epsilon"), 1e-5F);
  writer.set(named("rope.dimension_count"), head_dim).set(named("rope.freq_base"), shape.rope_base);
  const std::uint32_t vocabulary = set_vocabulary(writer, shape.vocabulary);
  writer.set(named("vocab_size"), vocabulary);

  std::mt19937_64 generator(shape.seed);
  std::normal_distribution<float> normal;
  const auto matrix = [&](const std::string& name, std::uint64_t rows, std::uint64_t columns, float scale) {
    std::vector<float> values(rows * columns);
    for (float& value : values) value = normal(generator) * scale;
    writer.add(name, {columns, rows}, values, shape.type);
  };
  const auto norm = [&](const std::string& name) {
    std::vector<float> values(shape.embedding);
    for (float& value : values) value = 1.0F + 0.15F * normal(generator);
    writer.add(name, {shape.embedding}, values);
  };
  const float scale = 1.3F / std::sqrt(static_cast<float>(shape.embedding));
  const std::uint64_t query = std::uint64_t{shape.heads} * head_dim;
  const std::uint64_t key = std::uint64_t{shape.kv_heads} * head_dim;
  matrix("token_embd.weight", vocabulary, shape.embedding, 0.8F);
  norm("output_norm.weight");
  if (!shape.tied) matrix("output.weight", vocabulary, shape.embedding, 2 * scale);
  for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
    const std::string block = "blk." + std::to_string(layer) + ".";
    norm(block + "attn_norm.weight");
    norm(block + "ffn_norm.weight");
    matrix(block + "attn_q.weight", query, shape.embedding, 1.5F * scale);
    matrix(block + "attn_k.weight", key, shape.embedding, 1.5F * scale);
    matrix(block + "attn_v.weight", key, shape.embedding, 1.5F * scale);
    matrix(block + "attn_output.weight", shape.embedding, query, 1.3F / std::sqrt(static_cast<float>(query)));
    matrix(block + "ffn_gate.weight", shape.ffn, shape.embedding, scale);
    matrix(block + "ffn_up.weight", shape.ffn, shape.embedding, scale);
    matrix(block + "ffn_down.weight", shape.embedding, shape.ffn, 1.3F / std::sqrt(static_cast<float>(shape.ffn)));
  }
  return writer;
}

}  // namespace sotto::test
