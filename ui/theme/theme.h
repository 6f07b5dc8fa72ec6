// The one place where type, spacing and radii are written down; the colours are beside it, in palette.cpp.
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
  QColor track;    // the part of a slider or bar that is not filled
  QColor hover;    // translucent, over any ground
  QColor failure;  // the dot of a model that failed; never text
  QColor shadow;   // translucent, under what floats
  [[nodiscard]] static Palette light();
  [[nodiscard]] static Palette night();
  friend bool operator==(const Palette&, const Palette&) = default;
};

// A role by its name, for what is painted later, when the palette may be another one.
using ColorRole = QColor Palette::*;

struct Metrics {
  static constexpr int unit = 4;  // spacing goes in steps of this, in px
  static constexpr int radiusControl = 8, radiusCode = 10, radiusBubble = 14, radiusComposer = 16;
  static constexpr int header = 52, sidebar = 264, samplingPanel = 320, textColumn = 720;
  static constexpr int controlHeight = 32, chipHeight = 28, fieldHeight = 22;
  static constexpr int drawerSampling = 1000, drawerSidebar = 700;  // below these widths of the window
  static constexpr int motionMs = 140;
  static constexpr double lineHeight = 1.55;  // of the transcript
};

// Follows the desktop's light or dark scheme live. GUI thread only.
class Theme : public QObject {
  Q_OBJECT
 public:
  enum class Mode {
    followDesktop,
    light,
    dark
  };
  // Needs a QGuiApplication.
  [[nodiscard]] static Theme& instance();

  // Gives a QApplication our style, palette and font, now and with every change. Once.
  void install();

  [[nodiscard]] const Palette& palette() const { return palette_; }
  void setMode(Mode mode);
  [[nodiscard]] Mode mode() const { return mode_; }
  // False when the person or the desktop asked for less motion.
  [[nodiscard]] bool motion() const;

  [[nodiscard]] QFont textFont(int px = 14, QFont::Weight weight = QFont::Normal) const;  // Inter, else the desktop's
  [[nodiscard]] QFont codeFont(int px = 13) const;                                        // JetBrains Mono, else fixed

 signals:
  void changed();

 private:
  Theme();
  void apply();
  Palette palette_;
  Mode mode_ = Mode::followDesktop;
  bool desktopDark_ = false;
  bool installed_ = false;
  QString textFamily_, codeFamily_;
};

}  // namespace sotto::ui
