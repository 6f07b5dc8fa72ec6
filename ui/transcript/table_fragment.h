// Some rows of a table.
#pragma once

#include <memory>
#include <utility>

#include "transcript/fragment.h"

namespace sotto::ui {

// The columns of one table: as wide as their text, narrower where there is not enough room. Measured on the first rows,
// so that a table that grows does not move for ever.
class TableColumns {
 public:
  void measure(const markdown::Block& block, const Look& look, int available);
  [[nodiscard]] int x(int column) const { return x_[size_t(column)]; }
  [[nodiscard]] int width(int column) const { return width_[size_t(column)]; }
  [[nodiscard]] int total() const;
  [[nodiscard]] unsigned revision() const { return revision_; }  // grows when a column changes

 private:
  std::vector<double> natural_;
  std::vector<int> x_, width_;
  QString measured_;  // the text of the cells that `natural_` is about
  QFont font_;
  unsigned revision_ = 0;
};

class TableFragment final : public Fragment {
 public:
  static constexpr int rowsInOne = 12;
  TableFragment(int ofBlock, int firstRow, std::shared_ptr<TableColumns> columns);

  void setRows(const markdown::Block& block);  // after the table has grown
  void layOut(const markdown::Block& block, const Look& look) override;
  void release() override;
  [[nodiscard]] int estimate(const markdown::Block& block, const Look& look) const override;
  void paint(const markdown::Block& block, const PaintContext& context, QPoint at) const override;
  [[nodiscard]] int positionAt(QPoint point) const override;
  [[nodiscard]] QRectF cursorRect(int position) const override;
  [[nodiscard]] TextLines::Range lineAt(int position) const override;
  [[nodiscard]] std::vector<QRectF> rects(int from, int to) const override;
  [[nodiscard]] int naturalWidth() const override { return columns_->total(); }
  [[nodiscard]] int firstRow() const { return firstRow_; }

 private:
  struct PlacedCell {
    int start = 0;
    int length = 0;
    QPoint at;
    TextLines lines;
  };
  [[nodiscard]] const PlacedCell* cellAt(int position) const;

  int firstRow_;
  int rows_ = 0;
  std::shared_ptr<TableColumns> columns_;
  std::vector<PlacedCell> cells_;
  std::vector<int> rowTops_;
};

}  // namespace sotto::ui
