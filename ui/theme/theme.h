// The one place where colours, type, spacing and radii are written down.
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>

namespace sotto::ui {

// Colour roles (look.md). Every text role meets WCAG AA (4.5:1) on every ground that it is used on; a test computes it.
struct Palette {
  bool dark = false;
  QColor background, side, panel, hairline, userBubble, code, field;
  QColor text, secondaryText, quietText, accent, accentSoft, onAccent, caution, selection;
  QColor codeKeyword, codeString, codeComment, codeNumber;
  [[nodiscard]] static Palette light();
  [[nodiscard]] static Palette night();
};

struct Metrics {
  static constexpr int unit = 4;  // spacing goes in steps of this, in px
  static constexpr int radiusControl = 8, radiusCode = 10, radiusBubble = 14, radiusComposer = 16;
  static constexpr int header = 52, sidebar = 264, samplingPanel = 320, textColumn = 720;
  static constexpr double lineHeight = 1.55;  // of the transcript
};

// Follows the desktop's light or dark scheme live. GUI thread only.
class Theme : public QObject {
  Q_OBJECT
 public:
  enum class Mode { followDesktop, light, dark };
  [[nodiscard]] static Theme& instance();

  [[nodiscard]] const Palette& palette() const { return palette_; }
  void setMode(Mode mode);
  [[nodiscard]] Mode mode() const { return mode_; }

  [[nodiscard]] QFont textFont(int px = 14, QFont::Weight weight = QFont::Normal) const;  // Inter, else the desktop's
  [[nodiscard]] QFont codeFont(int px = 13) const;                                         // JetBrains Mono, else fixed

 signals:
  void changed();

 private:
  Theme();
  Palette palette_;
  Mode mode_ = Mode::followDesktop;
};

}  // namespace sotto::ui
