#include "theme/control_paint.h"

#include <QPainter>
#include <QStyleOption>
#include <QToolButton>
#include <QVariant>
#include <algorithm>

#include "theme/paint.h"
#include "theme/theme.h"

namespace sotto::ui {

namespace {

constexpr int kIconGap = 4;    // px between a button's icon and its words
constexpr int kLeastSide = 4;  // px beside a label that has little room

const Palette& colors() { return Theme::instance().palette(); }
bool has(const QStyleOption* option, QStyle::StateFlag flag) { return option->state.testFlag(flag); }

double radiusOf(ButtonKind kind, const QRect& rect) {
  return kind == ButtonKind::chip ? rect.height() / 2.0 : static_cast<double>(Metrics::radiusControl);
}

}  // namespace

bool showsFocus(const QStyleOption* option) {
  return has(option, QStyle::State_HasFocus) && has(option, QStyle::State_KeyboardFocusChange);
}

ButtonKind kindOf(const QWidget* widget) {
  const QVariant kind = widget != nullptr ? widget->property(kButtonKind) : QVariant();
  if (kind.isValid()) return static_cast<ButtonKind>(kind.toInt());
  return qobject_cast<const QToolButton*>(widget) != nullptr ? ButtonKind::quiet : ButtonKind::outline;
}

void paintButton(const QStyleOption* option, QPainter* painter, const QWidget* widget) {
  const Palette& p = colors();
  const ButtonKind kind = kindOf(widget);
  const bool down = has(option, QStyle::State_Sunken) || has(option, QStyle::State_On);
  const bool over = has(option, QStyle::State_MouseOver) && has(option, QStyle::State_Enabled);
  const double radius = radiusOf(kind, option->rect);
  switch (kind) {
    case ButtonKind::primary: {
      QColor ground = p.text;
      if (!has(option, QStyle::State_Enabled)) ground = p.userBubble;
      paintRounded(painter, option->rect, radius, ground, {});
      if (over || down) paintRounded(painter, option->rect, radius, p.dark ? p.shadow : p.hover, {});
      break;
    }
    case ButtonKind::outline:
      paintRounded(painter, option->rect, radius, p.field, p.hairline);
      break;
    case ButtonKind::chip:
      paintRounded(painter, option->rect, radius, has(option, QStyle::State_On) ? p.userBubble : QColor(), p.hairline);
      break;
    case ButtonKind::quiet:
      break;
  }
  if (kind != ButtonKind::primary && (over || down)) paintRounded(painter, option->rect, radius, p.hover, {});
  if (showsFocus(option)) paintFocusRing(painter, option->rect, radius);
}

int buttonLabelWidth(const QStyleOptionButton& button) {
  int width = button.fontMetrics.size(Qt::TextShowMnemonic, button.text).width();
  if (!button.icon.isNull()) width += button.iconSize.width() + (button.text.isEmpty() ? 0 : kIconGap);
  return width;
}

void paintButtonLabel(const QStyleOptionButton& button, QPainter* painter, const QWidget* widget) {
  const Palette& p = colors();
  const ButtonKind kind = kindOf(widget);
  const bool enabled = has(&button, QStyle::State_Enabled);
  const bool primary = kind == ButtonKind::primary;
  QColor color = primary                                                         ? p.background
                 : kind == ButtonKind::outline || has(&button, QStyle::State_On) ? p.text
                                                                                 : p.secondaryText;
  if (!enabled) color = p.quietText;

  // Icon and words stand as one in the middle; words that do not fit are cut with an ellipsis.
  const bool mirrored = button.direction == Qt::RightToLeft;
  const int icon = button.icon.isNull() ? 0 : button.iconSize.width();
  const int gap = icon > 0 && !button.text.isEmpty() ? kIconGap : 0;
  const int room = std::max(0, button.rect.width() - 2 * kLeastSide - icon - gap);
  const int words = std::min(room, buttonLabelWidth(button) - icon - gap);
  int x = button.rect.left() + (button.rect.width() - icon - gap - words) / 2;
  const QRect line(x + (mirrored ? 0 : icon + gap), button.rect.top(), words, button.rect.height());
  if (icon > 0) {
    x = mirrored ? line.right() + 1 + gap : x;
    const QRect place(QPoint(x, button.rect.top() + (button.rect.height() - button.iconSize.height()) / 2),
                      button.iconSize);
    button.icon.paint(painter, place, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
  }
  if (button.text.isEmpty()) return;
  painter->save();
  painter->setLayoutDirection(Qt::LayoutDirectionAuto);
  painter->setPen(color);
  const QString text = button.fontMetrics.elidedText(button.text, Qt::ElideRight, words, Qt::TextShowMnemonic);
  painter->drawText(line, Qt::AlignCenter | Qt::TextHideMnemonic | Qt::TextSingleLine | Qt::TextDontClip, text);
  painter->restore();
}

void paintField(const QStyleOption* option, QPainter* painter, const QWidget* widget) {
  const Palette& p = colors();
  const bool framed = widget == nullptr || !widget->property("frameless").toBool();
  if (!framed) return;
  const bool focused = has(option, QStyle::State_HasFocus);
  paintRounded(painter, option->rect, Metrics::radiusControl, p.field, focused ? p.accent : p.hairline);
}

void paintIndicator(const QStyleOption* option, QPainter* painter, bool round) {
  const Palette& p = colors();
  const bool on = has(option, QStyle::State_On);
  const QRectF box(option->rect);
  const double radius = round ? box.width() / 2 : 4;
  paintRounded(painter, box, radius, on ? p.accent : p.field, on ? p.accent : p.quietText);
  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  if (on && round) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(p.onAccent);
    painter->drawEllipse(box.center(), 3, 3);
  } else if (on || has(option, QStyle::State_NoChange)) {
    painter->setPen(QPen(on ? p.onAccent : p.text, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF c = box.center();
    if (on) {
      painter->drawPolyline(QPolygonF({c + QPointF(-3.5, 0), c + QPointF(-1, 2.5), c + QPointF(3.5, -2.5)}));
    } else {
      painter->drawLine(c + QPointF(-3, 0), c + QPointF(3, 0));
    }
  }
  painter->restore();
  if (showsFocus(option)) paintFocusRing(painter, box.adjusted(-3, -3, 3, 3), radius + 3);
}

void paintMenuItem(const QStyleOptionMenuItem* item, QPainter* painter) {
  const Palette& p = colors();
  const QRect rect = item->rect;
  if (item->menuItemType == QStyleOptionMenuItem::Separator) {
    if (item->text.isEmpty()) {
      painter->fillRect(
          QRect(rect.left() + MenuMetrics::margin, rect.center().y(), rect.width() - 2 * MenuMetrics::margin, 1),
          p.hairline);
    } else {
      painter->setPen(p.quietText);
      painter->setFont(Theme::instance().textFont(12));
      painter->drawText(rect.adjusted(MenuMetrics::margin, 0, -MenuMetrics::margin, 0),
                        Qt::AlignLeft | Qt::AlignVCenter, item->text);
    }
    return;
  }
  const bool enabled = has(item, QStyle::State_Enabled);
  if (has(item, QStyle::State_Selected) && enabled) {
    paintRounded(painter, rect.adjusted(MenuMetrics::padding - 1, 0, 1 - MenuMetrics::padding, 0), 6, p.hover, {});
  }
  int left = rect.left() + MenuMetrics::margin;
  if (item->menuHasCheckableItems) {
    if (item->checked) {
      painter->save();
      painter->setRenderHint(QPainter::Antialiasing);
      painter->setPen(QPen(p.accent, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
      const QPointF c(left + 7.5, rect.center().y() + 0.5);
      painter->drawPolyline(QPolygonF({c + QPointF(-4, 0), c + QPointF(-1, 3), c + QPointF(4.5, -3.5)}));
      painter->restore();
    }
    left += MenuMetrics::check - 4;
  }
  QString text = item->text;
  QString shortcut;
  if (const qsizetype tab = text.indexOf(QLatin1Char('\t')); tab >= 0) {
    shortcut = text.mid(tab + 1);
    text.truncate(tab);
  }
  QFont font = item->font;
  painter->setFont(font);
  painter->setPen(enabled ? p.text : p.quietText);
  QRect inner = rect;
  inner.setLeft(left);
  inner.setRight(rect.right() - MenuMetrics::margin);
  painter->drawText(inner, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextShowMnemonic | Qt::TextSingleLine, text);
  if (item->menuItemType == QStyleOptionMenuItem::SubMenu) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(p.secondaryText, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const double side = item->direction == Qt::RightToLeft ? -1 : 1;
    const QPointF c(inner.right() - 4.0, inner.center().y() + 0.5);
    painter->drawPolyline(QPolygonF({c + QPointF(-2 * side, -4), c + QPointF(2 * side, 0), c + QPointF(-2 * side, 4)}));
    painter->restore();
  } else if (!shortcut.isEmpty()) {
    painter->setPen(p.quietText);
    painter->drawText(inner, Qt::AlignRight | Qt::AlignVCenter, shortcut);
  }
}

}  // namespace sotto::ui
