// The text of one message: its Markdown, laid out in fragments. Only what is asked for is laid out; the rest has
// estimated heights. Coordinates are px from the body's top left corner.
#pragma once

#include <QRect>
#include <map>
#include <memory>
#include <vector>

#include "markdown/document.h"
#include "transcript/fragment.h"

namespace sotto::ui {

class TableColumns;
class ThoughtFragment;

// A place between two letters of the message.
struct Place {
  int block = 0;
  int offset = 0;  // UTF-16 units in the block's text
  friend auto operator<=>(const Place&, const Place&) = default;
};

// "temperature 0.70 → 0.35", at a place in the source.
struct ChangeMark {
  int source = 0;
  QString text;
  friend bool operator==(const ChangeMark&, const ChangeMark&) = default;
};

class MessageBody {
 public:
  explicit MessageBody(bool typed = false) : document_(typed) {}

  void setLook(std::shared_ptr<const Look> look, int width);
  // Returns the first block that may be another than before.
  int setText(const QString& text, bool complete);
  // What the model thought before its answer stands below a line that folds it away.
  void setThoughtFolded(bool folded);
  [[nodiscard]] bool isThoughtFolded() const { return folded_; }
  [[nodiscard]] bool hasOpenThought() const { return document_.hasOpenThought(); }
  [[nodiscard]] QRect thoughtButton() const;  // the line; empty: there is no thought
  void setMarks(const std::vector<ChangeMark>& marks);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  // Of its widest line; lays out everything.
  [[nodiscard]] int naturalWidth();
  // Makes what is in [top, bottom) exact; true when a height changed.
  bool layOut(int top, int bottom);
  // Lets go of what is outside of [top, bottom).
  void release(int top, int bottom);

  // A point to hold on to while heights change, and while the text is read anew: a fragment, and px below its top.
  struct Anchor {
    int fragment = 0;
    int source = 0;  // where the fragment's text is, should there be other fragments by then
    int below = 0;
  };
  [[nodiscard]] Anchor anchorAt(int y) const;
  [[nodiscard]] int y(const Anchor& anchor) const;

  struct Hit {
    Place place;
    bool inText = false;   // within a line's height and width, not merely nearest to it
    QString link;          // under the point
    int copy = -1;         // the code block whose Copy is under the point
    bool thought = false;  // the line above the thought is
  };
  [[nodiscard]] Hit hit(QPoint point) const;
  [[nodiscard]] QRect cursorRect(const Place& place) const;
  // The visual line that a place is in.
  [[nodiscard]] std::pair<Place, Place> lineAt(const Place& place) const;
  [[nodiscard]] Place end() const;
  [[nodiscard]] Place clamped(Place place) const;
  // Places as they are in the source, which blocks that are read anew keep.
  [[nodiscard]] int toSource(const Place& place) const;
  [[nodiscard]] Place fromSource(int source) const;
  [[nodiscard]] QRect copyRect(int block) const;  // empty: not laid out, or not code

  // What can be pressed in the text: the line above a thought, the Copy of a code block, or a link, [from, to) of the
  // block's text.
  struct Spot {
    int block = -1;
    int from = 0;
    int to = 0;
    QString link;  // empty: Copy, or the thought's line
    bool thought = false;
    friend bool operator==(const Spot&, const Spot&) = default;
  };
  [[nodiscard]] std::vector<Spot> spots() const;                   // in the text's order
  [[nodiscard]] std::vector<QRect> rects(const Spot& spot) const;  // one a line; of what is laid out

  struct Painting {
    QPainter* painter = nullptr;
    QPoint at;
    QRect clip;
    bool selected = false;
    Place from, to;
    int copyHovered = -1;  // a code block
    int copied = -1;       // a code block that says so
    bool thoughtHovered = false;
    const Spot* focused = nullptr;
  };
  void paint(const Painting& painting) const;

  [[nodiscard]] const std::vector<markdown::Block>& blocks() const { return document_.blocks(); }
  [[nodiscard]] const QString& source() const { return document_.source(); }
  [[nodiscard]] size_t fragments() const { return fragments_.size(); }
  [[nodiscard]] size_t exactFragments() const;  // laid out now

 private:
  using Fragments = std::vector<std::unique_ptr<Fragment>>;
  class Old;
  // Makes the fragments anew of what is not `same`.
  void rebuild(markdown::Document::Same same, bool reuse);
  [[nodiscard]] size_t firstToRebuild(markdown::Document::Same same);
  // Of the block's text from `from` on, where a fragment begins.
  void addBlock(int index, Old* old, int from);
  void addText(int index, Old* old, const Frame& frame);
  void addCode(int index, Old* old, const Frame& frame, int from);
  void addTable(int index, Old* old, const Frame& frame, int from);
  template <class T, class... Arguments>
  T& add(int index, Old* old, const Frame& frame, int start, Arguments&&... arguments);
  void placeFrom(size_t fragment);
  [[nodiscard]] int gapAbove(size_t fragment) const;
  [[nodiscard]] std::vector<Fragment::Mark> marksOf(int index) const;
  [[nodiscard]] int fragmentOf(const Place& place) const;
  [[nodiscard]] int fragmentAt(int y) const;
  [[nodiscard]] int sourceOf(int fragment) const;
  [[nodiscard]] bool isHidden(int block) const { return folded_ && blocks()[size_t(block)].isThought(); }
  [[nodiscard]] const ThoughtFragment* thoughtLine() const;  // null: there is no thought
  [[nodiscard]] const markdown::Block& blockOf(const Fragment& fragment) const;

  markdown::Document document_;
  std::shared_ptr<const Look> look_;
  int width_ = 0;
  int height_ = 0;
  bool folded_ = false;
  bool thinking_ = false;  // as the thought's line says
  std::vector<ChangeMark> marks_;
  Fragments fragments_;
  std::vector<int> tops_;                                 // [fragments]
  std::map<int, std::shared_ptr<TableColumns>> columns_;  // by block
};

}  // namespace sotto::ui
