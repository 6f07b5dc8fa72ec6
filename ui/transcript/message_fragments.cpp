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

void MessageBody::rebuild(size_t fromBlock, bool reuse) {
  if (!look_) return;
  // A mark at the end of the block before may belong to the next one now.
  if (!marks_.empty() && fromBlock > 0) --fromBlock;
  const auto from = std::find_if(fragments_.begin(), fragments_.end(),
                                 [&](const auto& each) { return each->blockIndex >= int(fromBlock); });
  const size_t first = size_t(from - fragments_.begin());
  Fragments before;
  if (reuse) std::move(from, fragments_.end(), std::back_inserter(before));
  Old old(std::move(before));
  fragments_.resize(first);
  columns_.erase(columns_.lower_bound(reuse ? int(blocks().size()) : 0), columns_.end());
  for (size_t i = fromBlock; i < blocks().size(); ++i) addBlock(int(i), &old);
  for (size_t i = first; i < fragments_.size(); ++i) fragments_[i]->above = gapAbove(i);
  placeFrom(first);
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

void MessageBody::addBlock(int index, Old* old) {
  const Block& block = blocks()[size_t(index)];
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
    if (mark.position <= 0 && end > 0) addMark(mark, 0);
  }
  switch (block.kind) {
    case markdown::BlockKind::paragraph:
    case markdown::BlockKind::heading:
      addText(index, old, frame);
      break;
    case markdown::BlockKind::code:
      addCode(index, old, frame);
      break;
    case markdown::BlockKind::table:
      addTable(index, old, frame);
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

void MessageBody::addCode(int index, Old* old, const Frame& frame) {
  const Block& block = blocks()[size_t(index)];
  QFont labelFont = look_->small.font;
  labelFont.setPixelSize(11);
  const int labelWidth = 16 + int(QFontMetricsF(labelFont).horizontalAdvance(
                                  CodeFragment::label(block, QCoreApplication::translate("Transcript", "Copied"))));
  const int room = width_ - frame.indent - 2 * space::codeX;
  const std::vector<CodeFragment::Piece> pieces = CodeFragment::split(block.text, room / look_->codeColumn);
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
    fragment.first = i == 0;
    fragment.last = last;
    fragment.anywhere = piece.anywhere;
    fragment.labelWidth = labelWidth;
    fragment.marks = marks;
    if (!same) fragment.height = fragment.estimate(block, *look_);
  }
}

void MessageBody::addTable(int index, Old* old, const Frame& frame) {
  const Block& block = blocks()[size_t(index)];
  const int rows = block.columns > 0 ? int(block.cells.size()) / block.columns : 0;
  if (rows == 0) return;
  std::shared_ptr<TableColumns>& columns = columns_[index];
  if (!columns) columns = std::make_shared<TableColumns>();
  columns->measure(block, *look_, width_ - frame.indent);
  for (int row = 0; row < rows; row += TableFragment::rowsInOne) {
    const int start = block.cells[size_t(row * block.columns)].start;
    auto& fragment = add<TableFragment>(index, old, frame, start, row, columns);
    const int length = fragment.length;
    fragment.setRows(block);
    if (fragment.height == 0 || fragment.length != length) fragment.height = fragment.estimate(block, *look_);
  }
}

}  // namespace sotto::ui
