// Questions about one line of Markdown, as CommonMark 0.30 and GitHub's tables answer them. Lines come without their
// end.
#pragma once

#include <QString>
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
  bool numbered = false;
  int number = 0;
  int width = 0;       // of the mark, characters
  bool empty = false;  // nothing after the mark
};
[[nodiscard]] std::optional<ListMark> listMark(QStringView line);
// # to ######, and a blank.
[[nodiscard]] bool isHeading(QStringView line);
// === or --- under a heading's text.
[[nodiscard]] bool isUnderline(QStringView line);

// The line under a table's header: |---|:-:|
[[nodiscard]] bool isDelimiterRow(QStringView line);
// Columns of a table's row: cells between unescaped bars.
[[nodiscard]] int cellCount(QStringView line);

// [label]: address "title"; the label, as labels are compared. Empty: it is none.
[[nodiscard]] QString definedLabel(QStringView line);
// A link's label as it is compared: without regard to case and to the kind of white space.
[[nodiscard]] QString labelKey(QStringView label);

}  // namespace sotto::ui::markdown
