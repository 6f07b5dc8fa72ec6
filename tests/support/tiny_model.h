// Small models for tests, made on the spot.
//
// random_model: a LLaMA of any shape with random weights. It babbles, but everything in it is real.
//
// scripted_model: the instrument. A one-layer LLaMA that replies with a given text to every prompt and then ends,
// whatever the sampling parameters. How: every step of the script has a token of its own, whose embedding is a code
// (128 signs) that stands for "step i + 1 is next"; all other tokens (bytes, markers, BOS) share the code of "step 0 is
// next". Attention and feed-forward weights write zeros into the residual stream, so the head sees the last token's
// code alone and answers with the next step's token: its logit is 20, every other's below -150. Hence:
// - A reply begins after any prompt: raw text, or a rendered chat template, in every turn again.
// - A stopped reply goes on where it was, if it is continued from its token ids. Continued from its text it would
//   begin anew (the tokenizer makes single bytes of any text), so a test sees the difference.
// - The vocabulary is byte-level BPE ("gpt2", pre "gpt-2") with all 256 bytes and one merge, so prompts of any text
//   can be tokenised and no prompt contains a token of the script.
//
//     scripted_model(script("Hello there, this is the reply.")).write(path);
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/gguf_writer.h"

namespace sotto::test {

// The template of the ChatML family; the scripted vocabulary has its markers.
[[nodiscard]] std::string chatml_template();

// general.sampling.*: what a file recommends.
struct RecommendedSampling {
  std::optional<float> temperature;
  std::optional<std::int32_t> top_k;
  std::optional<float> top_p;
  std::optional<float> min_p;
  std::optional<float> repeat_penalty;
};

struct ModelText {
  std::string name = "tiny";
  std::string chat_template;  // tokenizer.chat_template; empty: none, the model continues raw text
  RecommendedSampling sampling;
};

void set_model_text(GgufWriter& writer, const ModelText& text);

struct TinyShape {
  std::string architecture = "llama";
  std::uint32_t layers = 2;
  std::uint32_t embedding = 64;
  std::uint32_t heads = 4;
  std::uint32_t kv_heads = 2;
  std::uint32_t head_dim = 0;  // 0: embedding / heads
  std::uint32_t ffn = 160;
  std::uint32_t vocabulary =
      0;  // 0: just what small_vocabulary holds; more is filled up with pieces that no text contains
  std::uint32_t context = 512;
  bool tied = false;  // the output uses the embedding's weights
  float rope_base = 10000.0F;
  WeightType type = WeightType::f32;  // of all matrices; row lengths must be multiples of its block
  std::uint64_t seed = 1;
  ModelText text;
};

// SentencePiece-style ("llama"): <unk> 0, <s> 1, </s> 2, the bytes <0x00> to <0xFF> 3 to 258, then ASCII and some
// words.
[[nodiscard]] std::vector<std::string> small_vocabulary();

// Change keys and tensors of the writer before write() for other variants and for broken files.
[[nodiscard]] GgufWriter random_model(const TinyShape& shape = {});

// One of the tokens that may come at a step.
struct Choice {
  std::string text;  // any bytes, also part of a UTF-8 character
  float gap = 0;     // how far the logit lies below 20
};

struct Script {
  // steps[i]: the tokens that may come at step i; all go on with step i + 1. Every text occurs once in the whole
  // script. A text of one byte shares its token with that byte in prompts: a prompt that ends with it starts behind
  // that step.
  std::vector<std::vector<Choice>> steps;
  bool loop = false;  // behind the last step comes the first again, without end
  // Zeros that every decoded token has to go through, in bytes: makes the model slow (and the file as large). 10 MB
  // cost about half a millisecond to a millisecond a token.
  std::uint64_t ballast = 0;
  std::uint32_t context = 4096;
  ModelText text = {"scripted", chatml_template(), {}};
};

// A script that replies with exactly `text` (UTF-8, at least 2 bytes), cut on character boundaries into the shortest
// pieces of at least `piece_bytes` (2 or more) that all differ: about one token for every piece_bytes + 1 characters of
// ordinary text.
[[nodiscard]] Script script(std::string_view text, std::size_t piece_bytes = 3);

// A script with a choice of `choices` (at most 26) tokens at each of `steps` steps: " a0" or " b0" or " c0", then " a1"
// or " b1" ..., each `gap` below the one before it. Greedy takes the first. gap 0: all equally probable at any
// temperature. gap 3: at temperature 0.3 practically always "a", at temperature 3 all of them.
[[nodiscard]] Script branching_script(std::size_t steps, std::size_t choices = 2, float gap = 0);

// Throws std::invalid_argument for an empty script or a text that occurs twice.
[[nodiscard]] GgufWriter scripted_model(const Script& script);

// Token id of choice `choice` of step `step` in the scripted model's vocabulary.
[[nodiscard]] std::int32_t script_token(const Script& script, std::size_t step, std::size_t choice = 0);

}  // namespace sotto::test
