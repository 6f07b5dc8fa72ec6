#include "markdown/document.h"

#include <algorithm>

#include "sotto/engine/chat_template.h"

namespace sotto::ui::markdown {

namespace {
constexpr qsizetype mostDefinitions = 4096;
constexpr int longestTag = 32;  // characters, and more
}  // namespace

Document::Same Document::setText(const QString& text, bool complete) {
  const bool grows = text.startsWith(source_);
  if (grows && text.size() == source_.size() && complete == complete_) return {int(blocks_.size()), 0};
  if (!grows || defined_) reset();
  takeBack();
  Same same = certain();
  if (shownTo_ >= 0) same.text = int(blocks_.back().text.size());
  const int from = std::max(state_.scanned, int(source_.size()));
  source_ += QStringView(text).mid(source_.size());
  complete_ = complete;
  readLines(from);
  if (complete) applyDefinitions();
  return defined_ ? Same{} : same;
}

Document::Same Document::certain() const {
  return growsAtEnd() ? Same{int(state_.finished) - 1, state_.certain.text} : Same{int(state_.finished), 0};
}

void Document::reset() {
  ++beginnings_;
  source_.clear();
  definitions_.clear();
  byLabel_.clear();
  complete_ = false;
  defined_ = false;
  shownTo_ = -1;
  state_ = {};
  beforeEnd_ = {};
  blocks_.clear();
}

void Document::takeBack() {
  state_ = beforeEnd_;
  blocks_.resize(state_.finished);
  definitions_.resize(qsizetype(state_.definitions));
  // Once a line of code is shown, more of it cannot make it anything else; but a thought may end in it.
  if (complete_ || state_.leaf.kind != Leaf::Kind::fence || hasOpenThought()) shownTo_ = -1;
  if (!growsAtEnd()) return;
  Block& block = blocks_.back();
  const Extent& extent = state_.certain;
  if (state_.leaf.kind == Leaf::Kind::fence) block.closed = false;
  if (shownTo_ >= 0) return;
  block.text.truncate(extent.text);
  block.anchors.resize(extent.anchors);
  block.spans.resize(extent.spans);
  block.cells.resize(extent.cells);
  block.links.resize(extent.links);
  block.sourceEnd = extent.end;
}

void Document::readLines(int from) {
  for (;;) {
    const qsizetype lineFeed = source_.indexOf(u'\n', from);
    if (lineFeed < 0) break;
    const int end = int(lineFeed) - (lineFeed > state_.scanned && source_[lineFeed - 1] == u'\r' ? 1 : 0);
    (void)readThoughtTags(end, true);
    if (!state_.midLine) readLine({state_.scanned, end, true});
    if (state_.midLine) takeRestOfLongLine(end);
    state_.midLine = false;
    state_.scanned = from = int(lineFeed) + 1;
  }
  readLastLine();
}

// Tags in what has not been read of a line that goes up to `end` are lines of their own. False: what there is may
// become one.
bool Document::readThoughtTags(int end, bool whole) {
  if (typed_ || state_.thought == Thought::over) return true;
  const auto tags = engine::thought_tags();
  const auto latin = [](std::string_view tag) { return QLatin1StringView(tag.data(), qsizetype(tag.size())); };
  if (state_.thought == Thought::perhaps) {
    const QStringView line = QStringView(source_).mid(state_.scanned, end - state_.scanned).trimmed();
    if (line.isEmpty()) return true;
    const auto opens = [&](const engine::ThoughtTags& each) { return line.startsWith(latin(each.open)); };
    const auto found = std::find_if(tags.begin(), tags.end(), opens);
    if (found == tags.end()) {
      const auto mayOpen = [&](const engine::ThoughtTags& each) { return latin(each.open).startsWith(line); };
      if (!whole && std::any_of(tags.begin(), tags.end(), mayOpen)) return false;
      state_.thought = Thought::over;
      return true;
    }
    state_.thought = Thought::inside;
    state_.tags = int(found - tags.begin());
    state_.scanned = int(source_.indexOf(latin(found->open), state_.scanned) + qsizetype(found->open.size()));
    OpenContainer thought;
    thought.container.type = Container::Type::thought;
    thought.begin = state_.scanned;
    state_.open.push_back(thought);
  }
  const QLatin1StringView close = latin(tags[size_t(state_.tags)].close);
  const qsizetype found = QStringView(source_).mid(state_.scanned, end - state_.scanned).indexOf(close);
  if (found < 0) return true;
  const int at = state_.scanned + int(found);
  const bool some = !QStringView(source_).mid(state_.scanned, found).trimmed().isEmpty();
  if (some && !state_.midLine) readLine({state_.scanned, at, true});
  if (state_.midLine) takeRestOfLongLine(at);
  state_.midLine = false;
  closeLeaf();
  closeContainers(0);
  state_.scanned = at + int(close.size());
  state_.thought = Thought::over;
  return true;
}

// The line that has no end yet, and the end of all when none will come.
void Document::readLastLine() {
  int end = int(source_.size());
  if (end > state_.scanned && source_[end - 1] == u'\r') --end;
  const bool known = readThoughtTags(end, complete_);
  beforeEnd_ = state_;
  const bool some = end > state_.scanned;
  if (some && known && !state_.midLine) readLine({state_.scanned, end, complete_});
  if (state_.midLine) {
    cutLongLine(end);
    beforeEnd_ = state_;
    takeRestOfLongLine(end);
  }
  if (complete_) {
    const bool openFence = state_.leaf.kind == Leaf::Kind::fence;
    closeLeaf();
    if (openFence) blocks_.back().closed = false;
    closeContainers(0);
  } else if (state_.leaf.kind == Leaf::Kind::paragraph) {
    emitParagraph(true, !some || state_.leaf.end != end);
  }
}

// Leaves at most `longest` characters of the line.
void Document::cutLongLine(int end) {
  Leaf& leaf = state_.leaf;
  // The beginning of a tag is left whole.
  const int spared = state_.thought == Thought::inside ? longestTag : 0;
  while (end - state_.scanned > longest + spared) {
    const QStringView window = QStringView(source_).mid(state_.scanned, longest);
    qsizetype at = window.lastIndexOf(u' ') + 1;
    const bool atBlank = at > longest / 2;
    if (!atBlank) at = window.back().isHighSurrogate() ? longest - 1 : longest;
    leaf.text = window.left(at).toString();
    leaf.places = {{0, state_.scanned}};
    state_.scanned += int(at);
    leaf.end = state_.scanned;
    const bool item = leaf.beginsItem;
    emitParagraph(false, false);
    leaf = {};
    leaf.kind = Leaf::Kind::paragraph;
    leaf.beginsItem = item;
    leaf.begin = leaf.end = leaf.lastBegin = state_.scanned;
    leaf.joint = atBlank ? Joint::space : Joint::tight;
    leaf.guards = {0};
  }
}

void Document::takeRestOfLongLine(int end) {
  cutLongLine(end);
  Leaf& leaf = state_.leaf;
  leaf.text = source_.mid(state_.scanned, end - state_.scanned);
  leaf.places = {{0, state_.scanned}};
  leaf.end = end;
}

void Document::keepDefinitions() {
  if (state_.leaf.text.contains(u"]:")) {
    for (const QStringView line : QStringView(state_.leaf.text).split(u'\n')) {
      if (definitions_.size() < mostDefinitions && !definedLabel(line).isEmpty()) definitions_ << line.toString();
    }
  }
  state_.definitions = size_t(definitions_.size());
}

// A definition may stand after the link that means it: with all of them known, the text is read once more.
void Document::applyDefinitions() {
  if (definitions_.isEmpty()) return;
  for (const QString& line : std::as_const(definitions_)) {
    const QString label = definedLabel(line);
    if (!byLabel_.contains(label)) byLabel_.insert(label, line);
  }
  defined_ = true;
  state_ = {};
  blocks_.clear();
  shownTo_ = -1;
  readLines(0);
}

QString Document::definitionsFor(QStringView text) const {
  QString result;
  if (byLabel_.isEmpty()) return result;
  for (qsizetype at = text.indexOf(u'['); at >= 0; at = text.indexOf(u'[', at + 1)) {
    const qsizetype close = text.indexOf(u']', at + 1);
    if (close < 0) break;
    if (close - at > 1000) continue;
    const auto found = byLabel_.constFind(labelKey(text.mid(at + 1, close - at - 1)));
    if (found != byLabel_.constEnd() && !result.contains(*found)) result += *found + u'\n';
  }
  return result;
}

}  // namespace sotto::ui::markdown
