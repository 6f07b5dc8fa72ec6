// A paragraph or a heading.
#pragma once

#include "transcript/fragment.h"

namespace sotto::ui {

class TextFragment final : public Fragment {
 public:
  using Fragment::Fragment;
  void layOut(const markdown::Block& block, const Look& look) override;
  void release() override;
  [[nodiscard]] int estimate(const markdown::Block& block, const Look& look) const override;
  void paint(const markdown::Block& block, const PaintContext& context, QPoint at) const override;
  [[nodiscard]] int positionAt(QPoint point) const override { return lines_.positionAt(point); }
  [[nodiscard]] QRectF cursorRect(int position) const override { return lines_.cursorRect(position); }
  [[nodiscard]] TextLines::Range lineAt(int position) const override { return lines_.lineAt(position); }
  [[nodiscard]] std::vector<QRectF> rects(int from, int to) const override { return lines_.rects(from, to); }
  [[nodiscard]] int naturalWidth() const override { return lines_.naturalWidth(); }

 private:
  TextLines lines_;
};

}  // namespace sotto::ui
