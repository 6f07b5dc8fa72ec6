// From the pieces of a reply, which may cut characters, to whole UTF-8 characters.
#pragma once

#include <string>
#include <string_view>

namespace sotto::engine {

// What comes out depends on the bytes only, never on how they were cut. Bytes that are certain to be invalid become
// U+FFFD, one for each maximal subpart (The Unicode Standard, section 3.9). Thread guarantee: one thread at a time.
class Utf8Stream {
 public:
  enum class Tail {
    drop,    // the reply was stopped and may go on: nothing is known about the rest of the character
    replace  // the reply is at its end: an unfinished character becomes U+FFFD
  };

  // The characters that are whole now; an unfinished one at the end, at most three bytes, is held back.
  [[nodiscard]] std::string push(std::string_view bytes);

  // What becomes of the held bytes; the stream is empty afterwards.
  [[nodiscard]] std::string finish(Tail tail);

 private:
  std::string held_;
};

}  // namespace sotto::engine
