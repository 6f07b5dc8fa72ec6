#include "sidebar/list_time.h"

#include <QCoreApplication>
#include <QLocale>

namespace sotto::ui {

ListGroup listGroup(const QDateTime& time, const QDateTime& now) {
  const qint64 days = time.toLocalTime().date().daysTo(now.toLocalTime().date());
  if (days <= 0) return ListGroup::today;  // a clock that was set back does not hide what is new
  if (days == 1) return ListGroup::yesterday;
  return days < 7 ? ListGroup::thisWeek : ListGroup::earlier;
}

QString listGroupTitle(ListGroup group) {
  switch (group) {
    case ListGroup::today:
      return QCoreApplication::translate("ConversationList", "Today");
    case ListGroup::yesterday:
      return QCoreApplication::translate("ConversationList", "Yesterday");
    case ListGroup::thisWeek:
      return QCoreApplication::translate("ConversationList", "This week");
    case ListGroup::earlier:
      break;
  }
  return QCoreApplication::translate("ConversationList", "Earlier");
}

QString listTime(const QDateTime& time, const QDateTime& now) {
  const QDateTime local = time.toLocalTime();
  const QLocale locale;
  switch (listGroup(time, now)) {
    case ListGroup::today: {
      QString format = locale.timeFormat(QLocale::ShortFormat);  // some locales count seconds even here
      return locale.toString(local.time(), format.remove(QStringLiteral(":ss")));
    }
    case ListGroup::yesterday:
      return QCoreApplication::translate("ConversationList", "yesterday");
    case ListGroup::thisWeek:
      return locale.dayName(local.date().dayOfWeek(), QLocale::ShortFormat);
    case ListGroup::earlier:
      break;
  }
  const bool sameYear = local.date().year() == now.toLocalTime().date().year();
  return locale.toString(local.date(), sameYear ? QStringLiteral("d MMM") : QStringLiteral("d MMM yyyy"));
}

}  // namespace sotto::ui
