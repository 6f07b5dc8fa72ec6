#include "transcript/table_fragment.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace sotto::ui {

namespace {

constexpr int measuredRows = 48;
constexpr int narrowest = 36;

LineGrid headerGrid(const Look& look) {
  LineGrid grid = look.text;
  grid.font.setWeight(QFont::DemiBold);
  return grid;
}

double naturalWidth(const markdown::Block& block, const markdown::Cell& cell, bool header, const Look& look) {
  QTextLayout layout(block.text.mid(cell.start, cell.length), header ? headerGrid(look).font : look.text.font);
  layout.setFormats(formatsOf(block, cell.start, cell.start + cell.length, look));
  layout.beginLayout();
  QTextLine line = layout.createLine();
  double width = 0;
  if (line.isValid()) {
    line.setLineWidth(4096);
    width = line.naturalTextWidth();
  }
  layout.endLayout();
  return std::ceil(width) + 1;
}

}  // namespace

void TableColumns::measure(const markdown::Block& block, const Look& look, int available) {
  const size_t columns = size_t(std::max(1, block.columns));
  const size_t cells = std::min(block.cells.size(), columns * measuredRows);
  const markdown::Cell end = cells > 0 ? block.cells[cells - 1] : markdown::Cell{};
  const QString text = block.text.left(end.start + end.length);
  size_t from = 0;
  if (natural_.size() == columns && font_ == look.text.font && text.startsWith(measured_)) {
    // All but the last row measured is as it was.
    while (from < cells && block.cells[from].start + block.cells[from].length < int(measured_.size())) ++from;
    from -= std::min(from, columns);
  } else {
    natural_.assign(columns, 0);
    font_ = look.text.font;
  }
  for (size_t i = from; i < cells; ++i) {
    double& natural = natural_[i % columns];
    natural = std::max(natural, naturalWidth(block, block.cells[i], i < columns, look));
  }
  measured_ = text;

  // Columns that need less than their share leave the rest to the others.
  int room = std::max(int(columns) * narrowest, available - int(columns - 1) * 2 * space::cellX);
  std::vector<int> width(columns, 0);
  std::vector<size_t> order(columns);
  for (size_t i = 0; i < columns; ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return natural_[a] < natural_[b]; });
  for (size_t i = 0; i < columns; ++i) {
    const int share = room / int(columns - i);
    width[order[i]] = std::max(1, std::min(int(natural_[order[i]]), share));
    room -= width[order[i]];
  }
  if (width == width_) return;
  width_ = width;
  x_.assign(columns, 0);
  for (size_t i = 1; i < columns; ++i) x_[i] = x_[i - 1] + width_[i - 1] + 2 * space::cellX;
  ++revision_;
}

int TableColumns::total() const { return width_.empty() ? 0 : x_.back() + width_.back(); }

TableFragment::TableFragment(int ofBlock, int firstRow, std::shared_ptr<TableColumns> columns)
    : Fragment(ofBlock, 0), firstRow_(firstRow), columns_(std::move(columns)) {}

void TableFragment::setRows(const markdown::Block& block) {
  const int all = int(block.cells.size()) / std::max(1, block.columns);
  rows_ = std::min(rowsInOne, all - firstRow_);
  const markdown::Cell& begin = block.cells[size_t(firstRow_) * size_t(block.columns)];
  const markdown::Cell& end = block.cells[size_t((firstRow_ + rows_) * block.columns - 1)];
  start = begin.start;
  length = end.start + end.length - start;
}

void TableFragment::layOut(const markdown::Block& block, const Look& look) {
  const size_t from = size_t(firstRow_) * size_t(block.columns);
  cells_.resize(size_t(rows_) * size_t(block.columns));
  rowTops_.clear();
  int top = 0;
  for (int row = 0; row < rows_; ++row) {
    rowTops_.push_back(top);
    int tallest = look.text.height;
    for (int column = 0; column < block.columns; ++column) {
      const size_t i = size_t(row) * size_t(block.columns) + size_t(column);
      const markdown::Cell& cell = block.cells[from + i];
      LinesSetup setup;
      setup.grid = firstRow_ + row == 0 ? headerGrid(look) : look.text;
      setup.width = columns_->width(column);
      setup.alignment = block.alignments[size_t(column)];
      setup.rightToLeft = QStringView(block.text).mid(cell.start, cell.length).isRightToLeft();
      PlacedCell& placed = cells_[i];
      placed.start = cell.start;
      placed.length = cell.length;
      placed.at = {columns_->x(column), top + space::cellY};
      placed.lines.layOut(block.text.mid(cell.start, cell.length),
                          formatsOf(block, cell.start, cell.start + cell.length, look), setup);
      tallest = std::max(tallest, placed.lines.height());
    }
    top += tallest + 2 * space::cellY;
  }
  height = top;
  exact = true;
}

void TableFragment::release() {
  cells_.clear();
  rowTops_.clear();
  exact = false;
}

int TableFragment::estimate(const markdown::Block&, const Look& look) const {
  return rows_ * (look.text.height + 2 * space::cellY);
}

void TableFragment::paint(const markdown::Block& block, const PaintContext& context, QPoint at) const {
  paintFrame(*this, context, at);
  QPainter& painter = *context.painter;
  painter.setRenderHint(QPainter::Antialiasing);
  const int right = at.x() + std::min(width, columns_->total());
  for (int row = 0; row < rows_; ++row) {
    if (firstRow_ + row == 0) continue;
    // The line under the header is the stronger one.
    painter.fillRect(
        QRect(QPoint(at.x(), at.y() + rowTops_[size_t(row)]), QPoint(right, at.y() + rowTops_[size_t(row)])),
        firstRow_ + row == 1 ? context.look.palette.track : context.look.palette.hairline);
  }
  painter.setPen(context.look.palette.text);
  for (const PlacedCell& cell : cells_) {
    const QPoint place = at + cell.at;
    if (place.y() > context.clip.bottom() || place.y() + cell.lines.height() < context.clip.top()) continue;
    paintCodeGrounds(block, cell.lines, cell.start, cell.start + cell.length, context, place);
    painter.setPen(context.look.palette.text);
    cell.lines.draw(&painter, place, context.clip, selectionIn(context, cell.start, cell.start + cell.length));
  }
}

int TableFragment::positionAt(QPoint point) const {
  if (cells_.empty()) return start;
  const int columns = int(cells_.size()) / std::max(1, rows_);
  int row = 0;
  while (row + 1 < rows_ && point.y() >= rowTops_[size_t(row) + 1]) ++row;
  int column = 0;
  while (column + 1 < columns && point.x() >= columns_->x(column + 1) - space::cellX) ++column;
  const PlacedCell& cell = cells_[size_t(row) * size_t(columns) + size_t(column)];
  QPoint inside = point - cell.at;
  inside.setY(std::clamp(inside.y(), 0, std::max(0, cell.lines.height() - 1)));
  return cell.start + std::clamp(cell.lines.positionAt(inside), 0, cell.length);
}

const TableFragment::PlacedCell* TableFragment::cellAt(int position) const {
  const auto after = std::upper_bound(cells_.begin(), cells_.end(), position,
                                      [](int value, const PlacedCell& cell) { return value < cell.start; });
  if (cells_.empty()) return nullptr;
  return after == cells_.begin() ? &cells_.front() : &*std::prev(after);
}

QRectF TableFragment::cursorRect(int position) const {
  const PlacedCell* cell = cellAt(position);
  if (cell == nullptr) return {0, 0, 0, double(height)};
  return cell->lines.cursorRect(std::min(position - cell->start, cell->length)).translated(cell->at);
}

std::vector<QRectF> TableFragment::rects(int from, int to) const {
  const PlacedCell* cell = cellAt(from);
  if (cell == nullptr) return {};
  std::vector<QRectF> result = cell->lines.rects(from - cell->start, std::min(to - cell->start, cell->length));
  for (QRectF& rect : result) rect.translate(cell->at);
  return result;
}

TextLines::Range TableFragment::lineAt(int position) const {
  const PlacedCell* cell = cellAt(position);
  if (cell == nullptr) return {start, start + length};
  return {cell->start, cell->start + cell->length};
}

}  // namespace sotto::ui
