// How controls are painted: Fusion with our own buttons, fields, sliders, scroll bars, menus and focus rings.
#pragma once

#include <QProxyStyle>

class QAbstractButton;

namespace sotto::ui {

// outline: field ground and hairline. chip: a pill, quiet text. primary: the one dark button of a place. quiet: no
// frame until the pointer is on it.
enum class ButtonKind {
  outline,
  chip,
  primary,
  quiet
};

void setButtonKind(QAbstractButton* button, ButtonKind kind);
// What people wrote, for buttons and menus, which take "&" for the mark of a key.
[[nodiscard]] QString withoutMnemonic(QString text);

class Style : public QProxyStyle {
  Q_OBJECT
 public:
  Style();

  void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
  void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                   const QWidget* widget) const override;
  void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                          const QWidget* widget) const override;
  [[nodiscard]] QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub,
                                     const QWidget* widget) const override;
  [[nodiscard]] QRect subElementRect(SubElement element, const QStyleOption* option,
                                     const QWidget* widget) const override;
  [[nodiscard]] QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                       const QWidget* widget) const override;
  [[nodiscard]] int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
  [[nodiscard]] int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                              QStyleHintReturn* data) const override;
  using QProxyStyle::polish;
  void polish(QWidget* widget) override;
};

}  // namespace sotto::ui
