#include "markdown/document.h"

#include <algorithm>
#include <utility>

namespace sotto::ui::markdown {

namespace {
constexpr int longest = 16384;             // characters of one paragraph
constexpr int longestDefinitions = 16384;  // characters of all link definitions

bool isQuote(QStringView line) { return indentation(line) <= 3 && line.trimmed().startsWith(u'>'); }
}  // namespace

int Document::setText(const QString& text, bool complete) {
  const bool grows = text.startsWith(source_);
  if (grows && text.size() == source_.size() && complete == complete_) return int(blocks_.size());
  if (!grows || defined_) reset();
  takeBack();
  int changed = int(state_.finished) - (state_.kind == Kind::fence ? 1 : 0);
  source_ += QStringView(text).mid(source_.size());
  complete_ = complete;
  readLines();
  if (complete) {
    if (state_.kind != Kind::fence && state_.kind != Kind::none) finishStretch(int(source_.size()));
    applyDefinitions();
    if (defined_) changed = 0;
  } else {
    showTail();
  }
  return changed;
}

void Document::reset() {
  ++beginnings_;
  source_.clear();
  definitions_.clear();
  complete_ = false;
  defined_ = false;
  state_ = {};
  stretches_.clear();
  blocks_.clear();
}

void Document::takeBack() {
  if (complete_) state_ = beforeEnd_;
  stretches_.resize(state_.stretches);
  blocks_.resize(state_.finished);
  if (state_.kind != Kind::fence) return;
  Block& code = blocks_.back();
  code.closed = false;
  code.text.truncate(state_.codeLength);
  while (!code.anchors.empty() && code.anchors.back().text > state_.codeLength) code.anchors.pop_back();
}

void Document::readLines() {
  const int size = int(source_.size());
  beforeEnd_ = state_;
  while (state_.scanned < size) {
    const qsizetype lineFeed = source_.indexOf(u'\n', state_.scanned);
    const bool whole = lineFeed >= 0 || complete_;
    const int lineEnd = lineFeed >= 0 ? int(lineFeed) : size;
    const int next = lineFeed >= 0 ? lineEnd + 1 : size;
    if (lineFeed < 0) beforeEnd_ = state_;
    const int length = lineEnd - state_.scanned;
    const bool isLong = length > longest;
    const QStringView line = QStringView(source_).mid(state_.scanned, length);
    if (state_.kind == Kind::fence) {
      if (!whole) return;
      readCodeLine(line, next);
    } else if (state_.midLine) {
      cutLongLine(lineEnd);
      if (!whole) return;
      takeLine(next);
      state_.midLine = false;
    } else {
      if (!whole && !isLong) return;
      const Decision decision = decide(line.left(longest), isLong);
      if (isLong && decision.kind == Kind::text) {
        apply(decision);
        if (state_.scanned > state_.begin) apply({Decision::Cut::here, Kind::text, Joint::line, false, {}, {}});
        state_.midLine = true;
      } else if (!whole) {
        return;
      } else if (isBlank(line)) {
        takeLine(next);
        state_.afterBlank = true;
        if (state_.kind == Kind::none) state_.begin = next;
      } else {
        apply(decision);
        if (decision.fence) {
          openFence(*decision.fence, next);
        } else {
          watchMath(line);
          takeLine(next);
        }
      }
    }
    if (lineFeed >= 0) beforeEnd_ = state_;
  }
}

Document::Decision Document::decide(QStringView line, bool isLong) const {
  const int indent = indentation(line);
  Decision begin;
  begin.cut = state_.kind == Kind::none ? Decision::Cut::none : Decision::Cut::here;
  if (!isLong) begin.fence = openingFence(line);
  if (indent <= 3 && !isThematicBreak(line)) begin.item = listMark(line);
  begin.kind = begin.fence ? Kind::fence : begin.item ? Kind::list : isQuote(line) ? Kind::quote : Kind::text;
  // What may follow a paragraph's line without a blank line between.
  const bool interrupts = begin.kind == Kind::fence || begin.kind == Kind::quote ||
                          (begin.item && !begin.item->empty && begin.item->number <= 1);
  Decision stay;
  stay.kind = state_.kind;
  switch (state_.kind) {
    case Kind::none:
      return begin;
    case Kind::fence:
      return stay;
    case Kind::quote:
      if (isQuote(line) && !state_.afterBlank) return stay;
      return interrupts || (state_.afterBlank && indent < 4) ? begin : stay;
    case Kind::table:
      return interrupts || state_.afterBlank ? begin : stay;
    case Kind::list:
      if (indent >= state_.item.contentIndent) return stay;
      if (begin.item && begin.item->kind == state_.item.kind) {
        begin.sameList = true;
        return begin;
      }
      return interrupts || state_.afterBlank ? begin : stay;
    case Kind::text:
      if (state_.inMath && !state_.afterBlank) return stay;
      break;
  }
  if (interrupts || (state_.afterBlank && indent < 4)) return begin;
  if (isDelimiterRow(line) && endsTextBefore(line)) {
    stay.kind = Kind::table;
    if (state_.lines > 1) stay.cut = Decision::Cut::previousLine;
  } else if (state_.scanned - state_.begin > longest / 2) {
    begin.kind = Kind::text;
    begin.item.reset();
    begin.joint = state_.afterBlank ? Joint::apart : Joint::line;
    return begin;
  }
  return stay;
}

bool Document::endsTextBefore(QStringView line) const {
  if (state_.afterBlank || state_.lines == 0) return false;
  const QStringView header = QStringView(source_).mid(state_.previousLine, state_.scanned - 1 - state_.previousLine);
  return header.contains(u'|') && cellCount(header) == cellCount(line);
}

void Document::apply(const Decision& decision) {
  if (decision.cut != Decision::Cut::none) {
    const int at = decision.cut == Decision::Cut::here ? state_.scanned : state_.previousLine;
    finishStretch(at);
    state_.begin = at;
    state_.lines = at == state_.scanned ? 0 : 1;
    state_.number = decision.sameList ? state_.nextNumber : -1;
    state_.joint = decision.joint;
  } else if (state_.kind == Kind::none) {
    state_.begin = state_.scanned;
    state_.lines = 0;
    state_.number = -1;
    state_.joint = Joint::apart;
  }
  state_.kind = decision.kind;
  if (decision.item) state_.item = *decision.item;
}

void Document::takeLine(int end) {
  state_.previousLine = state_.scanned;
  state_.scanned = end;
  state_.afterBlank = false;
  ++state_.lines;
}

// A formula's lines may begin with what would be a list elsewhere.
void Document::watchMath(QStringView line) {
  const QStringView text = line.trimmed();
  if (state_.kind != Kind::text || state_.lines == 0 || state_.afterBlank) state_.inMath = false;
  if (state_.kind != Kind::text) return;
  if (state_.inMath) {
    state_.inMath = !text.contains(u"\\]") && !text.contains(u"$$");
  } else {
    state_.inMath =
        (text.startsWith(u"\\[") && !text.contains(u"\\]")) || (text.startsWith(u"$$") && text.count(u"$$") == 1);
  }
}

void Document::openFence(const Fence& fence, int end) {
  state_.fence = fence;
  state_.fence.info = {};  // a view into text that will move
  state_.codeLines = 0;
  state_.codeLength = 0;
  Block code;
  code.kind = BlockKind::code;
  const QStringView info = fence.info;
  const auto blank = std::find_if(info.begin(), info.end(), [](QChar c) { return c.isSpace(); });
  code.language = info.left(std::distance(info.begin(), blank)).toString();
  code.closed = false;
  code.sourceStart = state_.scanned;
  code.sourceEnd = end;
  blocks_.push_back(std::move(code));
  stretches_.push_back({state_.begin, end, 1, Kind::fence, -1, Joint::apart});
  state_.finished = blocks_.size();
  state_.stretches = stretches_.size();
  takeLine(end);
}

void Document::readCodeLine(QStringView line, int end) {
  Block& code = blocks_.back();
  code.sourceEnd = end;
  stretches_.back().end = end;
  if (closes(state_.fence, line)) {
    code.closed = true;
    takeLine(end);
    state_.kind = Kind::none;
    state_.begin = end;
    return;
  }
  addCodeLine(line, state_.scanned);
  ++state_.codeLines;
  state_.codeLength = int(code.text.size());
  takeLine(end);
}

void Document::addCodeLine(QStringView line, int start) {
  Block& code = blocks_.back();
  if (state_.codeLines > 0) code.text += u'\n';
  int skip = 0;  // the fence's own indentation
  while (skip < state_.fence.indent && skip < line.size() && line[skip] == u' ') ++skip;
  line = line.mid(skip);
  if (line.endsWith(u'\r')) line.chop(1);
  const Anchor anchor{int(code.text.size()), start + skip};
  if (code.anchors.empty() || code.anchors.back().text - code.anchors.back().source != anchor.text - anchor.source) {
    code.anchors.push_back(anchor);
  }
  code.text += line;
}

// Leaves at most `longest` characters of the line for the last stretch.
void Document::cutLongLine(int end) {
  while (end - state_.begin > longest) {
    const QStringView window = QStringView(source_).mid(state_.begin, longest);
    qsizetype at = window.lastIndexOf(u' ') + 1;
    const bool atBlank = at > longest / 2;
    if (!atBlank) at = window.back().isHighSurrogate() ? longest - 1 : longest;
    finishStretch(state_.begin + int(at));
    state_.begin += int(at);
    state_.scanned = state_.begin;
    state_.lines = 0;
    state_.joint = atBlank ? Joint::space : Joint::tight;
  }
}

void Document::finishStretch(int end) {
  Stretch stretch{state_.begin, end, 0, state_.kind, state_.number, state_.joint};
  Parsed parsed = parseStretch(stretch, false);
  stretch.blocks = parsed.blocks.size();
  stretches_.push_back(stretch);
  std::move(parsed.blocks.begin(), parsed.blocks.end(), std::back_inserter(blocks_));
  if (parsed.lastNumber >= 0) state_.nextNumber = parsed.lastNumber + 1;
  state_.finished = blocks_.size();
  state_.stretches = stretches_.size();
}

Parsed Document::parseStretch(const Stretch& stretch, bool unfinished) const {
  ParseOptions options;
  options.typed = typed_;
  options.listNumber = stretch.number;
  options.prepare.unfinished = unfinished;
  options.prepare.insideLine = stretch.joint == Joint::space || stretch.joint == Joint::tight;
  options.prepare.definitions = definitions_;
  Parsed parsed = parse(QStringView(source_).mid(stretch.begin, stretch.end - stretch.begin), stretch.begin, options);
  if (!parsed.blocks.empty() && parsed.blocks.front().kind == BlockKind::paragraph) {
    parsed.blocks.front().joint = stretch.joint;
  }
  return parsed;
}

void Document::showTail() {
  const int size = int(source_.size());
  if (state_.kind == Kind::fence) {
    const QStringView line = QStringView(source_).mid(state_.scanned);
    const QStringView mark = line.trimmed();
    const bool couldClose = std::all_of(mark.begin(), mark.end(), [&](QChar c) { return c == state_.fence.character; });
    if (!couldClose) addCodeLine(line, state_.scanned);
    blocks_.back().sourceEnd = size;
    return;
  }
  Stretch tail{state_.begin, size, 0, state_.kind, -1, Joint::apart};
  if (state_.kind != Kind::none) {
    tail.number = state_.number;
    tail.joint = state_.joint;
  }
  Parsed parsed = parseStretch(tail, true);
  std::move(parsed.blocks.begin(), parsed.blocks.end(), std::back_inserter(blocks_));
}

void Document::applyDefinitions() {
  for (const Stretch& stretch : stretches_) {
    const QStringView text = QStringView(source_).mid(stretch.begin, stretch.end - stretch.begin);
    if (stretch.kind == Kind::fence || !text.contains(u"]:")) continue;
    for (const QStringView line : text.split(u'\n')) {
      if (definitions_.size() + line.size() < longestDefinitions && isLinkDefinition(line)) {
        definitions_ += line;
        definitions_ += u'\n';
      }
    }
  }
  if (definitions_.isEmpty()) return;
  defined_ = true;
  std::vector<Block> blocks;
  auto from = blocks_.begin();
  for (Stretch& stretch : stretches_) {
    const auto to = from + qsizetype(stretch.blocks);
    const bool reads = stretch.kind != Kind::fence &&
                       QStringView(source_).mid(stretch.begin, stretch.end - stretch.begin).contains(u'[');
    if (reads) {
      Parsed parsed = parseStretch(stretch, false);
      stretch.blocks = parsed.blocks.size();
      std::move(parsed.blocks.begin(), parsed.blocks.end(), std::back_inserter(blocks));
    } else {
      std::move(from, to, std::back_inserter(blocks));
    }
    from = to;
  }
  blocks_ = std::move(blocks);
}

}  // namespace sotto::ui::markdown
