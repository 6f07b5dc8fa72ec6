// Text in lines on a grid, laid out in pieces of bounded length: text that grows at its end costs one piece and not the
// whole. QTextLayout loads nothing and knows no HTML.
#pragma once

#include <QTextLayout>
#include <memory>
#include <vector>

#include "transcript/look.h"

class QPainter;

namespace sotto::ui {

using Formats = QList<QTextLayout::FormatRange>;

struct LinesSetup {
  LineGrid grid;
  int width = 0;
  int firstLineLess = 0;  // by how much the first line is narrower (a label stands there)
  bool anywhere = false;  // lines break at any character
  bool rightToLeft = false;
  Qt::Alignment alignment = Qt::AlignLeft;
  friend bool operator==(const LinesSetup& a, const LinesSetup& b) {
    return a.grid.font == b.grid.font && a.grid.height == b.grid.height && a.width == b.width &&
           a.firstLineLess == b.firstLineLess && a.anywhere == b.anywhere && a.rightToLeft == b.rightToLeft &&
           a.alignment == b.alignment;
  }
};

// Positions are UTF-16 units of the text; points are relative to the top left corner. Line feeds end lines.
class TextLines {
 public:
  TextLines() = default;
  TextLines(TextLines&&) noexcept = default;
  TextLines& operator=(TextLines&&) noexcept = default;

  // `gaps`: sorted positions; below the line that one is in (or above, where one begins it) `gapHeight` px stay free.
  void layOut(const QString& text, const Formats& formats, const LinesSetup& setup, const std::vector<int>& gaps = {},
              int gapHeight = 0);
  void clear();

  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] int naturalWidth() const;
  [[nodiscard]] const std::vector<int>& gapTops() const { return gapTops_; }  // of those that are in the text

  void draw(QPainter* painter, const QPointF& at, const QRectF& clip, const Formats& selections) const;
  [[nodiscard]] int positionAt(const QPointF& point) const;
  // The line's box at the position; `width` is 0. At a line's break, the line that begins there.
  [[nodiscard]] QRectF cursorRect(int position) const;
  // One rectangle a line.
  [[nodiscard]] std::vector<QRectF> rects(int from, int to) const;
  // The line that a position is in, [start, end); end without the blank or line feed that it breaks at.
  struct Range {
    int start = 0;
    int end = 0;
  };
  [[nodiscard]] Range lineAt(int position) const;

 private:
  struct Piece {
    int start = 0;
    int length = 0;
    int window = 0;  // how far the text was looked at, from the text's beginning
    int top = 0;
    int bottom = 0;
    size_t gaps = 0;  // how many of all gaps are in it and before
    std::unique_ptr<QTextLayout> layout;
  };
  void keepPieces(const QString& text, const Formats& formats, const std::vector<int>& gaps);
  void layOutPiece(int start, int top);
  [[nodiscard]] int lineFeedEnd(int start, int window) const;
  // `end`: where the piece ends. Null where it must be laid out anew to end there.
  [[nodiscard]] std::unique_ptr<QTextLayout> layOutWindow(int start, int window, int* end) const;
  [[nodiscard]] std::unique_ptr<QTextLayout> newLayout(int start, int end) const;
  [[nodiscard]] double lineWidth(int start, int line) const;
  [[nodiscard]] const Piece& pieceAt(int position) const;
  [[nodiscard]] QRectF lineBox(const QTextLine& line) const;

  QString text_;
  Formats formats_;
  LinesSetup setup_;
  std::vector<int> gaps_;
  int gapHeight_ = 0;
  int height_ = 0;
  std::vector<int> gapTops_;
  std::vector<Piece> pieces_;
};

}  // namespace sotto::ui
