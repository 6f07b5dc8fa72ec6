#include <algorithm>
#include <array>
#include <bit>
#include <random>
#include <set>
#include <stdexcept>

#include "support/tiny_model.h"

namespace sotto::test {
namespace {

constexpr std::uint32_t kDimensions = 128;  // 127 signs and one constant
constexpr std::uint32_t kHeads = 4;

// The head's logits are scale * (agreement of the codes) - offset, with agreement 127 for the code itself and at most
// 127 - 2 * kDistance for another.
constexpr int kDistance = 29;
constexpr float kLogit = 20;
constexpr float kOffset = 480;
constexpr float kScale = (kLogit + kOffset) / 127;
static_assert(kScale * (127 - 2 * kDistance) - kOffset < -150);

// Token ids: the markers, the bytes, the one merge's result, the steps.
enum Id : std::int32_t {
  begin_text = 0,
  end_text = 1,
  turn_end = 3,
  first_byte = 4,
  first_step = 261
};

// How byte-level BPE writes a byte (Radford et al. 2019): printable ones as they are, the others as characters from
// U+0100 on.
std::string byte_character(unsigned byte) {
  const auto printable = [](unsigned b) { return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174; };
  unsigned code = byte;
  if (!printable(byte)) {
    code = 256;
    for (unsigned b = 0; b < byte; ++b) code += printable(b) ? 0 : 1;
  }
  if (code < 0x80) return std::string(1, static_cast<char>(code));
  return {static_cast<char>(0xC0U | code >> 6U), static_cast<char>(0x80U | (code & 0x3FU))};
}

std::string byte_level(std::string_view text) {
  std::string piece;
  for (const char c : text) piece += byte_character(static_cast<unsigned char>(c));
  return piece;
}

using Code = std::array<std::uint64_t, 2>;

// `count` codes of 127 signs, each at least kDistance signs from the others.
std::vector<Code> make_codes(std::size_t count) {
  std::mt19937_64 generator(7);
  std::vector<Code> codes;
  while (codes.size() < count) {
    const Code code = {generator(), generator() >> 1U};
    const bool far = std::ranges::none_of(codes, [&](const Code& other) {
      return std::popcount(code[0] ^ other[0]) + std::popcount(code[1] ^ other[1]) < kDistance;
    });
    if (far) codes.push_back(code);
  }
  return codes;
}

float sign(const Code& code, std::size_t i) { return (code[i / 64] >> (i % 64) & 1U) != 0 ? 1.0F : -1.0F; }

void check(const Script& script) {
  if (script.steps.empty()) throw std::invalid_argument("the script has no steps");
  std::set<std::string> texts = {"  "};  // a token of the vocabulary already
  for (const auto& choices : script.steps) {
    if (choices.empty()) throw std::invalid_argument("a step of the script has no choices");
    for (const Choice& choice : choices) {
      if (choice.text.empty() || !texts.insert(choice.text).second) {
        throw std::invalid_argument("\"" + choice.text + "\" is empty or occurs twice in the script");
      }
    }
  }
}

struct Vocabulary {
  std::vector<std::string> pieces;
  std::vector<std::int32_t> types;
  // By token: the code that it is embedded as, the code that it answers to (-1: none) and how far below.
  std::vector<std::size_t> says;
  std::vector<std::ptrdiff_t> answers;
  std::vector<float> gaps;

  void add(const std::string& piece, std::int32_t type) {
    pieces.push_back(piece);
    types.push_back(type);
    says.push_back(0);
    answers.push_back(-1);
    gaps.push_back(0);
  }
};

Vocabulary make_vocabulary(const Script& script) {
  constexpr std::int32_t normal = 1;
  constexpr std::int32_t control = 3;
  Vocabulary vocabulary;
  for (const char* marker : {"<|begin|>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"})
    vocabulary.add(marker, control);
  for (unsigned byte = 0; byte < 256; ++byte) vocabulary.add(byte_character(byte), normal);
  vocabulary.add(byte_level("  "), normal);
  for (std::size_t step = 0; step < script.steps.size(); ++step) {
    for (std::size_t choice = 0; choice < script.steps[step].size(); ++choice) {
      const Choice& chosen = script.steps[step][choice];
      std::size_t id = first_byte + static_cast<unsigned char>(chosen.text[0]);
      if (chosen.text.size() > 1) {
        id = vocabulary.pieces.size();
        vocabulary.add(byte_level(chosen.text), normal);
      }
      const bool last = step + 1 == script.steps.size();
      vocabulary.says[id] = last && script.loop ? 0 : step + 1;
      vocabulary.answers[id] = static_cast<std::ptrdiff_t>(step);
      vocabulary.gaps[id] = chosen.gap;
    }
  }
  if (!script.loop) {
    vocabulary.answers[script.text.chat_template.empty() ? end_text : turn_end] =
        static_cast<std::ptrdiff_t>(script.steps.size());
  }
  return vocabulary;
}

void add_weights(GgufWriter& writer, const Vocabulary& vocabulary, const std::vector<Code>& codes, std::uint32_t ffn) {
  const std::size_t tokens = vocabulary.pieces.size();
  std::vector<float> embedding(tokens * kDimensions, 1.0F);
  std::vector<float> head(tokens * kDimensions, 0.0F);
  for (std::size_t id = 0; id < tokens; ++id) {
    float* const row = head.data() + id * kDimensions;
    for (std::size_t i = 0; i + 1 < kDimensions; ++i) {
      embedding[id * kDimensions + i] = sign(codes[vocabulary.says[id]], i);
      if (vocabulary.answers[id] >= 0)
        row[i] = kScale * sign(codes[static_cast<std::size_t>(vocabulary.answers[id])], i);
    }
    row[kDimensions - 1] = -kOffset - vocabulary.gaps[id];
  }
  const std::vector<float> ones(kDimensions, 1.0F);
  std::vector<float> noise(std::size_t{kDimensions} * kDimensions);
  std::mt19937_64 generator(11);
  for (float& value : noise) value = static_cast<float>(generator() % 2001) / 10000.0F - 0.1F;
  const std::vector<float> zeros(std::size_t{kDimensions} * std::max(kDimensions, ffn));

  constexpr std::uint32_t head_dim = kDimensions / kHeads;
  const std::span<const float> some = noise;
  writer.add("token_embd.weight", {kDimensions, tokens}, embedding);
  writer.add("output_norm.weight", {kDimensions}, ones);
  writer.add("output.weight", {kDimensions, tokens}, head);
  writer.add("blk.0.attn_norm.weight", {kDimensions}, ones);
  writer.add("blk.0.ffn_norm.weight", {kDimensions}, ones);
  writer.add("blk.0.attn_q.weight", {kDimensions, kDimensions}, some);
  writer.add("blk.0.attn_k.weight", {kDimensions, head_dim}, some.first(head_dim * kDimensions));
  writer.add("blk.0.attn_v.weight", {kDimensions, head_dim}, some.last(head_dim * kDimensions));
  writer.add("blk.0.attn_output.weight", {kDimensions, kDimensions},
             std::span(zeros).first(std::size_t{kDimensions} * kDimensions));
  const auto ffn_weights = std::span(zeros).first(std::size_t{kDimensions} * ffn);
  writer.add("blk.0.ffn_gate.weight", {kDimensions, ffn}, ffn_weights);
  writer.add("blk.0.ffn_up.weight", {kDimensions, ffn}, ffn_weights);
  writer.add("blk.0.ffn_down.weight", {ffn, kDimensions}, ffn_weights);
}

}  // namespace

Script script(std::string_view text, std::size_t piece_bytes) {
  if (text.size() < 2) throw std::invalid_argument("a script needs a text of at least 2 bytes");
  std::vector<std::string> pieces;
  std::set<std::string> known = {"  "};
  std::size_t start = 0;
  for (std::size_t end = 1; end <= text.size(); ++end) {
    const bool within_character = end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U;
    if (within_character || end - start < std::max<std::size_t>(piece_bytes, 2)) continue;
    const std::string piece(text.substr(start, end - start));
    if (!known.insert(piece).second) continue;
    pieces.push_back(piece);
    start = end;
  }
  // What is left is too short or known already: it joins the pieces before it until the sum is new.
  std::string rest(text.substr(start));
  while (!rest.empty()) {
    if (rest.size() > 1 && known.insert(rest).second) {
      pieces.push_back(rest);
      break;
    }
    if (pieces.empty()) throw std::invalid_argument("two blanks alone cannot be a script");
    rest = pieces.back() + rest;
    known.erase(pieces.back());
    pieces.pop_back();
  }
  Script result;
  for (std::string& piece : pieces) result.steps.push_back({{std::move(piece), 0}});
  return result;
}

Script branching_script(std::size_t steps, std::size_t choices, float gap) {
  Script result;
  for (std::size_t step = 0; step < steps; ++step) {
    auto& alternatives = result.steps.emplace_back();
    for (std::size_t choice = 0; choice < choices; ++choice) {
      const std::string letter(1, static_cast<char>('a' + choice % 26));
      alternatives.push_back({" " + letter + std::to_string(step), gap * static_cast<float>(choice)});
    }
  }
  return result;
}

std::int32_t script_token(const Script& script, std::size_t step, std::size_t choice) {
  std::int32_t id = first_step;
  for (std::size_t s = 0; s <= step; ++s) {
    for (std::size_t c = 0; c < (s == step ? choice : script.steps[s].size()); ++c) {
      id += script.steps[s][c].text.size() > 1 ? 1 : 0;
    }
  }
  const std::string& text = script.steps.at(step).at(choice).text;
  return text.size() > 1 ? id : first_byte + static_cast<unsigned char>(text[0]);
}

GgufWriter scripted_model(const Script& script) {
  check(script);
  const Vocabulary vocabulary = make_vocabulary(script);
  const std::uint32_t ffn = 32 + static_cast<std::uint32_t>(script.ballast / (3 * sizeof(float) * kDimensions));

  GgufWriter writer;
  writer.set("general.architecture", "llama");
  writer.set("llama.context_length", script.context).set("llama.embedding_length", kDimensions);
  writer.set("llama.block_count", 1U).set("llama.feed_forward_length", ffn);
  writer.set("llama.attention.head_count", kHeads).set("llama.attention.head_count_kv", 1U);
  writer.set("llama.attention.layer_norm_rms_epsilon", 1e-6F);
  writer.set("llama.rope.dimension_count", kDimensions / kHeads).set("llama.rope.freq_base", 10000.0F);
  writer.set("llama.vocab_size", static_cast<std::uint32_t>(vocabulary.pieces.size()));
  writer.set("tokenizer.ggml.model", "gpt2").set("tokenizer.ggml.pre", "gpt-2");
  writer.set("tokenizer.ggml.tokens", vocabulary.pieces).set("tokenizer.ggml.token_type", vocabulary.types);
  const std::string blank = byte_character(' ');
  writer.set("tokenizer.ggml.merges", std::vector<std::string>{blank + " " + blank});
  writer.set("tokenizer.ggml.bos_token_id", std::uint32_t{begin_text});
  writer.set("tokenizer.ggml.eos_token_id", std::uint32_t{end_text});
  writer.set("tokenizer.ggml.eot_token_id", std::uint32_t{turn_end}).set("tokenizer.ggml.add_bos_token", true);
  set_model_text(writer, script.text);
  add_weights(writer, vocabulary, make_codes(script.steps.size() + 1), ffn);
  return writer;
}

}  // namespace sotto::test
