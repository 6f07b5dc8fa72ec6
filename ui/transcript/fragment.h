// The smallest things that the transcript lays out and paints: a paragraph, some lines of code, some rows of a table, a
// rule, a change mark. What is far from the window has an estimated height only.
#pragma once

#include <QPoint>
#include <QRect>
#include <optional>
#include <vector>

#include "markdown/block.h"
#include "transcript/look.h"
#include "transcript/text_lines.h"

class QPainter;

namespace sotto::ui {

struct PaintContext {
  QPainter* painter = nullptr;
  const Look& look;
  QRect clip;
  int selectedFrom = 0;  // positions in the block's text
  int selectedTo = 0;
  bool copyHovered = false;
  QString copyLabel = {};  // "Copy" or "Copied"
  bool thoughtHovered = false;
};

// The marks and bars beside a block that stands in lists and quotes; x is counted from the column's beginning side.
struct Frame {
  struct Mark {
    int x = 0;
    int width = 0;
    int depth = 0;  // of bullets, for their shape
    markdown::Container item;
  };
  struct Bar {
    int x = 0;
    bool begins = false;  // with this block
  };
  std::vector<Bar> bars;    // of quotes and thoughts
  std::vector<Mark> marks;  // of the list items that begin here
  int indent = 0;           // of the text
  bool rightToLeft = false;
};

class Fragment {
 public:
  Fragment(int ofBlock, int begin) : blockIndex(ofBlock), start(begin) {}
  virtual ~Fragment() = default;
  Fragment(const Fragment&) = delete;
  Fragment& operator=(const Fragment&) = delete;

  // Makes `height` exact for `width`.
  virtual void layOut(const markdown::Block& block, const Look& look) = 0;
  // Lets go of what layOut made, but keeps the height.
  virtual void release() {}
  [[nodiscard]] virtual int estimate(const markdown::Block& block, const Look& look) const = 0;
  // `at`: the top left corner, in the painter's coordinates. Only after layOut; so is all that follows.
  virtual void paint(const markdown::Block& block, const PaintContext& context, QPoint at) const = 0;

  // Positions are those of the block's text; points count from the top left corner.
  [[nodiscard]] virtual int positionAt(QPoint) const { return start; }
  [[nodiscard]] virtual QRectF cursorRect(int) const { return {0, 0, 0, double(height)}; }
  [[nodiscard]] virtual TextLines::Range lineAt(int) const { return {start, start + length}; }
  [[nodiscard]] virtual std::vector<QRectF> rects(int, int) const { return {}; }
  [[nodiscard]] virtual int naturalWidth() const { return width; }
  // Of the words "rust · Copy".
  [[nodiscard]] virtual std::optional<QRect> copyRect() const { return {}; }
  // A change mark between blocks stands for no text.
  [[nodiscard]] virtual bool isText() const { return true; }

  int blockIndex;
  int start;  // [start, start + length) of the block's text
  int length = 0;
  int above = 0;  // px free above it
  int x = 0;      // from the column's left edge
  int width = 0;
  int height = 0;
  bool exact = false;  // the height is not an estimate, and layOut's work is there
  Frame frame;
  struct Mark {
    int position = 0;
    QString text;
    friend bool operator==(const Mark&, const Mark&) = default;
  };
  std::vector<Mark> marks;  // changes of the sampling within the fragment's text, sorted
};

[[nodiscard]] bool isRightToLeft(const markdown::Block& block);
[[nodiscard]] Frame frameOf(const markdown::Block& block, const Look& look, int columnWidth);
// Fonts of the spans in [from, to), counted from `from`.
[[nodiscard]] Formats formatsOf(const markdown::Block& block, int from, int to, const Look& look);
[[nodiscard]] Formats selectionIn(const PaintContext& context, int from, int to);
// Grounds under code within [from, to) of the block's text, which `lines` hold and which stand at `place`.
void paintCodeGrounds(const markdown::Block& block, const TextLines& lines, int from, int to,
                      const PaintContext& context, QPoint place);
void paintFrame(const Fragment& fragment, const PaintContext& context, QPoint at);
// In a box that is space::markHeight high, on the side on which lines begin.
void paintMark(const QString& text, const PaintContext& context, const QRect& box, bool rightToLeft);
// Lines that `count` characters take, East Asian ones counting double.
[[nodiscard]] int estimatedLines(QStringView text, int width, const LineGrid& grid);

}  // namespace sotto::ui
