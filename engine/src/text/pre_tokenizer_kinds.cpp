// The regular expressions, from the tokenizer.json files of the models. \s there is Unicode's White_Space; PCRE2's \s
// has U+180E beside that, so the property is written out.
#include <algorithm>
#include <iterator>

#include "text/pre_tokenizer.h"

#define SPACE "\\p{White_Space}"
#define CONTRACTION "'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])"
#define LAST_SPACE SPACE "+(?!\\P{White_Space})"
#define WORDS_AND_SIGNS(number)                                                                       \
  CONTRACTION "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" number "| ?[^" SPACE "\\p{L}\\p{N}]+[\\r\\n]*|" SPACE \
              "*[\\r\\n]+|" LAST_SPACE "|" SPACE "+"
// Radford et al. 2019, the encoder's pattern.
#define GPT2 "'(?:[stmd]|re|ve|ll)| ?\\p{L}+| ?\\p{N}+| ?[^" SPACE "\\p{L}\\p{N}]+|" LAST_SPACE "|" SPACE "+"
#define CAPITALS "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define SMALL "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"

namespace sotto::engine {
namespace {

constexpr const char* gpt2[] = {GPT2};
constexpr const char* gpt2_single_digits[] = {"\\p{N}", GPT2};
constexpr const char* llama3[] = {WORDS_AND_SIGNS("\\p{N}{1,3}")};
constexpr const char* qwen2[] = {WORDS_AND_SIGNS("\\p{N}")};
// Mistral's Tekken: a word ends where small letters are followed by capitals.
constexpr const char* tekken[] = {"[^\\r\\n\\p{L}\\p{N}]?" CAPITALS "*" SMALL "+|[^\\r\\n\\p{L}\\p{N}]?" CAPITALS
                                  "+" SMALL "*|\\p{N}| ?[^" SPACE "\\p{L}\\p{N}]+[\\r\\n/]*|" SPACE
                                  "*[\\r\\n]+|" LAST_SPACE "|" SPACE "+"};
// Files without a name come from before there were names; llama.cpp takes these for them.
constexpr const char* unnamed[] = {"[\\p{P}$+<=>^~|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"};

struct Row {
  std::string_view name;
  PreTokenizerKind kind;
};

constexpr Row rows[] = {
    {default_pre_tokenizer, {unnamed}},
    {"gpt-2", {gpt2}},
    {"phi-2", {gpt2}},
    {"mpt", {gpt2}},
    {"olmo", {gpt2}},
    {"llama-bpe", {llama3, true, true}},
    {"llama3", {llama3, true, true}},
    {"llama-v3", {llama3, true, true}},
    {"dbrx", {llama3}},
    {"smaug-bpe", {llama3}},
    {"qwen2", {qwen2}},
    {"deepseek-r1-qwen", {qwen2}},
    {"stablelm2", {qwen2}},
    {"tekken", {tekken, true}},
    {"smollm", {gpt2_single_digits}},
    {"starcoder", {gpt2_single_digits}},
};

}  // namespace

std::optional<PreTokenizerKind> find_pre_tokenizer(std::string_view name) {
  const auto found = std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) { return row.name == name; });
  if (found == std::end(rows)) return std::nullopt;
  return found->kind;
}

}  // namespace sotto::engine
