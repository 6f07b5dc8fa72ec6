// Puts the questions of a file to a model and checks its answers: [{"id", "topic", "turns": [what the user writes...],
// "check": {"any", "all", "none", "exact": [...]}}]. The model's own replies stand between the turns; the check is of
// the last.
#pragma once

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>
#include <memory>
#include <utility>
#include <vector>

#include "sotto/engine/sampling.h"
#include "sotto/engine/session.h"

namespace sotto::test {

struct ExamResult {
  int asked = 0;
  int passed = 0;
  QStringList failed;                         // ids
  QStringList endless;                        // ids of those that wrote into the limit of tokens
  QMap<QString, std::pair<int, int>> topics;  // passed, asked

  [[nodiscard]] double share() const { return asked == 0 ? 0 : static_cast<double>(passed) / asked; }
};

// Whether an answer passes. Without regard to case; an entry of plain letters and digits has to be a word of its own,
// another one is looked for anywhere; `exact` is compared without final punctuation.
[[nodiscard]] bool passes(const QString& answer, const QJsonObject& check);

// Throws std::runtime_error when the file is not as above.
[[nodiscard]] ExamResult sit_exam(const std::shared_ptr<const engine::Model>& model, const QString& questions,
                                  const engine::SamplingParams& params, std::uint64_t seed);

// Chats as long as the context: of the file's questions of one turn those that the model answers rightly when asked
// alone, in an order drawn from a seed, one after the other.
struct LongChatResult {
  std::vector<std::pair<int, int>> turns;  // passed, asked, in the first turn of every chat, in the second, ...

  [[nodiscard]] double share(std::size_t from_turn) const;  // counted from 0
};
[[nodiscard]] LongChatResult sit_long_chats(const std::shared_ptr<const engine::Model>& model, const QString& questions,
                                            const engine::SamplingParams& params, int chats);

}  // namespace sotto::test
