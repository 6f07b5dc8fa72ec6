#include "sampling/value_scale.h"

#include <QLocale>
#include <algorithm>
#include <cmath>

namespace sotto::ui {

namespace {

double rounded(double value, double step) { return std::round(value / step) * step; }

bool bent(const ValueScale& s) { return s.kneeAt > 0 && s.kneeAt < 1; }

}  // namespace

double ValueScale::position(double value) const {
  if (endless && value <= 0) return 1;
  const double v = std::clamp(value, minimum, maximum);
  if (!bent(*this)) return (v - minimum) / (maximum - minimum);
  if (v <= knee) return (v - minimum) / (knee - minimum) * kneeAt;
  return kneeAt + (v - knee) / (maximum - knee) * (1 - kneeAt);
}

double ValueScale::value(double position) const {
  const double t = std::clamp(position, 0.0, 1.0);
  if (endless && t > 0.995) return 0;
  double v = minimum + t * (maximum - minimum);
  if (bent(*this)) {
    v = t <= kneeAt ? minimum + t / kneeAt * (knee - minimum) : knee + (t - kneeAt) / (1 - kneeAt) * (maximum - knee);
  }
  const double grid = bent(*this) && v > knee && coarseStep > 0 ? coarseStep : step;
  return std::clamp(rounded(v, grid), minimum, maximum);
}

double ValueScale::snapped(double value) const {
  return std::clamp(rounded(value, std::pow(10.0, -decimals)), least, most);
}

double ValueScale::stepped(double value, int steps) const {
  double v = value;
  if (endless && v <= 0) {
    if (steps >= 0) return 0;
    v = maximum + coarseStep;
  }
  for (int i = 0; i < std::abs(steps); ++i) {
    const bool up = steps > 0;
    // At the knee itself the step of the side that is walked into.
    const bool coarse = coarseStep > 0 && (up ? v >= knee - step / 2 : v > knee + step / 2);
    v += (up ? 1 : -1) * (coarse ? coarseStep : step);
  }
  if (endless) return v > maximum + step / 2 && value <= maximum ? 0 : snapped(std::max(v, minimum));
  return snapped(v);
}

QString formatValue(double value, int decimals) {
  QLocale locale;
  locale.setNumberOptions(QLocale::OmitGroupSeparator);
  return locale.toString(value, 'f', decimals);
}

bool parseValue(const QString& text, double* value) {
  QString plain = text.trimmed();
  plain.replace(QLatin1Char(','), QLatin1Char('.'));
  bool ok = false;
  const double parsed = QLocale::c().toDouble(plain, &ok);
  if (!ok || !std::isfinite(parsed)) return false;
  *value = parsed;
  return true;
}

namespace scales {

ValueScale temperature() {
  return {.minimum = 0,
          .maximum = 2,
          .least = 0,
          .most = 10,
          .step = 0.01,
          .decimals = 2,
          .knee = 1,
          .kneeAt = 0.62,
          .coarseStep = 0.05};
}
ValueScale topP() { return {}; }
ValueScale topK() {
  return {.minimum = 0,
          .maximum = 200,
          .least = 0,
          .most = 100'000,
          .step = 1,
          .decimals = 0,
          .knee = 100,
          .kneeAt = 0.7,
          .coarseStep = 5};
}
ValueScale minP() {
  return {.minimum = 0,
          .maximum = 1,
          .least = 0,
          .most = 1,
          .step = 0.01,
          .decimals = 2,
          .knee = 0.2,
          .kneeAt = 0.5,
          .coarseStep = 0.02};
}
ValueScale repeatPenalty() {
  return {.minimum = 1,
          .maximum = 2,
          .least = 0.1,
          .most = 10,
          .step = 0.01,
          .decimals = 2,
          .knee = 1.3,
          .kneeAt = 0.6,
          .coarseStep = 0.05};
}
ValueScale additivePenalty() {
  return {.minimum = -2, .maximum = 2, .least = -10, .most = 10, .step = 0.05, .decimals = 2};
}
ValueScale maxTokens() {
  return {.minimum = 16,
          .maximum = 8192,
          .least = 0,
          .most = 1'000'000,
          .step = 16,
          .decimals = 0,
          .knee = 1024,
          .kneeAt = 0.6,
          .coarseStep = 128,
          .endless = true};
}

}  // namespace scales

}  // namespace sotto::ui
