#include "transcript/text_lines.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace sotto::ui {

namespace {

constexpr int windowLength = 1024;  // of a piece, characters, before it is cut at its last line

// Formats of [from, to), counted from `from`.
Formats cut(const Formats& formats, int from, int to) {
  Formats result;
  for (QTextLayout::FormatRange range : formats) {
    const int end = std::min(range.start + range.length, to) - from;
    range.start = std::max(range.start - from, 0);
    range.length = end - range.start;
    if (range.length > 0) result.push_back(range);
  }
  return result;
}

int commonLength(const QString& a, const QString& b) {
  const auto end = std::mismatch(a.begin(), a.begin() + std::min(a.size(), b.size()), b.begin());
  return int(end.first - a.begin());
}

}  // namespace

void TextLines::clear() {
  text_.clear();
  formats_.clear();
  pieces_.clear();
  gapTops_.clear();
  height_ = 0;
}

void TextLines::layOut(const QString& text, const Formats& formats, const LinesSetup& setup,
                       const std::vector<int>& gaps, int gapHeight) {
  const bool sameLayout = setup == setup_ && gapHeight == gapHeight_;
  if (!sameLayout) pieces_.clear();
  if (!pieces_.empty() && text == text_ && gaps == gaps_ && formats == formats_) return;
  setup_ = setup;
  gapHeight_ = gapHeight;
  keepPieces(text, formats, gaps);
  text_ = text;
  formats_ = formats;
  gaps_ = gaps;
  gapTops_.resize(pieces_.empty() ? 0 : pieces_.back().gaps);
  const int size = int(text_.size());
  while (pieces_.empty() || pieces_.back().start + pieces_.back().length < size) {
    const bool first = pieces_.empty();
    layOutPiece(first ? 0 : pieces_.back().start + pieces_.back().length, first ? 0 : pieces_.back().bottom);
  }
  height_ = pieces_.back().bottom;
}

// Away with the pieces that the new text could change.
void TextLines::keepPieces(const QString& text, const Formats& formats, const std::vector<int>& gaps) {
  if (pieces_.empty()) return;
  const int same = commonLength(text_, text);
  size_t keep = 0;
  while (keep + 1 < pieces_.size() && pieces_[keep].window < same) ++keep;
  while (keep > 0) {
    const int window = pieces_[keep - 1].window;
    const size_t count = pieces_[keep - 1].gaps;
    if (gaps.size() >= count && std::equal(gaps.begin(), gaps.begin() + qsizetype(count), gaps_.begin()) &&
        cut(formats_, 0, window) == cut(formats, 0, window)) {
      break;
    }
    --keep;
  }
  pieces_.resize(keep);
}

std::unique_ptr<QTextLayout> TextLines::newLayout(int start, int end) const {
  QString string = text_.mid(start, end - start);
  if (string.endsWith(u'\n') && end < int(text_.size())) string.chop(1);  // the next piece begins below anyway
  string.replace(u'\n', QChar::LineSeparator);
  auto layout = std::make_unique<QTextLayout>(string, setup_.grid.font);
  layout->setCacheEnabled(true);
  layout->setFormats(cut(formats_, start, end));
  const bool right = setup_.rightToLeft && setup_.alignment == Qt::AlignLeft;
  QTextOption option(right ? Qt::AlignRight : setup_.alignment);
  option.setTextDirection(setup_.rightToLeft ? Qt::RightToLeft : Qt::LeftToRight);
  option.setWrapMode(setup_.anywhere ? QTextOption::WrapAnywhere : QTextOption::WrapAtWordBoundaryOrAnywhere);
  option.setTabStopDistance(4 * QFontMetricsF(setup_.grid.font).horizontalAdvance(u' '));
  layout->setTextOption(option);
  return layout;
}

double TextLines::lineWidth(int start, int line) const {
  return std::max(1, setup_.width - (start == 0 && line == 0 ? setup_.firstLineLess : 0));
}

// Where a piece ends that begins at `start` and would be too long, where it is not yet known: at the beginning of a
// line that the whole would have, too.
int TextLines::lineFeedEnd(int start, int window) const {
  const qsizetype lineFeed = QStringView(text_).mid(start, window - start).lastIndexOf(u'\n');
  return lineFeed > windowLength / 2 ? start + int(lineFeed) + 1 : window;
}

// Shaping is what costs: lines are made of the whole window's text, and the last of them are left to the next piece.
std::unique_ptr<QTextLayout> TextLines::layOutWindow(int start, int window, int* end) const {
  std::unique_ptr<QTextLayout> layout = newLayout(start, window);
  int longest = 0;
  layout->beginLayout();
  for (QTextLine line = layout->createLine(); line.isValid(); line = layout->createLine()) {
    line.setLineWidth(lineWidth(start, line.lineNumber()));
    *end = start + line.textStart() + line.textLength();
    longest = std::max(longest, line.textLength());
    if (*end >= window) {  // the line's end is the window's, not its own
      if (line.textStart() > 0) *end = start + line.textStart();
      layout->endLayout();
      return nullptr;
    }
    if (window - *end < 2 * longest) break;
  }
  layout->endLayout();
  return layout;
}

void TextLines::layOutPiece(int start, int top) {
  const int size = int(text_.size());
  Piece piece;
  piece.start = start;
  piece.window = std::min(size, start + windowLength);
  if (piece.window < size && text_[piece.window].isLowSurrogate()) ++piece.window;
  int end = piece.window < size ? lineFeedEnd(start, piece.window) : size;
  if (end == piece.window && end < size) piece.layout = layOutWindow(start, piece.window, &end);
  piece.length = end - start;
  piece.top = top;
  if (!piece.layout) {
    piece.layout = newLayout(start, end);
    piece.layout->beginLayout();
    for (QTextLine line = piece.layout->createLine(); line.isValid(); line = piece.layout->createLine()) {
      line.setLineWidth(lineWidth(start, line.lineNumber()));
    }
    piece.layout->endLayout();
  }
  size_t gap = gapTops_.size();
  int y = top;
  const auto passGaps = [&](int before) {
    for (; gap < gaps_.size() && gaps_[gap] < before; ++gap) {
      gapTops_.push_back(y);
      y += gapHeight_;
    }
  };
  for (int i = 0; i < piece.layout->lineCount(); ++i) {
    QTextLine line = piece.layout->lineAt(i);
    const int from = start + line.textStart();
    if (from > 0) passGaps(from + 1);
    const int ascent = int(std::ceil(line.ascent()));
    const int push = std::max(0, ascent - setup_.grid.baseline);  // taller letters from another font
    line.setPosition({0.0, double(y + push + setup_.grid.baseline - ascent)});
    y += int(lineBox(line).height());
    passGaps(from + line.textLength());
  }
  piece.bottom = y;
  piece.gaps = gap;
  pieces_.push_back(std::move(piece));
}

int TextLines::naturalWidth() const {
  double width = 0;
  for (const Piece& piece : pieces_) {
    for (int i = 0; i < piece.layout->lineCount(); ++i) {
      width = std::max(width, piece.layout->lineAt(i).naturalTextWidth());
    }
  }
  return int(std::ceil(width));
}

void TextLines::draw(QPainter* painter, const QPointF& at, const QRectF& clip, const Formats& selections) const {
  for (const Piece& piece : pieces_) {
    if (at.y() + piece.bottom < clip.top() || at.y() + piece.top > clip.bottom()) continue;
    piece.layout->draw(painter, at, cut(selections, piece.start, piece.start + piece.length), clip);
  }
}

const TextLines::Piece& TextLines::pieceAt(int position) const {
  const auto after = std::upper_bound(pieces_.begin(), pieces_.end(), position,
                                      [](int value, const Piece& piece) { return value < piece.start; });
  return after == pieces_.begin() ? pieces_.front() : *std::prev(after);
}

QRectF TextLines::lineBox(const QTextLine& line) const {
  const int ascent = int(std::ceil(line.ascent()));
  const int push = std::max(0, ascent - setup_.grid.baseline);
  const double top = line.y() + ascent - push - setup_.grid.baseline;
  const double height = std::max(setup_.grid.height, push + setup_.grid.baseline + int(std::ceil(line.descent())));
  return {0, top, double(setup_.width), height};
}

int TextLines::positionAt(const QPointF& point) const {
  if (pieces_.empty()) return 0;
  if (point.y() < 0) return 0;
  if (point.y() >= height_) return int(text_.size());
  for (const Piece& piece : pieces_) {
    if (point.y() >= piece.bottom && &piece != &pieces_.back()) continue;
    const int count = piece.layout->lineCount();
    for (int i = 0; i < count; ++i) {
      const QTextLine line = piece.layout->lineAt(i);
      if (point.y() >= lineBox(line).bottom() && i + 1 < count) continue;
      const int from = piece.start + line.textStart();
      int position = piece.start + line.xToCursor(point.x());
      // Beyond a line's end is its end, not the beginning of the next.
      position = std::min(position, std::max(from, lineAt(from).end));
      return position;
    }
  }
  return int(text_.size());
}

TextLines::Range TextLines::lineAt(int position) const {
  if (pieces_.empty()) return {};
  const Piece& piece = pieceAt(position);
  QTextLine line = piece.layout->lineForTextPosition(std::min(position, piece.start + piece.length) - piece.start);
  if (!line.isValid()) line = piece.layout->lineAt(std::max(0, piece.layout->lineCount() - 1));
  if (!line.isValid()) return {};
  Range range{piece.start + line.textStart(), piece.start + line.textStart() + line.textLength()};
  const bool endsText = range.end >= int(text_.size());
  if (range.end > range.start && (text_[range.end - 1] == u'\n' || (!endsText && text_[range.end - 1] == u' '))) {
    --range.end;
  }
  return range;
}

QRectF TextLines::cursorRect(int position) const {
  if (pieces_.empty()) return {0, 0, 0, double(setup_.grid.height)};
  const Piece& piece = pieceAt(position);
  QTextLine line = piece.layout->lineForTextPosition(position - piece.start);
  if (!line.isValid()) line = piece.layout->lineAt(std::max(0, piece.layout->lineCount() - 1));
  if (!line.isValid()) return {0, double(piece.top), 0, double(setup_.grid.height)};
  QRectF box = lineBox(line);
  box.setLeft(line.cursorToX(position - piece.start));
  box.setWidth(0);
  return box;
}

std::vector<QRectF> TextLines::rects(int from, int to) const {
  std::vector<QRectF> result;
  for (int at = from; at < to;) {
    const Piece& piece = pieceAt(at);
    const QTextLine line = piece.layout->lineForTextPosition(at - piece.start);
    if (!line.isValid()) break;
    const int end = piece.start + line.textStart() + line.textLength();
    const int stop = std::min(to, end);
    if (stop <= at) {  // a piece's last line feed is not in its layout
      ++at;
      continue;
    }
    const double a = line.cursorToX(at - piece.start);
    const double b = line.cursorToX(std::min(stop, std::max(at, lineAt(at).end)) - piece.start);
    QRectF box = lineBox(line);
    box.setLeft(std::min(a, b));
    box.setRight(std::max(a, b));
    result.push_back(box);
    at = stop;
  }
  return result;
}

}  // namespace sotto::ui
