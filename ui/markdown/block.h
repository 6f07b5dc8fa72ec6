// What a reply is made of once its Markdown is read: a flat list of blocks, each with its text ready to be shown. Plain
// values without colours or fonts; HTML is never interpreted and nothing is ever loaded.
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

namespace sotto::ui::markdown {

enum class BlockKind {
  paragraph,
  heading,
  code,
  table,
  rule
};

enum StyleFlag : unsigned {
  bold = 1,
  italic = 2,
  strike = 4,
  code = 8
};

// How a block goes on from the one before. A paragraph beyond all measure is cut in blocks that read as one.
enum class Joint {
  apart,
  tight,
  space,
  line
};

// Characters [start, start + length) of a block's text have `style`. Sorted by start, without overlaps or empty spans;
// text without a span is plain.
struct Span {
  int start = 0;
  int length = 0;
  unsigned style = 0;  // StyleFlag
  int link = -1;       // index into Block::links
  friend bool operator==(const Span&, const Span&) = default;
};

// What a block stands in, outermost first.
struct Container {
  enum class Type {
    thought,  // what a reasoning model wrote before its answer; always the outermost
    quote,
    bullet,
    number
  };
  enum class Task {
    none,
    open,
    done
  };
  Type type = Type::quote;
  int number = 0;          // of a numbered item
  QChar delimiter = u'.';  // the mark in the source: . or ) of numbers, - + * of bullets
  Task task = Task::none;
  friend bool operator==(const Container&, const Container&) = default;
};

// From `text` on (a place in Block::text) up to the next anchor, the text is the source from `source` on, unit by unit.
struct Anchor {
  int text = 0;
  int source = 0;
  friend bool operator==(const Anchor&, const Anchor&) = default;
};

// A table's cell is a range of the block's text; cells are separated by tabs and rows by line feeds there.
struct Cell {
  int start = 0;
  int length = 0;
  friend bool operator==(const Cell&, const Cell&) = default;
};

// Lists have items with marks; the others are places.
[[nodiscard]] constexpr bool isItem(Container::Type type) {
  return type == Container::Type::bullet || type == Container::Type::number;
}

struct Block {
  BlockKind kind = BlockKind::paragraph;
  // Line breaks are line feeds. Code has no line feed at its end.
  QString text;
  std::vector<Span> spans;
  QStringList links;
  std::vector<Anchor> anchors;  // sorted by text; empty for a block without text
  int level = 0;                // of a heading, 1 to 6
  QString language;             // of code, may be empty
  bool closed = true;           // code: false while its fence is open
  Joint joint = Joint::apart;   // not apart: the same paragraph as the block before
  std::vector<Container> containers;
  int opens = 0;                          // how many of the innermost containers begin with this block
  int columns = 0;                        // of a table
  std::vector<Qt::Alignment> alignments;  // [columns]
  std::vector<Cell> cells;                // row by row, the first row is the header
  int sourceStart = 0;                    // the block's lines in the source, UTF-16 units
  int sourceEnd = 0;

  // Where text position `position` is in the source, and back (the nearest one).
  [[nodiscard]] int toSource(int position) const;
  [[nodiscard]] int fromSource(int source) const;

  [[nodiscard]] bool isThought() const {
    return !containers.empty() && containers.front().type == Container::Type::thought;
  }

  friend bool operator==(const Block&, const Block&) = default;
};

// `[from, to)` of the block's text as plain text; list marks and numbers are there when `from` is 0.
[[nodiscard]] QString plainText(const Block& block, int from, int to);
[[nodiscard]] inline QString plainText(const Block& block) { return plainText(block, 0, int(block.text.size())); }
// Blocks as one text: items of a list line by line, all else a blank line apart.
[[nodiscard]] QString plainSeparator(const Block& before, const Block& after);
[[nodiscard]] QString plainText(const std::vector<Block>& blocks);

}  // namespace sotto::ui::markdown
