#include "support/large_model.h"

#include <array>
#include <string>
#include <vector>

#include "support/gguf_writer.h"

namespace sotto::test {
namespace {

struct Type {
  std::uint32_t number;
  std::uint64_t block, bytes;
};
constexpr Type kF32{0, 1, 4};
constexpr Type kF16{1, 1, 2};
constexpr Type kQ4K{12, 256, 144};
constexpr Type kQ6K{14, 256, 210};

// GPT-2's characters for the 256 bytes, in UTF-8.
std::vector<std::string> alphabet() {
  std::vector<std::string> characters;
  std::uint32_t next = 256;
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte > 32 && byte < 127) || (byte > 160 && byte < 256 && byte != 173);
    const std::uint32_t code = printable ? byte : next++;
    if (code < 128) {
      characters.emplace_back(1, static_cast<char>(code));
    } else {
      characters.push_back({static_cast<char>(0xC0U | code >> 6U), static_cast<char>(0x80U | (code & 0x3FU))});
    }
  }
  return characters;
}

// Every character, then pieces of two and of three, and merges that make them in each possible way.
void set_vocabulary(GgufWriter& writer, const LargeShape& shape) {
  const std::vector<std::string> characters = alphabet();
  std::vector<std::string> pieces = characters;
  std::vector<std::string> merges;
  const auto add = [&](const std::string& left, const std::string& right) {
    if (merges.size() < shape.merges) merges.push_back(left + " " + right);
  };
  for (const std::string& left : characters) {
    for (const std::string& right : characters) {
      pieces.push_back(left + right);
      add(left, right);
    }
  }
  for (std::size_t i = 0; pieces.size() + 1 < shape.vocabulary; ++i) {
    const std::string &a = characters[i % 256], &b = characters[i / 256 % 256], &c = characters[i / 65536];
    pieces.push_back(a + b + c);
    add(a + b, c);
    add(a, b + c);
  }
  while (merges.size() < shape.merges) add(characters[merges.size() % 256], characters[merges.size() / 256 % 256]);
  pieces.push_back("<|end_of_text|>");
  std::vector<std::int32_t> types(pieces.size(), 1);
  types.back() = 3;
  writer.set("tokenizer.ggml.model", "gpt2").set("tokenizer.ggml.pre", "llama-bpe");
  writer.set("tokenizer.ggml.tokens", pieces).set("tokenizer.ggml.token_type", types);
  writer.set("tokenizer.ggml.merges", merges);
  writer.set("tokenizer.ggml.eos_token_id", shape.vocabulary - 1).set("tokenizer.ggml.add_bos_token", false);
}

}  // namespace

void write_large_model(const std::filesystem::path& path, const LargeShape& shape) {
  GgufWriter writer;
  const std::uint32_t head_dim = shape.embedding / shape.heads;
  writer.set("general.architecture", "llama").set("general.name", "large");
  writer.set("llama.context_length", shape.context).set("llama.embedding_length", shape.embedding);
  writer.set("llama.block_count", shape.layers).set("llama.feed_forward_length", shape.ffn);
  writer.set("llama.attention.head_count", shape.heads).set("llama.attention.head_count_kv", shape.kv_heads);
  writer.set("llama.attention.layer_norm_rms_epsilon", 1e-5F).set("llama.rope.freq_base", 500000.0F);
  set_vocabulary(writer, shape);

  std::uint64_t size = 0;
  const auto add = [&](const std::string& name, std::vector<std::uint64_t> dims, const Type& type) {
    std::uint64_t elements = 1;
    for (const std::uint64_t dim : dims) elements *= dim;
    writer.add_raw_tensor(name, std::move(dims), type.number, {}, size);
    size += (elements / type.block * type.bytes + 31) / 32 * 32;
  };
  const Type matrix = shape.quantised ? kQ4K : kF16;
  const std::uint64_t width = shape.embedding, key = std::uint64_t{shape.kv_heads} * head_dim, ffn = shape.ffn;
  add("token_embd.weight", {width, shape.vocabulary}, shape.quantised ? kQ6K : kF16);
  add("output_norm.weight", {width}, kF32);
  for (std::uint32_t layer = 0; layer < shape.layers; ++layer) {
    const std::string block = "blk." + std::to_string(layer) + ".";
    add(block + "attn_norm.weight", {width}, kF32);
    add(block + "attn_q.weight", {width, width}, matrix);
    add(block + "attn_k.weight", {width, key}, matrix);
    add(block + "attn_v.weight", {width, key}, matrix);
    add(block + "attn_output.weight", {width, width}, matrix);
    add(block + "ffn_norm.weight", {width}, kF32);
    add(block + "ffn_gate.weight", {width, ffn}, matrix);
    add(block + "ffn_up.weight", {width, ffn}, matrix);
    add(block + "ffn_down.weight", {ffn, width}, matrix);
  }
  const std::string header = writer.bytes();
  write_file(path, header);
  std::filesystem::resize_file(path, header.size() + size);
}

}  // namespace sotto::test
