// Links that a model wrote are opened only after a look at where they lead.
#pragma once

#include <QString>
#include <QUrl>
#include <functional>

class QWidget;

namespace sotto::ui {

// Shows the address in full and calls `open` when the person agrees. Only web and mail addresses can be opened; any
// other can be copied. Returns at once.
void askToOpen(QWidget* parent, const QString& address, const std::function<void(const QUrl&)>& open);

// An address as it will be used, in letters that cannot be taken for others: the rest is written out in percents.
[[nodiscard]] QString shownAddress(const QString& address);

}  // namespace sotto::ui
