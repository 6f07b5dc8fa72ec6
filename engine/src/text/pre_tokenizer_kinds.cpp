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
// A word ends where small letters are followed by capitals; `end` may follow it.
#define CAMEL_CASE(capitals, small, end) \
  "[^\\r\\n\\p{L}\\p{N}]?" capitals "*" small "+" end "|[^\\r\\n\\p{L}\\p{N}]?" capitals "+" small "*" end
#define CAMEL_WORDS(end, number)   \
  CAMEL_CASE(CAPITALS, SMALL, end) \
  "|" number "| ?[^" SPACE "\\p{L}\\p{N}]+[\\r\\n/]*|" SPACE "*[\\r\\n]+|" LAST_SPACE "|" SPACE "+"
#define CJK "\\x{4E00}-\\x{9FA5}\\x{3040}-\\x{309F}\\x{30A0}-\\x{30FF}"
// Letters with capitals and small ones, as DeepSeek lists them.
#define CASED                                                                                            \
  "A-Za-z\\x{B5}\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{1BA}\\x{1BC}-\\x{1BF}\\x{1C4}-\\x{293}"        \
  "\\x{295}-\\x{2AF}\\x{370}-\\x{373}\\x{376}\\x{377}\\x{37B}-\\x{37D}\\x{37F}\\x{386}\\x{388}-\\x{38A}" \
  "\\x{38C}\\x{38E}-\\x{3A1}\\x{3A3}-\\x{3F5}\\x{3F7}-\\x{481}\\x{48A}-\\x{52F}\\x{531}-\\x{556}"        \
  "\\x{10A0}-\\x{10C5}\\x{13A0}-\\x{13F5}\\x{13F8}-\\x{13FD}\\x{1C90}-\\x{1CBA}\\x{1CBD}-\\x{1CBF}"      \
  "\\x{1D00}-\\x{1D2B}\\x{1D6B}-\\x{1D77}\\x{1D79}-\\x{1D9A}\\x{1E00}-\\x{1F15}\\x{1F18}-\\x{1F1D}"      \
  "\\x{1F20}-\\x{1F45}\\x{1F48}-\\x{1F4D}\\x{1F50}-\\x{1F57}\\x{1F59}\\x{1F5B}\\x{1F5D}\\x{1F5F}-"       \
  "\\x{1F7D}\\x{1F80}-\\x{1FB4}\\x{1FB6}-\\x{1FBC}\\x{1FBE}\\x{1FC2}-\\x{1FC4}\\x{1FC6}-\\x{1FCC}"       \
  "\\x{1FD0}-\\x{1FD3}\\x{1FD6}-\\x{1FDB}\\x{1FE0}-\\x{1FEC}\\x{1FF2}-\\x{1FF4}\\x{1FF6}-\\x{1FFC}"      \
  "\\x{2102}\\x{2107}\\x{210A}-\\x{2113}\\x{2115}\\x{2119}-\\x{211D}\\x{2124}\\x{2126}\\x{2128}"         \
  "\\x{212A}-\\x{212D}\\x{212F}-\\x{2134}\\x{2139}\\x{213C}-\\x{213F}\\x{2145}-\\x{2149}\\x{214E}"       \
  "\\x{2183}\\x{2184}\\x{2C00}-\\x{2C7B}\\x{2C7E}-\\x{2CE4}\\x{2CEB}-\\x{2CEE}\\x{2CF2}\\x{2CF3}"        \
  "\\x{A640}-\\x{A66D}\\x{A680}-\\x{A69B}\\x{A722}-\\x{A76F}\\x{A771}-\\x{A787}\\x{A78B}-\\x{A78E}"      \
  "\\x{AB70}-\\x{ABBF}\\x{FB00}-\\x{FB06}\\x{FB13}-\\x{FB17}\\x{FF21}-\\x{FF3A}\\x{FF41}-\\x{FF5A}"      \
  "\\x{10400}-\\x{1044F}\\x{104B0}-\\x{104D3}\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}\\x{10CC0}-"      \
  "\\x{10CF2}\\x{118A0}-\\x{118DF}\\x{1E900}-\\x{1E943}"
#define DEEPSEEK3_WORDS(signs)                                                                          \
  "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| " \
  "?[\\p{P}\\p{S}]+" signs "|" LAST_SPACE "|" SPACE "+"

#define JAIS(count) SPACE "{" #count "}(?!\\P{White_Space})"

namespace sotto::engine {
namespace {

using Pattern = PreTokenizerPattern;

constexpr Pattern gpt2[] = {GPT2};
constexpr Pattern gpt2_single_digits[] = {"\\p{N}", GPT2};
constexpr Pattern llama3[] = {WORDS_AND_SIGNS("\\p{N}{1,3}")};
constexpr Pattern minicpm5[] = {"\\p{N}{1,3}", WORDS_AND_SIGNS("\\p{N}+")};
constexpr Pattern qwen2[] = {WORDS_AND_SIGNS("\\p{N}")};
constexpr Pattern qwen35[] = {CONTRACTION "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^" SPACE
                                          "\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|" SPACE "*[\\r\\n]+|" LAST_SPACE "|" SPACE
                                          "+"};
constexpr Pattern laguna[] = {"[^\\n]+|\\n+", WORDS_AND_SIGNS("\\p{N}")};
constexpr Pattern bailing[] = {
    "'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^" SPACE
    "\\p{L}\\p{N}]+[\\r\\n]*|" SPACE "*[\\r\\n]|" LAST_SPACE "|" SPACE "+"};
constexpr Pattern seed_coder[] = {CONTRACTION "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^" SPACE
                                              "\\p{L}\\p{N}\\r\\n]+|" SPACE "*[\\r\\n]+|" LAST_SPACE "|" SPACE "+"};
// Qwen 2's without English contractions.
constexpr Pattern ufakzeka[] = {"[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^" SPACE "\\p{L}\\p{N}]+[\\r\\n]*|" SPACE
                                "*[\\r\\n]+|" LAST_SPACE "|" SPACE "+"};
constexpr Pattern exaone_moe[] = {CONTRACTION
                                  "|[^\\r\\n\\p{L}\\p{N}]?(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^" SPACE
                                  "\\p{L}\\p{N}]+[\\r\\n/]?|" SPACE "*[\\r\\n]|" LAST_SPACE "|" SPACE "+"};
constexpr Pattern jais2[] = {CONTRACTION
                             "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^" SPACE "\\p{L}\\p{N}]+[\\r\\n]*|" SPACE
                             "*[\\r\\n]+|" JAIS(512) "|" JAIS(256) "|" JAIS(128) "|" JAIS(64) "|" JAIS(32) "|" JAIS(
                                 16) "|" JAIS(8) "|" JAIS(4) "|" SPACE "{1,2}(?!\\P{White_Space})|" SPACE};
// Mistral's Tekken, and OpenAI's o200k with contractions at the end of words.
constexpr Pattern tekken[] = {CAMEL_WORDS("", "\\p{N}")};
constexpr Pattern gpt4o[] = {CAMEL_WORDS("(?:" CONTRACTION ")?", "\\p{N}{1,3}")};
constexpr Pattern tiny_aya[] = {{"\\d+\\b", true}, CAMEL_WORDS("(?:" CONTRACTION ")?", "\\p{N}{1,3}")};
constexpr Pattern youtu[] = {
    "[\\x{AC00}-\\x{D7A3}\\x{3131}-\\x{318E}]+|[\\x{FF01}\\x{2026}\\x{201C}\\x{201D}\\x{2018}\\x{2019}\\x{2014}"
    "\\x{FF1A}\\x{FF1B}\\x{FF0C}\\x{3001}-\\x{303F}\\x{FE30}-\\x{FE4F}]+|[\\x{3105}-\\x{312F}]+|[" CJK "]+",
    CAMEL_WORDS("(?:" CONTRACTION ")?", "\\p{N}")};
#define NOT_HAN(letters) "(?:(?!\\p{Han})" letters ")"
constexpr Pattern kimi_k2[] = {"\\p{Han}+|" CAMEL_CASE(
    NOT_HAN(CAPITALS), NOT_HAN(SMALL), "(?:" CONTRACTION ")?") "|\\p{N}{1,3}| ?[^" SPACE
                                                               "\\p{L}\\p{N}]+[\\r\\n]*|" SPACE "*[\\r\\n]+|" LAST_SPACE
                                                               "|" SPACE "+"};
constexpr Pattern deepseek_llm[] = {
    "[\\r\\n]",
    SPACE "?[" CASED "]+",
    SPACE "?[!-/:-~\\x{FF01}-\\x{FF0F}\\x{FF1A}-\\x{FF5E}\\x{2018}-\\x{201F}\\x{3000}-\\x{3002}]+",
    SPACE "+\\z",
    "[\\x{4E00}-\\x{9FA5}\\x{800}-\\x{4E00}\\x{AC00}-\\x{D7FF}]+",
    "\\p{N}+"};
constexpr Pattern deepseek_coder[] = {"[\\r\\n]", SPACE "?\\p{L}+", SPACE "?\\p{P}+",
                                      "[\\x{4E00}-\\x{9FA5}\\x{800}-\\x{4E00}\\x{AC00}-\\x{D7FF}]+", "\\p{N}"};
constexpr Pattern deepseek_v3[] = {"\\p{N}{1,3}", "[" CJK "]+", DEEPSEEK3_WORDS("[\\r\\n]*|" SPACE "*[\\r\\n]+")};
constexpr Pattern spark[] = {"\\p{N}{1,3}", "[" CJK "]+", DEEPSEEK3_WORDS("|[\\r\\n]"), "\\p{N}"};
constexpr Pattern afmoe[] = {
    {"\\p{N}+", true},
    "[\\x{4E00}-\\x{9FFF}\\x{3400}-\\x{4DBF}\\x{F900}-\\x{FAFF}\\x{3040}-\\x{309F}\\x{30A0}-\\x{30FF}\\x{FF65}-\\x{"
    "FF9F}"
    "\\x{2F00}-\\x{2FDF}\\x{E40}-\\x{E7F}\\x{EC0}-\\x{EFF}\\x{1780}-\\x{17FF}\\x{1000}-\\x{109F}\\x{AA60}-\\x{AA7F}"
    "\\x{A9E0}-\\x{A9FF}\\x{AC00}-\\x{D7AF}\\x{1100}-\\x{11FF}]+",
    DEEPSEEK3_WORDS("[\\r\\n]*|" SPACE "*[\\r\\n]+")};
constexpr Pattern superbpe[] = {{"\\p{N}+", true}};
constexpr Pattern falcon[] = {"[\\p{P}$+<=>^~|`]+", GPT2, "[0-9][0-9][0-9]"};
#define BLOOM " ?[^(" SPACE "|.,!?\\x{2026}\\x{3002}\\x{FF0C}\\x{3001}\\x{964}\\x{6D4}\\x{60C})]+"
constexpr Pattern bloom[] = {BLOOM};
constexpr Pattern viking[] = {BLOOM, "\\p{N}"};
constexpr Pattern chameleon[] = {
    "<sentinel:[0-9]+>", "IMGIMG[A-I]{1,4}Z", "[\\t\\n]|    |  ", "\\p{N}", "[\\p{P}!-/:-@\\[-`{-~]", GPT2};
// Files without a name come from before there were names; llama.cpp takes these for them.
constexpr Pattern unnamed[] = {"[\\p{P}$+<=>^~|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]"};

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
    {"jais", {gpt2}},
    {"trillion", {gpt2}},
    {"granite-docling", {gpt2}},
    {"jina-es", {gpt2}},
    {"jina-de", {gpt2}},
    {"jina-v2-es", {gpt2}},
    {"jina-v2-de", {gpt2}},
    {"gigachat", {gpt2}},
    {"a.x-4.0", {gpt2}},
    {"mellum", {gpt2}},
    {"modern-bert", {gpt2}},
    {"exaone4", {gpt2}},
    {"smollm", {gpt2_single_digits}},
    {"starcoder", {gpt2_single_digits}},
    {"refact", {gpt2_single_digits}},
    {"command-r", {gpt2_single_digits}},
    {"codeshell", {gpt2_single_digits}},
    {"exaone", {gpt2_single_digits}},
    {"minerva-7b", {gpt2_single_digits}},
    {"mellum2", {gpt2_single_digits}},
    {"llama-bpe", {llama3, true, true}},
    {"llama3", {llama3, true, true}},
    {"llama-v3", {llama3, true, true}},
    {"falcon3", {llama3, true, true}},
    {"falcon-h1", {llama3, true, true}},
    {"pixtral", {llama3, true, true}},
    {"midm-2.0", {llama3, true, true}},
    {"lfm2", {llama3, true, true}},
    {"dbrx", {llama3}},
    {"smaug-bpe", {llama3}},
    {"glm4", {llama3, true}},
    {"chatglm-bpe", {llama3}},
    {"minicpm5", {minicpm5, true}},
    {"jais-2", {jais2}},
    {"qwen2", {qwen2}},
    {"deepseek-r1-qwen", {qwen2}},
    {"stablelm2", {qwen2}},
    {"hunyuan", {qwen2}},
    {"solar-open", {qwen2}},
    {"kormo", {qwen2}},
    {"megrez", {qwen2}},
    {"grok-2", {qwen2}},
    {"qwen35", {qwen35}},
    {"laguna", {laguna}},
    {"bailingmoe", {bailing}},
    {"bailingmoe2", {bailing}},
    {"llada-moe", {bailing}},
    {"seed-coder", {seed_coder}},
    {"ufakzeka", {ufakzeka}},
    {"exaone-moe", {exaone_moe}},
    {"tekken", {tekken, true, true}},
    {"gpt-4o", {gpt4o}},
    {"llama4", {gpt4o}},
    {"kanana2", {gpt4o}},
    {"talkie", {gpt4o}},
    {"minimax-m2", {gpt4o}},
    {"tiny_aya", {tiny_aya}},
    {"cohere2moe", {tiny_aya}},
    {"youtu", {youtu, true}},
    {"kimi-k2", {kimi_k2}},
    {"deepseek-llm", {deepseek_llm}},
    {"deepseek-coder", {deepseek_coder}},
    {"deepseek-v3", {deepseek_v3}},
    {"hunyuan-dense", {deepseek_v3}},
    {"joyai-llm", {deepseek_v3}},
    {"hy_v4", {deepseek_v3}},
    {"spark2_5", {spark}},
    {"afmoe", {afmoe}},
    {"superbpe", {superbpe}},
    {"falcon", {falcon}},
    {"bloom", {bloom}},
    {"gpt3-finnish", {bloom}},
    {"poro-chat", {bloom}},
    {"viking", {viking}},
    {"chameleon", {chameleon, false, true}},
};

}  // namespace

std::optional<PreTokenizerKind> find_pre_tokenizer(std::string_view name) {
  const auto found = std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) { return row.name == name; });
  if (found == std::end(rows)) return std::nullopt;
  return found->kind;
}

}  // namespace sotto::engine
