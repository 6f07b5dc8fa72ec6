// A rule, a change mark between two blocks, and the line above a thought that opens and closes it.
#pragma once

#include "transcript/fragment.h"

namespace sotto::ui {

class RuleFragment final : public Fragment {
 public:
  using Fragment::Fragment;
  void layOut(const markdown::Block& block, const Look& look) override;
  [[nodiscard]] int estimate(const markdown::Block&, const Look&) const override { return 1; }
  void paint(const markdown::Block& block, const PaintContext& context, QPoint at) const override;
};

class MarkFragment final : public Fragment {
 public:
  MarkFragment(int ofBlock, int position, QString text) : Fragment(ofBlock, position), text_(std::move(text)) {}
  void layOut(const markdown::Block& block, const Look& look) override;
  [[nodiscard]] int estimate(const markdown::Block&, const Look&) const override { return space::markHeight; }
  void paint(const markdown::Block& block, const PaintContext& context, QPoint at) const override;
  [[nodiscard]] bool isText() const override { return false; }
  [[nodiscard]] const QString& text() const { return text_; }

 private:
  QString text_;
};

class ThoughtFragment final : public Fragment {
 public:
  ThoughtFragment(bool folded, bool thinking) : Fragment(0, 0), folded_(folded), thinking_(thinking) {}
  void layOut(const markdown::Block& block, const Look& look) override;
  [[nodiscard]] int estimate(const markdown::Block&, const Look& look) const override { return look.text.height; }
  void paint(const markdown::Block& block, const PaintContext& context, QPoint at) const override;
  [[nodiscard]] bool isText() const override { return false; }
  [[nodiscard]] QRect button() const { return {0, 0, buttonWidth_, height}; }

 private:
  [[nodiscard]] QString label() const;
  bool folded_;
  bool thinking_;
  int buttonWidth_ = 0;
};

}  // namespace sotto::ui
