// Some lines of a code block: all that are shown of a long one are the pieces near the window.
#pragma once

#include "transcript/fragment.h"

namespace sotto::ui {

class CodeFragment final : public Fragment {
 public:
  using Fragment::Fragment;
  void layOut(const markdown::Block& block, const Look& look) override;
  void release() override;
  [[nodiscard]] int estimate(const markdown::Block& block, const Look& look) const override;
  void paint(const markdown::Block& block, const PaintContext& context, QPoint at) const override;
  [[nodiscard]] int positionAt(QPoint point) const override;
  [[nodiscard]] QRectF cursorRect(int position) const override;
  [[nodiscard]] TextLines::Range lineAt(int position) const override;
  [[nodiscard]] std::optional<QRect> copyRect() const override;

  // A stretch of code: whole lines, or a part of a line that is too long for one.
  struct Piece {
    int start = 0;
    int length = 0;  // with the line feed at its end
    bool anywhere = false;
    friend bool operator==(const Piece&, const Piece&) = default;
  };
  // Bounded pieces; lines break after `columns` characters where they have to.
  // Begins where a piece begins: at `from`, after one with `anywhere`.
  [[nodiscard]] static std::vector<Piece> split(QStringView code, int columns, int from = 0, bool anywhere = false);
  [[nodiscard]] static QString label(const markdown::Block& block, const QString& copy);

  bool first = true;
  bool last = true;
  bool anywhere = false;
  int labelWidth = 0;  // of "rust · Copy", of the first piece

 private:
  [[nodiscard]] QPoint inner() const { return {space::codeX, first ? space::codeY : 0}; }
  [[nodiscard]] QString text(const markdown::Block& block) const;
  TextLines lines_;
};

}  // namespace sotto::ui
