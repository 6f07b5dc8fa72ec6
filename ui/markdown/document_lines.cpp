// Document's second part: what one line does to the containers and to the leaf that are open.
#include <algorithm>
#include <iterator>

#include "markdown/document.h"
#include "markdown/tail.h"

namespace sotto::ui::markdown {

namespace {

constexpr size_t deepest = 64;  // containers

// What would begin another block, if it were not for what stands before it.
bool looksLikeStart(QStringView text) {
  return text.startsWith(u'>') || isHeading(text) || isThematicBreak(text) || isUnderline(text) ||
         openingFence(text).has_value() || listMark(text).has_value();
}

// A formula's lines may begin with what would be a list elsewhere.
bool staysInMath(QStringView text, bool inMath) {
  if (inMath) return !text.contains(u"\\]") && !text.contains(u"$$");
  return (text.startsWith(u"\\[") && !text.contains(u"\\]")) || (text.startsWith(u"$$") && text.count(u"$$") == 1);
}

}  // namespace

bool Document::Line::isTooLong() const { return end - begin > longest; }

void Document::readLine(const Line& line) {
  const QStringView view = QStringView(source_).mid(line.begin, line.end - line.begin);
  LineCursor cursor(view);
  size_t matched = 0;
  while (matched < state_.open.size() && goesOn(state_.open[matched], &cursor)) ++matched;
  const bool all = matched == state_.open.size();
  const Leaf::Kind kind = state_.leaf.kind;
  if (kind == Leaf::Kind::fence && all) {
    readFenceLine(&cursor, line);
    return;
  }
  if (cursor.atEnd()) {
    if (line.whole) readBlankLine(matched);
    return;
  }
  // What a line begins with may still become something else.
  if (!line.whole && couldBeMark(view, false)) return;

  const bool paragraph = kind == Leaf::Kind::paragraph;
  const bool here =
      paragraph && all;  // as against a line that a paragraph within a quote or an item takes without its mark
  const bool math = here && state_.leaf.inMath;
  if (here && !math && !line.isTooLong() && cursor.indent() <= 3 && isUnderline(cursor.text())) {
    addLine(cursor, line, true);
    closeLeaf();
    return;
  }
  std::vector<OpenContainer> fresh;
  while (!math && matched + fresh.size() < deepest) {
    const auto next = opening(&cursor, here && fresh.empty());
    if (!next) break;
    fresh.push_back(*next);
    fresh.back().begin = line.begin;
  }
  const Start start = math ? Start::text : startOf(cursor, line);
  if (fresh.empty() && start == Start::text) {
    if (paragraph) {
      goOnInParagraph(cursor, line, here);
      return;
    }
    if (all && kind == Leaf::Kind::table && !line.isTooLong() && readRow(cursor, line)) return;
    if (all && kind == Leaf::Kind::indented && cursor.indent() > 3) {
      readIndentedLine(&cursor, line);
      return;
    }
  }
  closeLeaf();
  const bool beginsItem = !fresh.empty() && isItem(fresh.back().container.type);
  openContainers(matched, std::move(fresh));
  if (!cursor.atEnd()) beginLeaf(&cursor, line, start, beginsItem);
}

void Document::readBlankLine(size_t matched) {
  const bool all = matched == state_.open.size();
  if (all && state_.leaf.kind == Leaf::Kind::indented) {
    ++state_.leaf.blanks;
    return;
  }
  closeLeaf();
  if (matched + 1 == state_.open.size() && !state_.open.back().begun) {
    state_.open.back().ended = true;
  } else {
    closeContainers(matched);
  }
}

Document::Start Document::startOf(const LineCursor& cursor, const Line& line) const {
  const QStringView text = cursor.text();
  if (cursor.indent() > 3 || line.isTooLong()) return Start::text;
  if (isThematicBreak(text)) return Start::rule;
  if (isHeading(text)) return Start::heading;
  return openingFence(text) ? Start::fence : Start::text;
}

void Document::openContainers(size_t matched, std::vector<OpenContainer> fresh) {
  if (!fresh.empty() && matched < state_.open.size()) {
    // The items of a list are counted from the first one's number.
    Container& item = fresh.front().container;
    const Container& before = state_.open[matched].container;
    if (inOneList(before, item)) item.number = before.number + 1;
  }
  closeContainers(matched);
  if (!fresh.empty()) {
    for (OpenContainer& open : state_.open) open.begun = true;
    for (size_t i = 0; i + 1 < fresh.size(); ++i) fresh[i].begun = true;
  }
  std::move(fresh.begin(), fresh.end(), std::back_inserter(state_.open));
}

void Document::closeContainers(size_t keep) {
  while (state_.open.size() > keep) {
    const OpenContainer& last = state_.open.back();
    if (!last.shown && isItem(last.container.type)) {
      // An item without text.
      Block empty;
      empty.sourceStart = empty.sourceEnd = std::max(blocks_.empty() ? 0 : blocks_.back().sourceEnd, last.begin);
      for (const OpenContainer& open : state_.open) empty.containers.push_back(open.container);
      for (auto open = state_.open.rbegin(); open != state_.open.rend() && !open->shown; ++open) ++empty.opens;
      for (OpenContainer& open : state_.open) open.shown = true;
      blocks_.push_back(std::move(empty));
      state_.finished = blocks_.size();
    }
    state_.open.pop_back();
  }
}

void Document::beginLeaf(LineCursor* cursor, const Line& line, Start start, bool beginsItem) {
  for (OpenContainer& open : state_.open) open.begun = true;
  if (cursor->indent() > 3 && !typed_) {
    openBlock(BlockKind::code, line);
    state_.leaf.kind = Leaf::Kind::indented;
    nowCertain(line.end);
    readIndentedLine(cursor, line);
    return;
  }
  if (!line.whole && couldBeMark(cursor->text(), beginsItem)) return;
  if (start == Start::fence) {
    Fence fence = *openingFence(cursor->text());
    fence.indent = cursor->indent();
    openFence(fence, line);
    return;
  }
  beginParagraph(*cursor, line, Joint::apart);
  state_.leaf.beginsItem = beginsItem;
  if (start != Start::text && line.whole) closeLeaf();
}

void Document::beginParagraph(const LineCursor& cursor, const Line& line, Joint joint) {
  Leaf& leaf = state_.leaf;
  leaf = {};
  leaf.kind = Leaf::Kind::paragraph;
  leaf.begin = line.begin;
  leaf.joint = joint;
  const Start start = startOf(cursor, line);
  if (joint != Joint::apart || (start == Start::text && looksLikeStart(cursor.text()))) leaf.guards = {0};
  if (line.isTooLong()) {
    leaf.end = line.begin;
    state_.midLine = true;
    state_.scanned = line.end - int(cursor.text().size());
    return;
  }
  addLine(cursor, line);
}

void Document::goOnInParagraph(const LineCursor& cursor, const Line& line, bool here) {
  Leaf& leaf = state_.leaf;
  if (!line.whole && couldBeMark(cursor.text(), false)) return;
  if (here && line.whole && !leaf.inMath && beginTable(cursor, line)) return;
  if (line.isTooLong() || leaf.text.size() > longest / 2) {
    closeLeaf();
    beginParagraph(cursor, line, Joint::line);
    return;
  }
  addLine(cursor, line);
}

void Document::addLine(const LineCursor& cursor, const Line& line, bool underline) {
  Leaf& leaf = state_.leaf;
  const bool first = leaf.places.empty();
  if (!first) leaf.text += u'\n';
  // md4c would take white space away that a person has typed; so it is kept for the reader of its events.
  const QStringView text = typed_ ? cursor.rest() : cursor.text();
  const int start = int(leaf.text.size());
  const int source = line.end - int(text.size());
  const int words = start + int(text.size() - cursor.text().size());
  if (!leaf.guards.empty() && first) {
    leaf.guards = {words};
  } else if (!first && !underline && looksLikeStart(cursor.text())) {
    leaf.guards.push_back(words);
  }
  if (first || leaf.places.back().source - leaf.places.back().text != source - start) {
    leaf.places.push_back({start, source});
  }
  leaf.text += text;
  leaf.lastLine = start;
  leaf.lastBegin = line.begin;
  leaf.end = line.end;
  leaf.inMath = staysInMath(cursor.text().trimmed(), leaf.inMath);
  ++leaf.lines;
}

}  // namespace sotto::ui::markdown
