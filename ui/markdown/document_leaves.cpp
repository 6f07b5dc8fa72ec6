// Document's third part: paragraphs, code and tables become blocks.
#include <algorithm>
#include <iterator>
#include <utility>

#include "markdown/document.h"
#include "markdown/parser.h"
#include "markdown/tail.h"

namespace sotto::ui::markdown {

namespace {
constexpr int mostColumns = 128;

bool onlyOf(QStringView text, QChar character) {
  return std::all_of(text.begin(), text.end(), [&](QChar c) { return c == character; });
}
}  // namespace

void Document::closeLeaf() {
  Leaf& leaf = state_.leaf;
  if (leaf.kind == Leaf::Kind::fence) blocks_.back().closed = true;
  if (leaf.kind == Leaf::Kind::paragraph) {
    emitParagraph(false, true);
    keepDefinitions();
  }
  leaf = {};
}

void Document::emitParagraph(bool unfinished, bool lastLineWhole) {
  const Leaf& leaf = state_.leaf;
  if (QStringView(leaf.text).trimmed().isEmpty()) return;
  PrepareOptions prepare;
  prepare.unfinished = unfinished;
  prepare.guards = leaf.guards;
  std::vector<Block> blocks =
      parseText(unfinished && lastLineWhole ? leaf.text + u'\n' : leaf.text, leaf.places, std::move(prepare));
  if (!blocks.empty() && blocks.front().kind == BlockKind::paragraph) blocks.front().joint = leaf.joint;
  emitBlocks(std::move(blocks), leaf.begin, leaf.end);
}

std::vector<Block> Document::parseText(const QString& text, const std::vector<Anchor>& places,
                                       PrepareOptions prepare) const {
  ParseOptions options;
  options.typed = typed_;
  options.prepare = std::move(prepare);
  options.prepare.definitions = definitionsFor(text);
  for (const OpenContainer& open : state_.open) options.outer.push_back({open.container, open.shown});
  return parse(text, places, options);
}

void Document::emitBlocks(std::vector<Block> blocks, int begin, int end) {
  if (blocks.empty()) return;
  for (OpenContainer& open : state_.open) open.shown = true;
  for (size_t i = 0; i < blocks.size(); ++i) {
    Block& block = blocks[i];
    block.sourceStart = i == 0                  ? begin
                        : block.anchors.empty() ? blocks[i - 1].sourceStart
                                                : block.anchors.front().source;
    if (i > 0) blocks[i - 1].sourceEnd = block.sourceStart;
    block.sourceEnd = end;
  }
  std::move(blocks.begin(), blocks.end(), std::back_inserter(blocks_));
  state_.finished = blocks_.size();
}

// --- code ------------------------------------------------------------------------------------------------------

Block& Document::openBlock(BlockKind kind, const Line& line) {
  Block block;
  block.kind = kind;
  block.sourceStart = line.begin;
  block.sourceEnd = line.end;
  for (const OpenContainer& open : state_.open) block.containers.push_back(open.container);
  for (auto open = state_.open.rbegin(); open != state_.open.rend() && !open->shown; ++open) ++block.opens;
  for (OpenContainer& open : state_.open) open.shown = true;
  blocks_.push_back(std::move(block));
  state_.finished = blocks_.size();
  return blocks_.back();
}

void Document::openFence(const Fence& fence, const Line& line) {
  Block& code = openBlock(BlockKind::code, line);
  const auto blank = std::find_if(fence.info.begin(), fence.info.end(), [](QChar c) { return c.isSpace(); });
  code.language = fence.info.left(std::distance(fence.info.begin(), blank)).toString();
  code.closed = false;
  state_.leaf.kind = Leaf::Kind::fence;
  state_.leaf.fence = fence;
  state_.leaf.fence.info = {};  // a view into text that will move
  nowCertain(line.end);
}

void Document::readFenceLine(LineCursor* cursor, const Line& line) {
  const Fence& fence = state_.leaf.fence;
  if (line.whole && cursor->indent() <= 3 && closes(fence, cursor->text())) {
    nowCertain(line.end);
    closeLeaf();
    return;
  }
  // What may become the closing fence is not shown.
  if (!line.whole && onlyOf(cursor->text().trimmed(), fence.character)) return;
  cursor->skip(std::min(cursor->indent(), fence.indent));
  addCode(*cursor, line);
}

void Document::readIndentedLine(LineCursor* cursor, const Line& line) {
  cursor->skip(4);
  addCode(*cursor, line);
}

void Document::addCode(const LineCursor& cursor, const Line& line) {
  Leaf& leaf = state_.leaf;
  Block& code = blocks_.back();
  if (shownTo_ >= 0) {
    code.text += QStringView(source_).mid(shownTo_, line.end - shownTo_);
  } else {
    if (leaf.lines > 0) code.text += QString(leaf.blanks + 1, u'\n');
    code.text += QString(cursor.blanks(), u' ');
    const Anchor anchor{int(code.text.size()), line.begin + cursor.at()};
    if (code.anchors.empty() || code.anchors.back().text - code.anchors.back().source != anchor.text - anchor.source) {
      code.anchors.push_back(anchor);
    }
    code.text += cursor.rest();
  }
  shownTo_ = line.whole || leaf.kind != Leaf::Kind::fence ? -1 : line.end;
  code.sourceEnd = line.end;
  if (!line.whole) return;
  ++leaf.lines;
  leaf.blanks = 0;
  nowCertain(line.end);
}

// --- tables ----------------------------------------------------------------------------------------------------

bool Document::beginTable(const LineCursor& cursor, const Line& line) {
  Leaf& leaf = state_.leaf;
  const QStringView delimiter = cursor.text();
  if (line.isTooLong() || !isDelimiterRow(delimiter)) return false;
  const QString header = leaf.text.mid(leaf.lastLine);
  const int columns = cellCount(header);
  if (columns > mostColumns || !header.contains(u'|') || columns != cellCount(delimiter)) return false;
  const QString text = header + u'\n' + delimiter.toString();
  const std::vector<Anchor> places = {{0, sourceAt(leaf.places, leaf.lastLine)},
                                      {int(header.size()) + 1, line.end - int(delimiter.size())}};
  PrepareOptions prepare;
  prepare.table = true;
  const auto isTable = [](const std::vector<Block>& blocks) {
    return blocks.size() == 1 && blocks.front().kind == BlockKind::table && blocks.front().columns > 0;
  };
  if (!isTable(parseText(text, places, prepare))) return false;
  const int begin = leaf.lastBegin;
  if (leaf.lastLine > 0) {
    leaf.text.truncate(leaf.lastLine - 1);
    leaf.end = std::max(leaf.begin, begin - 1);
    closeLeaf();
  }
  emitBlocks(parseText(text, places, prepare), begin, line.end);
  leaf = {};
  leaf.kind = Leaf::Kind::table;
  nowCertain(line.end);
  return true;
}

// A row is read below a header of our own, and its cells are added to the table.
bool Document::readRow(const LineCursor& cursor, const Line& line) {
  if (!line.whole && couldBeMark(cursor.text(), false)) return true;
  Block& table = blocks_.back();
  QString text = u'|' + QStringLiteral("a|").repeated(table.columns) + QStringLiteral("\n|") +
                 QStringLiteral("---|").repeated(table.columns) + u'\n';
  const int start = int(text.size());
  text += cursor.text();
  PrepareOptions prepare;
  prepare.table = true;
  prepare.unfinished = !line.whole;
  const std::vector<Block> read =
      parseText(text, {{0, -1}, {start, line.end - int(cursor.text().size())}}, std::move(prepare));
  const size_t columns = size_t(table.columns);
  if (read.size() != 1 || read.front().cells.size() < 2 * columns) return !line.whole;
  const Block& row = read.front();
  const int from = row.cells[columns].start;
  const int shift = int(table.text.size()) + 1 - from;
  const int link = int(table.links.size());
  table.text += u'\n' + row.text.mid(from);
  table.links += row.links;
  for (size_t i = columns; i < 2 * columns; ++i)
    table.cells.push_back({row.cells[i].start + shift, row.cells[i].length});
  for (Span span : row.spans) {
    if (span.start < from) continue;
    span.start += shift;
    if (span.link >= 0) span.link += link;
    table.spans.push_back(span);
  }
  for (const Anchor& anchor : row.anchors) table.anchors.push_back({anchor.text + shift, anchor.source});
  table.sourceEnd = line.end;
  if (line.whole) nowCertain(line.end);
  return true;
}

void Document::nowCertain(int end) {
  Block& block = blocks_.back();
  block.sourceEnd = end;
  state_.certain = {int(block.text.size()), block.anchors.size(),    block.spans.size(),
                    block.cells.size(),     int(block.links.size()), end};
}

}  // namespace sotto::ui::markdown
