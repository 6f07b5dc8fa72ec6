// Any text as a tokenizer.json; where it is one, a few texts through it: what comes out are tokens, and their text is
// valid UTF-8.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sotto/engine/error.h"
#include "text/json/json_tokenizer.h"
#include "text/utf8.h"

using namespace sotto::engine;

namespace {

void check(bool right) {
  if (!right) __builtin_trap();
}

void try_text(const JsonTokenizer& tokenizer, std::string_view text) {
  const std::string whole(text);
  const Fragment parts[] = {{Fragment::Kind::markup, whole, {}}, {Fragment::Kind::text, whole, {}}};
  std::vector<Token> tokens;
  try {
    tokens = tokenizer.encode(parts, true);
  } catch (const Error&) {
    return;
  }
  for (const Token token : tokens) {
    check(token >= 0 && token < tokenizer.size());
    (void)tokenizer.piece(token);
  }
  check(is_valid_utf8(tokenizer.decode(tokens)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const JsonTokenizer tokenizer({reinterpret_cast<const char*>(data), size}, {}, "fuzz.json");
    for (const std::string_view text :
         {"", " hello  world ", "It's 1234, \u00E9t\u00E9 e\u0301\n\n\t<s>a</s>",
          "\u4E2D\u6587\u3002\u2581\U0001F469\u200D\U0001F467 \xFF\xC3", "aaaaaaaaaaaaaaaa"}) {
      try_text(tokenizer, text);
    }
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
