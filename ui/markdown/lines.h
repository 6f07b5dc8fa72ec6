// Questions about one line of Markdown, as CommonMark 0.30 and GitHub's tables answer them. Lines come without their
// end.
#pragma once

#include <QStringView>
#include <optional>

namespace sotto::ui::markdown {

// Columns of white space before the first other character; tabs go to multiples of 4.
[[nodiscard]] int indentation(QStringView line);
[[nodiscard]] bool isBlank(QStringView line);
[[nodiscard]] bool isThematicBreak(QStringView line);

struct Fence {
  QChar character;
  int length = 0;
  int indent = 0;
  QStringView info;
};
// An opening code fence, indented by three columns at most.
[[nodiscard]] std::optional<Fence> openingFence(QStringView line);
[[nodiscard]] bool closes(const Fence& fence, QStringView line);

struct ListMark {
  QChar kind;  // - + * of bullets, . or ) of numbers
  int number = 0;
  int contentIndent = 0;  // the column at which the item's text begins
  bool empty = false;     // nothing after the mark
};
[[nodiscard]] std::optional<ListMark> listMark(QStringView line);

// The line under a table's header: |---|:-:|
[[nodiscard]] bool isDelimiterRow(QStringView line);
// Columns of a table's row: cells between unescaped bars.
[[nodiscard]] int cellCount(QStringView line);

// [label]: address "title"
[[nodiscard]] bool isLinkDefinition(QStringView line);

}  // namespace sotto::ui::markdown
