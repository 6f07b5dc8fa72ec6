// The messages one below the other: their heights, which of them are laid out, and what stays in place while that
// changes. Coordinates are px from the top of the column of all messages.
#pragma once

#include <memory>
#include <vector>

#include "transcript/message_item.h"

namespace sotto::ui {

class TranscriptRows {
 public:
  void setSource(const TranscriptSource* source);  // null: none
  void setLook(std::shared_ptr<const Look> look, int width);

  void reset();
  // Rows from `row` on may be other messages; those that are the same are kept.
  void pathChanged(int row);
  void messageChanged(int row);
  void statusChanged();
  void toggleThought(int row);

  [[nodiscard]] int count() const { return int(items_.size()); }
  [[nodiscard]] MessageItem& item(int row) { return *items_[size_t(row)]; }
  [[nodiscard]] const MessageItem& item(int row) const { return *items_[size_t(row)]; }
  [[nodiscard]] int top(int row) const { return tops_[size_t(row)]; }
  [[nodiscard]] int height() const { return height_; }      // with the margins above and below
  [[nodiscard]] int rowAt(int y) const;                     // the nearest; -1: there are none
  [[nodiscard]] int rowOf(sotto::app::MessageId id) const;  // -1: not on the path

  // What stays where it is while heights change.
  struct Anchor {
    int row = 0;
    MessageItem::Anchor inRow;
  };
  [[nodiscard]] Anchor anchorAt(int y) const;
  [[nodiscard]] int y(const Anchor& anchor) const;

  // Makes what is in [top, bottom) exact; true when heights changed.
  bool layOut(int top, int bottom);
  void layOutRow(int row);            // all of it
  [[nodiscard]] int partlyRead() const;  // the first row whose text is read in part only; -1: none
  void release(int top, int bottom);  // lets go of what is far outside

 private:
  void update(int row);
  void placeFrom(int row);

  const TranscriptSource* source_ = nullptr;
  std::shared_ptr<const Look> look_;
  int width_ = 0;
  int height_ = 0;
  std::vector<std::unique_ptr<MessageItem>> items_;
  std::vector<int> tops_;
};

}  // namespace sotto::ui
