// The text of a reply as it may be shown: whole characters, no stop string.
#pragma once

#include <string>
#include <vector>

#include "sotto/engine/tokenizer.h"
#include "text/stop_string_filter.h"
#include "text/utf8_stream.h"

namespace sotto::engine {

// Thread guarantee: one thread at a time.
class ReplyText {
 public:
  // `continued`: the reply's earlier tokens, whose text is out already. `trim`: the space that SentencePiece puts
  // before a word is dropped at the reply's beginning.
  ReplyText(const Tokenizer& tokenizer, const std::vector<std::string>& stop_strings,
            const std::vector<Token>& continued, bool trim);

  // The text that `token` makes final, possibly none.
  [[nodiscard]] std::string push(Token token);
  // What is left at the end; an unfinished character is dropped when the reply may go on.
  [[nodiscard]] std::string finish(bool may_go_on);
  [[nodiscard]] bool stopped() const noexcept { return filter_.stopped(); }  // a stop string is complete

 private:
  [[nodiscard]] std::string bytes(Token token);

  const Tokenizer& tokenizer_;
  Utf8Stream utf8_;
  StopStringFilter filter_;
  bool trim_;
};

}  // namespace sotto::engine
