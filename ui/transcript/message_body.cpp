#include "transcript/message_body.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>

#include "theme/paint.h"
#include "transcript/plain_fragments.h"

namespace sotto::ui {

using markdown::Block;

void MessageBody::setLook(std::shared_ptr<const Look> look, int width) {
  if (look == look_ && width == width_) return;
  const bool relayout = width != width_ || !look_ || look_->text.font != look->text.font ||
                        look_->text.height != look->text.height || look_->code.font != look->code.font;
  look_ = std::move(look);
  width_ = width;
  if (relayout) rebuild({}, false);
}

int MessageBody::setText(const QString& text, bool complete) {
  const int beginnings = document_.beginnings();
  const int before = fragments_.empty() ? 0 : fragments_.back()->blockIndex + 1;
  const markdown::Document::Same same = document_.setText(text, complete);
  const bool grows = beginnings == document_.beginnings();
  if (std::exchange(thinking_, document_.isThinking()) && !thinking_) {  // its line says something else now
    rebuild({}, false);
    return 0;
  }
  if (!grows || same.block < int(blocks().size()) || same.block < before) rebuild(same, grows);
  return same.block;
}

void MessageBody::setThoughtFolded(bool folded) {
  if (std::exchange(folded_, folded) != folded && !blocks().empty() && blocks().front().isThought()) rebuild({}, false);
}

const ThoughtFragment* MessageBody::thoughtLine() const {
  return fragments_.empty() ? nullptr : dynamic_cast<const ThoughtFragment*>(fragments_.front().get());
}

QRect MessageBody::thoughtButton() const {
  const ThoughtFragment* line = thoughtLine();
  if (line == nullptr || !line->exact) return {};
  QRect button = line->button();
  if (look_->mirrored) button.moveRight(width_ - 1);
  return button;
}

void MessageBody::setMarks(const std::vector<ChangeMark>& marks) {
  if (marks == marks_) return;
  const auto end = marks_.begin() + qsizetype(std::min(marks_.size(), marks.size()));
  const auto first = std::mismatch(marks_.begin(), end, marks.begin());
  int source = int(document_.source().size());
  if (first.first != marks_.end()) source = std::min(source, first.first->source);
  if (first.second != marks.end()) source = std::min(source, first.second->source);
  marks_ = marks;
  rebuild({fromSource(source).block, 0}, true);
}

int MessageBody::naturalWidth() {
  layOut(0, height_);
  int width = 0;
  for (const auto& fragment : fragments_) {
    const bool whole = blockOf(*fragment).kind != markdown::BlockKind::paragraph &&
                       blockOf(*fragment).kind != markdown::BlockKind::heading;
    width = std::max(width, whole ? width_ : fragment->frame.indent + fragment->naturalWidth());
  }
  return std::min(width, width_);
}

bool MessageBody::layOut(int top, int bottom) {
  if (!look_) return false;
  bool changed = false;
  for (int i = fragmentAt(top); i < int(fragments_.size()); ++i) {
    Fragment& fragment = *fragments_[size_t(i)];
    if (tops_[size_t(i)] - fragment.above >= bottom) break;
    if (fragment.exact) continue;
    const int before = fragment.height;
    fragment.layOut(blockOf(fragment), *look_);
    if (fragment.height != before) {
      changed = true;
      placeFrom(size_t(i));
    }
  }
  return changed;
}

void MessageBody::release(int top, int bottom) {
  for (size_t i = 0; i < fragments_.size(); ++i) {
    if (fragments_[i]->exact && (tops_[i] + fragments_[i]->height < top || tops_[i] > bottom)) fragments_[i]->release();
  }
}

size_t MessageBody::exactFragments() const {
  return size_t(std::count_if(fragments_.begin(), fragments_.end(), [](const auto& each) { return each->exact; }));
}

const Block& MessageBody::blockOf(const Fragment& fragment) const { return blocks()[size_t(fragment.blockIndex)]; }

void MessageBody::placeFrom(size_t fragment) {
  tops_.resize(fragments_.size());
  int y = fragment == 0 ? 0 : tops_[fragment - 1] + fragments_[fragment - 1]->height;
  for (size_t i = fragment; i < fragments_.size(); ++i) {
    y += fragments_[i]->above;
    tops_[i] = y;
    y += fragments_[i]->height;
  }
  height_ = y;
}

int MessageBody::gapAbove(size_t index) const {
  if (index == 0) return 0;
  const Fragment& fragment = *fragments_[index];
  const Fragment& before = *fragments_[index - 1];
  if (!fragment.isText() || !before.isText()) return space::markAround;
  if (fragment.blockIndex == before.blockIndex) return 0;
  const Block& a = blockOf(before);
  const Block& b = blockOf(fragment);
  using markdown::BlockKind;
  if (b.joint != markdown::Joint::apart) return 0;
  const auto stands = [](const Block& block, BlockKind kind) { return block.kind == kind; };
  if (stands(a, BlockKind::rule) || stands(b, BlockKind::rule)) return 16;
  if (stands(b, BlockKind::heading)) return b.level <= 2 ? 20 : 16;
  if (stands(a, BlockKind::code) || stands(b, BlockKind::code) || stands(a, BlockKind::table) ||
      stands(b, BlockKind::table)) {
    return space::around;
  }
  if (stands(a, BlockKind::heading)) return space::item;
  const bool item = !b.containers.empty() && markdown::isItem(b.containers.back().type);
  if (item && b.opens > 0) return a.containers.empty() ? space::item + 1 : space::item;
  return space::line;
}

int MessageBody::fragmentAt(int y) const {
  const auto after = std::upper_bound(tops_.begin(), tops_.end(), y);
  return std::max(0, int(after - tops_.begin()) - 1);
}

int MessageBody::fragmentOf(const Place& place) const {
  // The last text fragment that begins at or before the place.
  auto after = std::upper_bound(fragments_.begin(), fragments_.end(), place, [](const Place& value, const auto& each) {
    return value < Place{each->blockIndex, each->start};
  });
  while (after != fragments_.begin()) {
    --after;
    if ((*after)->isText() && (*after)->blockIndex <= place.block) return int(after - fragments_.begin());
  }
  for (size_t i = 0; i < fragments_.size(); ++i) {
    if (fragments_[i]->isText()) return int(i);
  }
  return -1;
}

int MessageBody::sourceOf(int fragment) const {
  const Fragment& each = *fragments_[size_t(fragment)];
  return each.blockIndex < int(blocks().size()) ? blockOf(each).toSource(each.start) : -1;
}

MessageBody::Anchor MessageBody::anchorAt(int y) const {
  if (fragments_.empty()) return {0, 0, y};
  const int fragment = fragmentAt(y);
  return {fragment, sourceOf(fragment), y - tops_[size_t(fragment)]};
}

int MessageBody::y(const Anchor& anchor) const {
  if (fragments_.empty()) return anchor.below;
  int fragment = std::min(anchor.fragment, int(fragments_.size()) - 1);
  if (sourceOf(fragment) != anchor.source) fragment = std::max(0, fragmentOf(fromSource(anchor.source)));
  return tops_[size_t(fragment)] + anchor.below;
}

MessageBody::Hit MessageBody::hit(QPoint point) const {
  Hit result;
  if (fragments_.empty()) return result;
  int index = fragmentAt(point.y());
  // In the gap between two, the nearer one.
  if (index + 1 < int(fragments_.size())) {
    const int bottom = tops_[size_t(index)] + fragments_[size_t(index)]->height;
    const int next = tops_[size_t(index) + 1];
    if (point.y() >= bottom && next - point.y() < point.y() - bottom) ++index;
  }
  const Fragment& fragment = *fragments_[size_t(index)];
  if (thoughtLine() == &fragment) {
    result.thought = thoughtButton().contains(point);
    return result;
  }
  const Block& block = blockOf(fragment);
  QPoint inside = point - QPoint(fragment.x, tops_[size_t(index)]);
  const bool beside = inside.y() < 0 || inside.y() >= fragment.height;
  inside.setY(std::clamp(inside.y(), 0, std::max(0, fragment.height - 1)));
  result.place = {fragment.blockIndex, fragment.start};
  if (!fragment.exact) return result;
  result.place.offset = std::clamp(fragment.positionAt(inside), fragment.start, fragment.start + fragment.length);
  if (!fragment.isText()) return result;
  if (const auto copy = fragment.copyRect(); copy && !beside && copy->contains(inside))
    result.copy = fragment.blockIndex;
  const TextLines::Range line = fragment.lineAt(result.place.offset);
  const QRectF a = fragment.cursorRect(line.start);
  const QRectF b = fragment.cursorRect(std::max(line.start, line.end));
  result.inText = !beside && inside.y() >= a.top() && inside.y() < a.bottom() &&
                  inside.x() >= std::min(a.left(), b.left()) - 4 && inside.x() <= std::max(a.left(), b.left()) + 4;
  for (const markdown::Span& span : block.spans) {
    if (span.link < 0 || span.start > result.place.offset || span.start + span.length < result.place.offset) continue;
    for (const QRectF& rect : fragment.rects(span.start, span.start + span.length)) {
      if (!beside && rect.contains(inside)) result.link = block.links.value(span.link);
    }
  }
  return result;
}

QRect MessageBody::cursorRect(const Place& place) const {
  const int index = fragmentOf(place);
  if (index < 0) return {0, 0, 0, look_ ? look_->text.height : 0};
  const Fragment& fragment = *fragments_[size_t(index)];
  const QPoint at(fragment.x, tops_[size_t(index)]);
  if (!fragment.exact) return {at, QSize(0, fragment.height)};
  const int offset = std::clamp(place.offset, fragment.start, fragment.start + fragment.length);
  return fragment.cursorRect(offset).toRect().translated(at);
}

std::pair<Place, Place> MessageBody::lineAt(const Place& place) const {
  const int index = fragmentOf(place);
  if (index < 0 || !fragments_[size_t(index)]->exact) return {place, place};
  const TextLines::Range line = fragments_[size_t(index)]->lineAt(place.offset);
  return {{place.block, line.start}, {place.block, line.end}};
}

Place MessageBody::end() const {
  if (blocks().empty()) return {};
  return {int(blocks().size()) - 1, int(blocks().back().text.size())};
}

Place MessageBody::clamped(Place place) const {
  if (blocks().empty()) return {};
  if (place > end()) return end();
  if (place.block < 0) return {};
  place.offset = std::clamp(place.offset, 0, int(blocks()[size_t(place.block)].text.size()));
  return place;
}

int MessageBody::toSource(const Place& place) const {
  if (blocks().empty()) return 0;
  const Place safe = clamped(place);
  return blocks()[size_t(safe.block)].toSource(safe.offset);
}

Place MessageBody::fromSource(int source) const {
  const auto after = std::upper_bound(blocks().begin(), blocks().end(), source,
                                      [](int value, const Block& block) { return value < block.sourceStart; });
  if (after == blocks().begin()) return {};
  const Block& block = *std::prev(after);
  return {int(after - blocks().begin()) - 1, block.fromSource(source)};
}

QRect MessageBody::copyRect(int block) const {
  for (size_t i = 0; i < fragments_.size(); ++i) {
    if (fragments_[i]->blockIndex != block || !fragments_[i]->exact) continue;
    if (const auto rect = fragments_[i]->copyRect()) return rect->translated(fragments_[i]->x, tops_[i]);
  }
  return {};
}

std::vector<MessageBody::Spot> MessageBody::spots() const {
  std::vector<Spot> result;
  if (thoughtLine() != nullptr) result.push_back({.block = 0, .link = {}, .thought = true});
  for (int i = 0; i < int(blocks().size()); ++i) {
    if (isHidden(i)) continue;
    const Block& block = blocks()[size_t(i)];
    if (block.kind == markdown::BlockKind::code) result.push_back({i, 0, 0, {}});
    for (const markdown::Span& span : block.spans) {
      if (span.link < 0) continue;
      const QString link = block.links.value(span.link);
      if (link.isEmpty()) continue;
      // Bold within a link's text makes spans of it.
      const bool goesOn =
          !result.empty() && result.back().block == i && result.back().to == span.start && result.back().link == link;
      if (goesOn) {
        result.back().to = span.start + span.length;
      } else {
        result.push_back({i, span.start, span.start + span.length, link});
      }
    }
  }
  return result;
}

std::vector<QRect> MessageBody::rects(const Spot& spot) const {
  if (spot.thought) return thoughtButton().isEmpty() ? std::vector<QRect>() : std::vector<QRect>{thoughtButton()};
  if (spot.link.isEmpty()) {
    const QRect copy = copyRect(spot.block);
    return copy.isEmpty() ? std::vector<QRect>() : std::vector<QRect>{copy};
  }
  std::vector<QRect> result;
  const int index = fragmentOf({spot.block, spot.from});
  if (index < 0 || !fragments_[size_t(index)]->exact) return result;
  const Fragment& fragment = *fragments_[size_t(index)];
  for (const QRectF& rect : fragment.rects(spot.from, spot.to)) {
    result.push_back(rect.toAlignedRect().translated(fragment.x, tops_[size_t(index)]));
  }
  return result;
}

void MessageBody::paint(const Painting& painting) const {
  if (!look_) return;
  for (int i = fragmentAt(painting.clip.top() - painting.at.y()); i < int(fragments_.size()); ++i) {
    const Fragment& fragment = *fragments_[size_t(i)];
    const QPoint at = painting.at + QPoint(fragment.x, tops_[size_t(i)]);
    if (at.y() - fragment.above > painting.clip.bottom()) break;
    if (!fragment.exact) continue;
    PaintContext context{painting.painter, *look_, painting.clip};
    context.thoughtHovered = painting.thoughtHovered;
    context.copyHovered = painting.copyHovered == fragment.blockIndex;
    context.copyLabel = painting.copied == fragment.blockIndex ? QCoreApplication::translate("Transcript", "Copied")
                                                               : QCoreApplication::translate("Transcript", "Copy");
    if (painting.selected && fragment.blockIndex >= painting.from.block && fragment.blockIndex <= painting.to.block) {
      context.selectedFrom = fragment.blockIndex == painting.from.block ? painting.from.offset : 0;
      context.selectedTo =
          fragment.blockIndex == painting.to.block ? painting.to.offset : int(blockOf(fragment).text.size());
    }
    fragment.paint(blockOf(fragment), context, at);
  }
  if (painting.focused == nullptr) return;
  for (const QRect& rect : rects(*painting.focused)) {
    paintFocusRing(painting.painter, QRectF(rect).translated(painting.at).adjusted(-3, 0, 3, 0), 6);
  }
}

}  // namespace sotto::ui
