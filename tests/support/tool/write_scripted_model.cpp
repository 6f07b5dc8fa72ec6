// Writes the instrument of tests/support/tiny_model.h, a model that replies with the text of standard input to whatever
// it is asked, for trying things by hand:
//     write_scripted_model OUT.gguf [NAME [BALLAST_MB [PIECE_BYTES [TEMPLATE.jinja]]]] < reply.md
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "support/tiny_model.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "write_scripted_model: OUT.gguf [NAME [BALLAST_MB [PIECE_BYTES [TEMPLATE.jinja]]]] < reply\n";
    return 1;
  }
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const std::size_t piece = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 3;
    sotto::test::Script script = sotto::test::script(text, piece);
    if (argc > 2) script.text.name = argv[2];
    if (argc > 3) script.ballast = std::strtoull(argv[3], nullptr, 10) * 1'000'000;
    if (argc > 5) {
      std::ifstream file(argv[5]);
      script.text.chat_template = {std::istreambuf_iterator<char>(file), {}};
    }
    sotto::test::scripted_model(script).write(argv[1]);
  } catch (const std::exception& failure) {
    std::cerr << "write_scripted_model: " << failure.what() << '\n';
    return 1;
  }
  return 0;
}
