// MessageBody's other half: from blocks to fragments, keeping those whose text is the same.
#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <utility>

#include "transcript/code_fragment.h"
#include "transcript/message_body.h"
#include "transcript/plain_fragments.h"
#include "transcript/table_fragment.h"
#include "transcript/text_fragment.h"

namespace sotto::ui {

using markdown::Block;

// Old fragments, in their order, to be taken where the new ones have the same place.
class MessageBody::Old {
 public:
  explicit Old(Fragments fragments) : fragments_(std::move(fragments)) {}
  template <class T>
  std::unique_ptr<Fragment> take(const Place& place) {
    while (next_ < fragments_.size() && Place{fragments_[next_]->blockIndex, fragments_[next_]->start} < place) ++next_;
    for (; next_ < fragments_.size() && fragments_[next_]->blockIndex == place.block &&
           fragments_[next_]->start == place.offset;
         ++next_) {
      if (dynamic_cast<T*>(fragments_[next_].get()) != nullptr) return std::move(fragments_[next_++]);
    }
    return {};
  }

 private:
  Fragments fragments_;
  size_t next_ = 0;
};

void MessageBody::rebuild(markdown::Document::Same same, bool reuse) {
  if (!look_) return;
  // A mark at the end of the block before may belong to the next one now.
  if (same.block > 0 && same.text == 0 && std::any_of(marks_.begin(), marks_.end(), [&](const ChangeMark& mark) {
        return mark.source >= blocks()[size_t(same.block) - 1].sourceStart;
      })) {
    --same.block;
  }
  const size_t first = reuse ? firstToRebuild(same) : 0;
  // Where the block goes on whose beginning is kept.
  const bool inside = first > 0 && first < fragments_.size() && fragments_[first]->blockIndex == same.block &&
                      fragments_[first - 1]->blockIndex == same.block && same.text > 0;
  const int from = inside ? fragments_[first]->start : 0;
  Fragments before;
  if (reuse) std::move(fragments_.begin() + qsizetype(first), fragments_.end(), std::back_inserter(before));
  Old old(std::move(before));
  fragments_.resize(first);
  columns_.erase(columns_.lower_bound(reuse ? int(blocks().size()) : 0), columns_.end());
  for (int i = reuse ? same.block : 0; i < int(blocks().size()); ++i) addBlock(i, &old, i == same.block ? from : 0);
  for (size_t i = first; i < fragments_.size(); ++i) fragments_[i]->above = gapAbove(i);
  placeFrom(first);
}

// All before it stay: those of the blocks before, and of a block that grows at its end all but the last.
size_t MessageBody::firstToRebuild(markdown::Document::Same same) {
  const auto from = std::partition_point(fragments_.begin(), fragments_.end(),
                                         [&](const auto& each) { return each->blockIndex < same.block; });
  const auto first = size_t(from - fragments_.begin());
  if (same.text == 0 || same.block >= int(blocks().size())) return first;
  if (const auto columns = columns_.find(same.block); columns != columns_.end()) {
    const unsigned revision = columns->second->revision();
    const Block& table = blocks()[size_t(same.block)];
    columns->second->measure(table, *look_, width_ - frameOf(table, *look_, width_).indent);
    if (columns->second->revision() != revision) return first;
  }
  const auto past = std::partition_point(from, fragments_.end(), [&](const auto& each) {
    return each->blockIndex == same.block && each->start + each->length <= same.text;
  });
  auto last = past;
  while (last != from && (last == fragments_.end() || !(*last)->isText() || (*last)->blockIndex != same.block)) --last;
  // At the block's beginning stand its marks, too.
  return (*last)->isText() && (*last)->start > 0 ? size_t(last - fragments_.begin()) : first;
}

std::vector<Fragment::Mark> MessageBody::marksOf(int index) const {
  std::vector<Fragment::Mark> marks;
  const Block& block = blocks()[size_t(index)];
  const int until =
      index + 1 < int(blocks().size()) ? blocks()[size_t(index) + 1].sourceStart : int(document_.source().size()) + 1;
  for (const ChangeMark& mark : marks_) {
    if (mark.source >= until || (mark.source < block.sourceStart && index > 0)) continue;
    marks.push_back({block.fromSource(mark.source), mark.text});
  }
  return marks;
}

template <class T, class... Arguments>
T& MessageBody::add(int index, Old* old, const Frame& frame, int start, Arguments&&... arguments) {
  std::unique_ptr<Fragment> fragment = old->take<T>({index, start});
  if (!fragment) fragment = std::make_unique<T>(index, std::forward<Arguments>(arguments)...);
  fragment->exact = false;
  fragment->frame = frame;
  fragment->x = fragment->frame.rightToLeft ? 0 : fragment->frame.indent;
  fragment->width = width_ - fragment->frame.indent;
  fragments_.push_back(std::move(fragment));
  return static_cast<T&>(*fragments_.back());
}

void MessageBody::addBlock(int index, Old* old, int from) {
  const Block& block = blocks()[size_t(index)];
  if (index == 0 && block.isThought() && fragments_.empty()) {
    auto line = std::make_unique<ThoughtFragment>(folded_, thinking_);
    line->width = width_;
    line->height = line->estimate(block, *look_);
    fragments_.push_back(std::move(line));
  }
  if (isHidden(index)) return;
  const Frame frame = frameOf(block, *look_, width_);
  const std::vector<Fragment::Mark> marks = marksOf(index);
  const auto addMark = [&](const Fragment::Mark& mark, int position) {
    auto fragment = std::make_unique<MarkFragment>(index, position, mark.text);
    fragment->width = width_;
    fragment->height = space::markHeight;
    fragments_.push_back(std::move(fragment));
  };
  const bool whole = block.kind == markdown::BlockKind::table || block.kind == markdown::BlockKind::rule;
  const int end = int(block.text.size());
  for (const Fragment::Mark& mark : marks) {
    if (mark.position <= 0 && end > 0 && from == 0) addMark(mark, 0);
  }
  switch (block.kind) {
    case markdown::BlockKind::paragraph:
    case markdown::BlockKind::heading:
      addText(index, old, frame);
      break;
    case markdown::BlockKind::code:
      addCode(index, old, frame, from);
      break;
    case markdown::BlockKind::table:
      addTable(index, old, frame, from);
      break;
    case markdown::BlockKind::rule:
      add<RuleFragment>(index, old, frame, 0, 0).height = 1;
      break;
  }
  for (const Fragment::Mark& mark : marks) {
    if (mark.position >= end || (whole && mark.position > 0)) addMark(mark, end);
  }
}

void MessageBody::addText(int index, Old* old, const Frame& frame) {
  const Block& block = blocks()[size_t(index)];
  auto& fragment = add<TextFragment>(index, old, frame, 0, 0);
  std::vector<Fragment::Mark> marks;
  for (const Fragment::Mark& mark : marksOf(index)) {
    if (mark.position > 0 && mark.position < int(block.text.size())) marks.push_back(mark);
  }
  if (fragment.height > 0 && fragment.length == int(block.text.size()) && marks == fragment.marks) return;
  fragment.length = int(block.text.size());
  fragment.marks = marks;
  fragment.height = fragment.estimate(block, *look_);
}

void MessageBody::addCode(int index, Old* old, const Frame& frame, int from) {
  const Block& block = blocks()[size_t(index)];
  QFont labelFont = look_->small.font;
  labelFont.setPixelSize(11);
  const int labelWidth = 16 + int(QFontMetricsF(labelFont).horizontalAdvance(
                                  CodeFragment::label(block, QCoreApplication::translate("Transcript", "Copied"))));
  const int room = width_ - frame.indent - 2 * space::codeX;
  const auto* before = from > 0 ? dynamic_cast<const CodeFragment*>(fragments_.back().get()) : nullptr;
  const std::vector<CodeFragment::Piece> pieces =
      CodeFragment::split(block.text, room / look_->codeColumn, from, before != nullptr && before->anywhere);
  const std::vector<Fragment::Mark> all = marksOf(index);
  for (size_t i = 0; i < pieces.size(); ++i) {
    const CodeFragment::Piece& piece = pieces[i];
    auto& fragment = add<CodeFragment>(index, old, frame, piece.start, piece.start);
    const bool last = i + 1 == pieces.size();
    std::vector<Fragment::Mark> marks;
    for (const Fragment::Mark& mark : all) {
      const bool inside = mark.position >= piece.start && mark.position < piece.start + piece.length;
      if (inside && mark.position > 0 && mark.position < int(block.text.size())) marks.push_back(mark);
    }
    const bool same = fragment.height > 0 && fragment.length == piece.length && fragment.last == last &&
                      fragment.anywhere == piece.anywhere && fragment.labelWidth == labelWidth &&
                      fragment.marks == marks;
    fragment.length = piece.length;
    fragment.first = piece.start == 0;
    fragment.last = last;
    fragment.anywhere = piece.anywhere;
    fragment.labelWidth = labelWidth;
    fragment.marks = marks;
    if (!same) fragment.height = fragment.estimate(block, *look_);
  }
}

void MessageBody::addTable(int index, Old* old, const Frame& frame, int from) {
  const Block& block = blocks()[size_t(index)];
  const int rows = block.columns > 0 ? int(block.cells.size()) / block.columns : 0;
  if (rows == 0) return;
  std::shared_ptr<TableColumns>& columns = columns_[index];
  if (!columns) columns = std::make_shared<TableColumns>();
  columns->measure(block, *look_, width_ - frame.indent);
  const auto* before = from > 0 ? dynamic_cast<const TableFragment*>(fragments_.back().get()) : nullptr;
  const int firstRow = before != nullptr ? before->firstRow() + TableFragment::rowsInOne : 0;
  for (int row = firstRow; row < rows; row += TableFragment::rowsInOne) {
    const int start = block.cells[size_t(row) * size_t(block.columns)].start;
    auto& fragment = add<TableFragment>(index, old, frame, start, row, columns);
    const int length = fragment.length;
    fragment.setRows(block);
    if (fragment.height == 0 || fragment.length != length) fragment.height = fragment.estimate(block, *look_);
  }
}

}  // namespace sotto::ui
