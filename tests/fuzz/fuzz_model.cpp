// Any bytes as a model: described, its vocabulary used, and, where it loads, three tokens computed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/memory_file.h"
#include "sotto/engine/error.h"
#include "sotto/engine/model.h"
#include "sotto/engine/session.h"
#include "sotto/engine/tokenizer.h"

using namespace sotto::engine;

namespace {

void use_tokenizer(const std::filesystem::path& path) {
  const auto tokenizer = load_tokenizer(path);
  for (const char* text : {"", "Hello world", " \u4F60\u597D <|im_end|>\n\xFF"}) {
    const std::vector<Token> tokens = tokenizer->encode(text, true);
    for (const Token token : tokens) {
      if (token < 0 || token >= tokenizer->size()) __builtin_trap();
    }
    (void)tokenizer->decode(tokens, true);
  }
}

void use_model(const std::filesystem::path& path) {
  LoadOptions options;
  options.memory_limit = std::uint64_t{256} << 20U;
  const auto model = Model::load(path, options);
  SessionOptions session_options;
  session_options.context = std::min(8, model->default_context());
  session_options.threads = 1;
  Session session(model, session_options);
  const std::vector<Token> tokens(static_cast<std::size_t>(std::min(3, session_options.context)), 0);
  session.evaluate(tokens, [](int, std::span<const float>) {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sotto::test::MemoryFile memory(data, size);
  for (const auto& use :
       {+[](const std::filesystem::path& path) { (void)inspect(path); }, +use_tokenizer, +use_model}) {
    try {
      use(memory.path());
    } catch (const Error&) {  // refusing is fine
    }
  }
  return 0;
}
