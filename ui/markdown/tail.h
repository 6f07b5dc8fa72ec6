// The end of a text that is still being written: what of it to show already.
#pragma once

#include <QString>
#include <QStringView>
#include <vector>

namespace sotto::ui::markdown {

struct Tail {
  struct Range {
    int from = 0;
    int to = 0;
  };
  int end = 0;              // what comes after is not shown yet
  std::vector<Range> drop;  // marks of a link that is not complete, before `end`; sorted
  QString closers;          // to be put at the end: closes open emphasis and code
};

// A mark that is half there must not flash up: "**bol" is bold from its first letter on. `stretch` is a paragraph, a
// heading or a table's row, with a line feed at its end when its last line is whole.
[[nodiscard]] Tail settle(QStringView stretch, bool table);
// A line that could still become a list, a heading, a rule, a fence, a task or the underline of a heading.
[[nodiscard]] bool couldBeMark(QStringView line, bool beginsItem);

}  // namespace sotto::ui::markdown
