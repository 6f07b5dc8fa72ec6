// md4c's events as blocks.
#pragma once

#include <QStringView>
#include <vector>

#include "markdown/block.h"
#include "markdown/prepare.h"

namespace sotto::ui::markdown {

// A container that is open around a stretch.
struct Outer {
  Container container;
  bool shown = false;  // a block began in it
};

struct ParseOptions {
  PrepareOptions prepare;
  // What a person typed: indentation is theirs and kept, four blanks are not a code block.
  bool typed = false;
  std::vector<Outer> outer;
};

// `stretch` is the text of one paragraph, heading, rule or table, without the marks of what it stands in; `places` says
// where in the source it comes from (a source of -1: it was put in). Never fails: all text is Markdown. The blocks'
// sourceStart and sourceEnd are left to the caller.
[[nodiscard]] std::vector<Block> parse(QStringView stretch, const std::vector<Anchor>& places,
                                       const ParseOptions& options = {});
// Where position `at` of a stretch is in the source.
[[nodiscard]] int sourceAt(const std::vector<Anchor>& places, int at);

}  // namespace sotto::ui::markdown
