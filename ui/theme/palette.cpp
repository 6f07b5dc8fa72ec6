// Every colour of the window. Nothing else in ui/ names one.
#include "theme/theme.h"

namespace sotto::ui {

namespace {

QColor translucent(QRgb rgb, int alpha) {
  QColor color = QColor::fromRgb(rgb);
  color.setAlpha(alpha);
  return color;
}

}  // namespace

Palette Palette::light() {
  Palette p;
  p.dark = false;
  p.background = QColor(0xFAF9F7);
  p.side = QColor(0xF1EFEB);
  p.panel = QColor(0xF6F4F1);
  p.hairline = QColor(0xE3DFD8);
  p.userBubble = QColor(0xECE8E1);
  p.code = QColor(0xF3F0EA);
  p.field = QColor(0xFAF9F7);
  p.text = QColor(0x22211F);
  p.secondaryText = QColor(0x605C55);
  p.quietText = QColor(0x6B665F);
  p.accent = QColor(0x2F6F62);
  p.accentSoft = QColor(0xDDEAE6);
  p.onAccent = QColor(0xFAF9F7);
  p.caution = QColor(0x8A5214);
  p.selection = QColor(0xC7DED7);
  p.codeKeyword = QColor(0x8A4B9E);
  p.codeString = QColor(0x2F6F62);
  p.codeComment = QColor(0x2F6F62);
  p.codeNumber = QColor(0x8A5214);
  p.track = QColor(0xD8D3CA);
  p.hover = translucent(0x22211F, 10);
  p.failure = QColor(0xB3372B);
  p.shadow = translucent(0x22211F, 30);
  return p;
}

Palette Palette::night() {
  Palette p;
  p.dark = true;
  p.background = QColor(0x1B1C1E);
  p.side = QColor(0x161718);
  p.panel = QColor(0x191A1C);
  p.hairline = QColor(0x2C2E31);
  p.userBubble = QColor(0x26282B);
  p.code = QColor(0x222427);
  p.field = QColor(0x1B1C1E);
  p.text = QColor(0xE8E6E3);
  p.secondaryText = QColor(0xA9A6A0);
  p.quietText = QColor(0xA09D97);
  p.accent = QColor(0x7CC4B3);
  p.accentSoft = QColor(0x21352F);
  p.onAccent = QColor(0x1B1C1E);
  p.caution = QColor(0xD9A15F);
  p.selection = QColor(0x2F5148);
  p.codeKeyword = QColor(0xC79AD6);
  p.codeString = QColor(0x7CC4B3);
  p.codeComment = QColor(0x7CC4B3);
  p.codeNumber = QColor(0xD9A15F);
  p.track = QColor(0x34373A);
  p.hover = translucent(0xE8E6E3, 16);
  p.failure = QColor(0xE5786B);
  p.shadow = translucent(0x000000, 110);
  return p;
}

}  // namespace sotto::ui
