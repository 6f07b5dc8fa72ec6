// When a conversation was last written to, as the list shows it: the group it stands in and the short time in its row.
#pragma once

#include <QDateTime>
#include <QString>

namespace sotto::ui {

enum class ListGroup {
  today,
  yesterday,
  thisWeek,  // the six days before yesterday
  earlier
};

[[nodiscard]] ListGroup listGroup(const QDateTime& time, const QDateTime& now);
[[nodiscard]] QString listGroupTitle(ListGroup group);
// "14:02", "yesterday", "Tue", "3 Mar", "3 Mar 2025".
[[nodiscard]] QString listTime(const QDateTime& time, const QDateTime& now);

}  // namespace sotto::ui
