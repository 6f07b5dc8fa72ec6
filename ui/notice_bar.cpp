#include "notice_bar.h"

#include <QAccessible>
#include <QBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>
#include <utility>

#include "theme/icon.h"
#include "theme/label.h"
#include "theme/paint.h"
#include "theme/style.h"

namespace sotto::ui {

NoticeBar::NoticeBar(QWidget* parent)
    : QFrame(parent),
      text_(new Label({}, &Palette::text, 13, this)),
      action_(new QPushButton(this)),
      close_(new QToolButton(this)),
      timer_(new QTimer(this)) {
  setObjectName(QStringLiteral("Notice"));
  text_->setObjectName(QStringLiteral("Notice text"));
  text_->setWordWrap(true);
  text_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  action_->setObjectName(QStringLiteral("Notice action"));
  setButtonKind(action_, ButtonKind::outline);
  close_->setIcon(icon(QStringLiteral("close")));
  close_->setIconSize({16, 16});
  close_->setAccessibleName(QStringLiteral("Close notice"));
  close_->setToolTip(tr("Close"));
  close_->setAutoRaise(true);

  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(14, 6, 6, 6);
  row->setSpacing(8);
  row->addWidget(text_, 1);
  row->addWidget(action_);
  row->addWidget(close_);

  timer_->setSingleShot(true);
  connect(timer_, &QTimer::timeout, this, &NoticeBar::dismiss);
  connect(close_, &QToolButton::clicked, this, &NoticeBar::dismiss);
  connect(action_, &QPushButton::clicked, this, [this] {
    const std::function<void()> act = shown_.act;
    dismiss();
    if (act) act();
  });
  hide();
}

void NoticeBar::say(Kind kind, const QString& sentence, const QString& action, std::function<void()> act, int forMs) {
  if (kind == Kind::error) {
    covered_.reset();
  } else if (!isHidden() && shown_.kind == Kind::error) {
    covered_ = shown_;
  }
  show({kind, sentence, action, std::move(act), forMs});
}

void NoticeBar::show(Notice notice) {
  shown_ = std::move(notice);
  text_->setText(shown_.sentence);
  setAccessibleName(shown_.sentence);
  action_->setText(shown_.action);
  action_->setVisible(!shown_.action.isEmpty());
  timer_->stop();
  if (shown_.forMs > 0) timer_->start(shown_.forMs);
  setVisible(true);
  update();
  QAccessibleEvent event(this, QAccessible::Alert);
  QAccessible::updateAccessibility(&event);
}

void NoticeBar::dismiss() {
  timer_->stop();
  if (covered_) {
    show(*std::exchange(covered_, std::nullopt));
    return;
  }
  shown_ = {};
  hide();
  emit dismissed();
}

void NoticeBar::withdraw(const QString& sentence) {
  if (covered_ && covered_->sentence == sentence) covered_.reset();
  if (!isHidden() && shown_.kind == Kind::error && shown_.sentence == sentence) dismiss();
}

QString NoticeBar::sentence() const { return isHidden() ? QString() : text_->text(); }

void NoticeBar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = Theme::instance().palette();
  paintRounded(&painter, rect(), Metrics::radiusControl, p.field, p.hairline);
  if (shown_.kind != Kind::error) return;
  const int edge = layoutDirection() == Qt::RightToLeft ? width() - 6 : 3;
  paintRounded(&painter, QRectF(edge, 8, 3, height() - 16), 1.5, p.caution, {});
}

}  // namespace sotto::ui
