// How a sampling parameter lies on its slider: a pure mapping between values and positions from 0 to 1.
#pragma once

#include <QString>

namespace sotto::ui {

struct ValueScale {
  double minimum = 0, maximum = 1;  // of the slider
  double least = 0, most = 1;       // of the exact field, at least as wide; what lies outside rests at the slider's end
  double step = 0.01;               // of the arrow keys, and what a drag snaps to
  int decimals = 2;
  // The part below `knee` takes `kneeAt` of the track, so that small values can be set finely; none when equal.
  double knee = 0, kneeAt = 0;
  double coarseStep = 0;  // above the knee; 0: `step`
  bool endless = false;   // the slider's end stands for "no limit", which is written 0

  [[nodiscard]] double position(double value) const;  // 0 to 1
  [[nodiscard]] double value(double position) const;  // snapped to a step, within minimum and maximum
  [[nodiscard]] double snapped(double value) const;   // to the field's decimals, within least and most
  [[nodiscard]] double stepped(double value, int steps) const;
};

// As the field shows it, in the user's notation, without group separators.
[[nodiscard]] QString formatValue(double value, int decimals);
// Accepts both "0.35" and "0,35"; false when it is not a number.
[[nodiscard]] bool parseValue(const QString& text, double* value);

namespace scales {
[[nodiscard]] ValueScale temperature();
[[nodiscard]] ValueScale topP();
[[nodiscard]] ValueScale topK();
[[nodiscard]] ValueScale minP();
[[nodiscard]] ValueScale repeatPenalty();
[[nodiscard]] ValueScale additivePenalty();  // frequency, presence
[[nodiscard]] ValueScale maxTokens();
}  // namespace scales

}  // namespace sotto::ui
