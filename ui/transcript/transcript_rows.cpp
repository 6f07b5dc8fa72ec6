#include "transcript/transcript_rows.h"

#include <algorithm>

namespace sotto::ui {

namespace {
constexpr int marginTop = 22;
constexpr int marginBottom = 16;
}  // namespace

void TranscriptRows::setSource(const TranscriptSource* source) {
  source_ = source;
  reset();
}

void TranscriptRows::setLook(std::shared_ptr<const Look> look, int width) {
  look_ = std::move(look);
  width_ = width;
  for (int row = 0; row < count(); ++row) {
    item(row).setLook(look_, width_);
    if (item(row).isSketch()) {
      item(row).sketch(source_->at(row));
    } else {
      update(row);
    }
  }
  placeFrom(0);
}

void TranscriptRows::reset() {
  items_.clear();
  pathChanged(0);
}

void TranscriptRows::pathChanged(int row) {
  const int rows = source_ == nullptr ? 0 : source_->count();
  row = std::clamp(row, 0, std::min(rows, count()));
  for (int i = row; i < rows; ++i) {
    const bool there = i < count() && item(i).id() == source_->at(i).id;
    if (!there) {
      if (i >= count()) items_.emplace_back();
      items_[size_t(i)] = std::make_unique<MessageItem>();
      item(i).setLook(look_, width_);
    }
    if (item(i).isSketch()) {
      item(i).sketch(source_->at(i));
    } else {
      update(i);
    }
  }
  items_.resize(size_t(rows));
  // The one before is not the last any more, or has become it.
  if (row > 0 && row - 1 < rows && !item(row - 1).isSketch()) update(row - 1);
  placeFrom(std::max(0, row - 1));
}

void TranscriptRows::messageChanged(int row) {
  if (row < 0 || row >= count() || source_ == nullptr || row >= source_->count()) return;
  if (item(row).isSketch()) {
    item(row).sketch(source_->at(row));
  } else {
    update(row);
  }
  placeFrom(row);
}

void TranscriptRows::statusChanged() {
  for (int row = 0; row < count(); ++row) {
    if (item(row).isStreaming()) messageChanged(row);
  }
}

void TranscriptRows::toggleThought(int row) {
  item(row).toggleThought();
  placeFrom(row);
}

void TranscriptRows::update(int row) {
  item(row).update(source_->at(row), source_->versions(row), source_->status(), row + 1 == source_->count());
}

void TranscriptRows::placeFrom(int row) {
  tops_.resize(items_.size());
  int y = row == 0 || items_.empty() ? marginTop : tops_[size_t(row) - 1] + item(row - 1).height();
  for (int i = row; i < count(); ++i) {
    tops_[size_t(i)] = y;
    y += item(i).height();
  }
  height_ = items_.empty() ? 0 : y + marginBottom;
}

int TranscriptRows::rowAt(int y) const {
  if (items_.empty()) return -1;
  const auto after = std::upper_bound(tops_.begin(), tops_.end(), y);
  return std::max(0, int(after - tops_.begin()) - 1);
}

int TranscriptRows::rowOf(app::MessageId id) const {
  for (int row = count() - 1; row >= 0; --row) {
    if (item(row).id() == id) return row;
  }
  return -1;
}

TranscriptRows::Anchor TranscriptRows::anchorAt(int y) const {
  const int row = rowAt(y);
  if (row < 0) return {};
  return {row, item(row).anchorAt(y - top(row))};
}

int TranscriptRows::y(const Anchor& anchor) const {
  if (items_.empty()) return 0;
  const int row = std::clamp(anchor.row, 0, count() - 1);
  return top(row) + item(row).y(anchor.inRow);
}

bool TranscriptRows::layOut(int top, int bottom) {
  if (source_ == nullptr || !look_ || items_.empty()) return false;
  bool changed = false;
  for (int row = rowAt(top); row < count() && this->top(row) < bottom; ++row) {
    MessageItem& each = item(row);
    const int before = each.height();
    if (each.isSketch()) update(row);
    each.layOut(source_->at(row), top - this->top(row), bottom - this->top(row));
    if (each.height() == before) continue;
    changed = true;
    placeFrom(row);
  }
  return changed;
}

int TranscriptRows::partlyRead() const {
  const auto found = std::ranges::find_if(items_, [](const auto& each) { return each->isPartlyRead(); });
  return found == items_.end() ? -1 : int(found - items_.begin());
}

void TranscriptRows::layOutRow(int row) {
  layOut(top(row), top(row) + 1);  // there is a text from here on
  if (item(row).isPartlyRead()) {
    item(row).readToTheEnd(source_->at(row));
    placeFrom(row);
  }
  // A height that grows while it is laid out needs another look.
  for (int round = 0; round < 4; ++round) {
    if (!layOut(top(row), top(row) + item(row).height())) return;
  }
}

void TranscriptRows::release(int top, int bottom) {
  const int far = 2 * (bottom - top);
  for (int row = 0; row < count(); ++row) {
    MessageItem& each = item(row);
    if (each.isSketch()) continue;
    const int rowTop = this->top(row);
    if (rowTop + each.height() < top - far || rowTop > bottom + far) {
      if (!each.isStreaming()) each.forget();
    } else {
      each.release(top - rowTop, bottom - rowTop);
    }
  }
}

}  // namespace sotto::ui
