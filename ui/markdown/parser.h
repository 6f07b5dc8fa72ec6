// md4c's events as blocks.
#pragma once

#include <QStringView>
#include <vector>

#include "markdown/block.h"
#include "markdown/prepare.h"

namespace sotto::ui::markdown {

struct ParseOptions {
  PrepareOptions prepare;
  // What a person typed: indentation is theirs and kept, four blanks are not a code block.
  bool typed = false;
  int listNumber = -1;  // 0 or more: the number of the first item of a numbered list that the stretch begins with
};

struct Parsed {
  std::vector<Block> blocks;
  int lastNumber = -1;  // of the last item of the last numbered list on the top level
};

// `stretch` is a whole number of top-level blocks (or ends with one that is still being written); places in the source
// are counted from `offset`. Never fails: all text is Markdown.
[[nodiscard]] Parsed parse(QStringView stretch, int offset, const ParseOptions& options = {});

}  // namespace sotto::ui::markdown
