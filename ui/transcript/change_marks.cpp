#include "transcript/change_marks.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

#include "sampling/value_scale.h"

namespace sotto::ui {

using app::TimelineEntry;

namespace {

constexpr int sameDrag = 8;  // tokens

struct Words {
  Q_DECLARE_TR_FUNCTIONS(ChangeMarks)
};

QString number(float value, int decimals = 2) { return formatValue(double(value), decimals); }

class Changes {
 public:
  void add(const char* name, const QString& from, const QString& to) {
    if (from != to) parts_ << Words::tr(name) + u' ' + from + QStringLiteral(" → ") + to;
  }
  void add(const char* name, float from, float to) {
    // Small steps need more digits to be seen.
    if (from != to && number(from) == number(to)) {
      add(name, number(from, 4), number(to, 4));
    } else {
      add(name, number(from), number(to));
    }
  }
  void add(const char* name, int from, int to) { add(name, QString::number(from), QString::number(to)); }
  [[nodiscard]] QString text() const { return parts_.join(QStringLiteral(" · ")); }

 private:
  QStringList parts_;
};

// Where a token's text begins, for entries that do not say it: in proportion, at a line's beginning.
int sourceOf(const TimelineEntry& entry, const app::Message& reply) {
  const int size = int(reply.content.size());
  if (entry.textOffset >= 0) return std::min(entry.textOffset, size);
  const int tokens = std::max({1, int(reply.tokens.size()), reply.stats.generatedTokens, entry.token});
  const auto guess = qsizetype(double(size) * entry.token / tokens);
  return guess == 0 ? 0 : int(reply.content.lastIndexOf(u'\n', guess - 1)) + 1;
}

}  // namespace

QString describeChange(const TimelineEntry& before, const TimelineEntry& after) {
  const engine::SamplingParams& from = before.params;
  const engine::SamplingParams& to = after.params;
  Changes changes;
  if (from.greedy != to.greedy) {
    const QString greedy = Words::tr("greedy");
    changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "temperature"), from.greedy ? greedy : number(from.temperature),
                to.greedy ? greedy : number(to.temperature));
  } else {
    changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "temperature"), from.temperature, to.temperature);
  }
  changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "top-p"), from.top_p, to.top_p);
  changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "top-k"), from.top_k, to.top_k);
  changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "min-p"), from.min_p, to.min_p);
  changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "repetition penalty"), from.repeat_penalty, to.repeat_penalty);
  changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "frequency penalty"), from.frequency_penalty, to.frequency_penalty);
  changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "presence penalty"), from.presence_penalty, to.presence_penalty);
  changes.add(QT_TRANSLATE_NOOP("ChangeMarks", "penalty window"), from.penalty_window, to.penalty_window);
  return changes.text();
}

std::vector<ChangeMark> changeMarks(const app::Message& reply) {
  std::vector<ChangeMark> marks;
  const auto& timeline = reply.timeline;
  for (size_t first = 1; first < timeline.size();) {
    size_t last = first;
    while (last + 1 < timeline.size() && timeline[last + 1].token - timeline[last].token <= sameDrag) ++last;
    const QString text = describeChange(timeline[first - 1], timeline[last]);
    if (!text.isEmpty()) marks.push_back({sourceOf(timeline[first], reply), text});
    first = last + 1;
  }
  return marks;
}

}  // namespace sotto::ui
