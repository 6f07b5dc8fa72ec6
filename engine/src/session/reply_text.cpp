#include "session/reply_text.h"

#include <utility>

namespace sotto::engine {

ReplyText::ReplyText(const Tokenizer& tokenizer, const std::vector<std::string>& stop_strings,
                     const std::vector<Token>& continued, bool trim)
    : tokenizer_(tokenizer), filter_(stop_strings), trim_(trim) {
  for (const Token token : continued) filter_.goes_on_from(utf8_.push(bytes(token)));  // leaves an unfinished character
}

std::string ReplyText::push(Token token) { return filter_.push(utf8_.push(bytes(token))); }

std::string ReplyText::finish(bool may_go_on) {
  if (filter_.stopped()) return {};
  std::string rest = filter_.push(utf8_.finish(may_go_on ? Utf8Stream::Tail::drop : Utf8Stream::Tail::replace));
  return rest + filter_.finish();
}

std::string ReplyText::bytes(Token token) {
  const bool first = std::exchange(trim_, false);
  return first ? tokenizer_.decode({&token, 1}) : tokenizer_.piece(token);
}

}  // namespace sotto::engine
