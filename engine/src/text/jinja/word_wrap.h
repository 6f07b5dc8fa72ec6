// Paragraphs in lines of at most so many characters, as Python's textwrap breaks them.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace sotto::engine::jinja {

struct WrapForm {
  std::int64_t width = 79;  // above 0
  bool breaks_words = true;
  bool breaks_at_hyphens = true;
};

// Gives the lines one after the other; false: there was none, as the paragraph is blank.
bool wrap_words(std::u32string_view paragraph, const WrapForm& form,
                const std::function<void(std::u32string_view)>& take_line);

}  // namespace sotto::engine::jinja
