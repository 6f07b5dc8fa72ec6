#include "text/utf8_stream.h"

#include "text/utf8.h"

namespace sotto::engine {

std::string Utf8Stream::push(std::string_view bytes) {
  held_.append(bytes);
  std::string out;
  std::string_view rest = held_;
  while (!rest.empty()) {
    const Utf8Step step = next_utf8(rest);
    if (step.state == Utf8State::incomplete) break;
    out.append(step.state == Utf8State::complete ? rest.substr(0, step.length) : replacement_character);
    rest.remove_prefix(step.length);
  }
  held_.erase(0, held_.size() - rest.size());
  return out;
}

std::string Utf8Stream::finish(Tail tail) {
  const bool replace = tail == Tail::replace && !held_.empty();
  held_.clear();
  return replace ? std::string(replacement_character) : std::string();
}

}  // namespace sotto::engine
