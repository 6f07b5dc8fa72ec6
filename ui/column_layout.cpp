#include "column_layout.h"

#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "theme/theme.h"

namespace sotto::ui {

namespace {

class Veil : public QWidget {
 public:
  using QWidget::QWidget;

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::instance().palette().shadow);
  }
};

}  // namespace

ColumnLayout::ColumnLayout(QWidget* left, QWidget* middle, QWidget* right, QWidget* parent)
    : QWidget(parent), middle_(middle), veil_(new Veil(this)) {
  left_.widget = left;
  left_.width = Metrics::sidebar;
  left_.drawerBelow = Metrics::drawerSidebar;
  right_.widget = right;
  right_.width = Metrics::samplingPanel;
  right_.drawerBelow = Metrics::drawerSampling;
  // In this order by the tab key, too.
  left->setParent(this);
  middle->setParent(this);
  right->setParent(this);
  veil_->hide();
  veil_->installEventFilter(this);
  prepare(left_);
  prepare(right_);
  connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) { followFocus(now); });
}

// Closing moves the focus, which is no longer ours to follow.
ColumnLayout::~ColumnLayout() { disconnect(qApp, nullptr, this, nullptr); }

void ColumnLayout::prepare(Column& column) {
  column.slide = new QVariantAnimation(this);
  column.slide->setEasingCurve(QEasingCurve::OutCubic);
  Column* of = &column;
  connect(column.slide, &QVariantAnimation::valueChanged, this, [this, of](const QVariant& value) {
    of->at = value.toDouble();
    place();
  });
}

bool ColumnLayout::wanted(Side side) const { return column(side).wanted; }
bool ColumnLayout::isDrawer(Side side) const { return column(side).drawer; }

bool ColumnLayout::isOpen(Side side) const {
  const Column& c = column(side);
  return c.drawer ? c.drawerOpen : c.wanted;
}

void ColumnLayout::setWanted(Side side, bool open) {
  Column& c = column(side);
  if (c.wanted == open) return;
  c.wanted = open;
  place();
  emit changed();
}

void ColumnLayout::open(Side side) {
  if (!isOpen(side)) toggle(side);
}

void ColumnLayout::toggle(Side side) {
  Column& c = column(side);
  if (!c.drawer) return setWanted(side, !c.wanted);
  Column& other = column(side == Side::left ? Side::right : Side::left);
  const bool open = !c.drawerOpen;
  if (open && other.drawer && other.drawerOpen) setDrawerOpen(other, false);
  setDrawerOpen(c, open);
  emit changed();
}

bool ColumnLayout::shutDrawers() {
  bool any = false;
  for (Column* c : {&left_, &right_}) {
    if (!c->drawer || !c->drawerOpen) continue;
    setDrawerOpen(*c, false);
    any = true;
  }
  if (any) emit changed();
  return any;
}

// Tab is not to wander about under the veil: the focus goes into the drawer, and where it leaves it the drawer shuts.
void ColumnLayout::takeFocus(const Column& column) {
  QWidget* focus = QApplication::focusWidget();
  if (focus == nullptr || focus->window() != window()) return;
  before_ = focus;
  for (QWidget* next = column.widget->nextInFocusChain(); next != column.widget; next = next->nextInFocusChain()) {
    const bool takes = (next->focusPolicy() & Qt::TabFocus) != 0 && next->isVisible() && next->isEnabled();
    if (takes && column.widget->isAncestorOf(next)) return next->setFocus(Qt::OtherFocusReason);
  }
}

void ColumnLayout::followFocus(QWidget* now) {
  if (now == nullptr || now->window() != window()) return;  // a menu or a dialog of the drawer's, another program
  for (const Column* c : {&left_, &right_}) {
    if (c->drawer && c->drawerOpen && c->widget != now && !c->widget->isAncestorOf(now)) shutDrawers();
  }
}

void ColumnLayout::setDrawerOpen(Column& column, bool open) {
  column.drawerOpen = open;
  const QWidget* focus = QApplication::focusWidget();
  if (!open && before_ && focus != nullptr && column.widget->isAncestorOf(focus)) before_->setFocus();
  column.slide->stop();
  if (Theme::instance().motion() && isVisible()) {
    column.slide->setDuration(Metrics::motionMs);
    column.slide->setStartValue(column.at);
    column.slide->setEndValue(open ? 1.0 : 0.0);
    column.slide->start();
  } else {
    column.at = open ? 1.0 : 0.0;
  }
  place();
  if (open) takeFocus(column);
}

void ColumnLayout::resizeEvent(QResizeEvent*) {
  bool changedMode = false;
  for (Column* c : {&left_, &right_}) {
    const bool drawer = width() < c->drawerBelow;
    if (drawer == c->drawer) continue;
    c->drawer = drawer;
    c->drawerOpen = false;
    c->slide->stop();
    c->at = 0;
    changedMode = true;
  }
  place();
  if (changedMode) emit changed();
}

void ColumnLayout::place() {
  const bool mirrored = layoutDirection() == Qt::RightToLeft;
  const auto put = [&](QWidget* widget, int from, int span) {
    widget->setGeometry(mirrored ? width() - from - span : from, 0, span, height());
  };
  const int leftRoom = !left_.drawer && left_.wanted ? left_.width : 0;
  const int rightRoom = !right_.drawer && right_.wanted ? right_.width : 0;
  put(middle_, leftRoom, std::max(0, width() - leftRoom - rightRoom));

  double veil = 0;
  for (Column* c : {&left_, &right_}) {
    const bool isLeft = c == &left_;
    if (!c->drawer) {
      put(c->widget, isLeft ? 0 : width() - c->width, c->width);
      c->widget->setVisible(c->wanted);
      continue;
    }
    const int span = std::min(c->width, width() - 40);
    const int shown = static_cast<int>(std::lround(c->at * span));
    put(c->widget, isLeft ? shown - span : width() - shown, span);
    const bool visible = shown > 0 || c->drawerOpen;
    c->widget->setVisible(visible);
    if (visible) {
      veil = std::max(veil, c->at);
      c->widget->raise();
    }
  }
  veil_->setVisible(veil > 0);
  if (veil <= 0) return;
  veil_->setGeometry(rect());
  veil_->raise();
  for (Column* c : {&left_, &right_}) {
    if (c->drawer && c->at > 0) c->widget->raise();
  }
}

bool ColumnLayout::eventFilter(QObject* object, QEvent* event) {
  if (object == veil_ && event->type() == QEvent::MouseButtonPress) {
    shutDrawers();
    return true;
  }
  return QWidget::eventFilter(object, event);
}

}  // namespace sotto::ui
