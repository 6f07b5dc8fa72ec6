// Quotes and list items: which of them a line goes on in, and which it begins.
#pragma once

#include <optional>

#include "markdown/block.h"
#include "markdown/line_cursor.h"

namespace sotto::ui::markdown {

struct OpenContainer {
  Container container;
  int width = 0;       // of an item: columns that its lines are indented by
  int begin = 0;       // the line that it begins with, in the source
  bool begun = false;  // something stands in it
  bool shown = false;  // and it is a block already
  bool ended = false;  // an item without text and a blank line: only another item of its list can follow
};

// Takes what a line begins with when it stays in the container.
[[nodiscard]] bool goesOn(const OpenContainer& container, LineCursor* line);
// Takes the mark of a quote or an item that begins here. `interrupts`: the line before is a paragraph's, which not
// every mark may end.
[[nodiscard]] std::optional<OpenContainer> opening(LineCursor* line, bool interrupts);
// Whether both are items of one list.
[[nodiscard]] bool inOneList(const Container& a, const Container& b);

}  // namespace sotto::ui::markdown
