#include "theme/style.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QApplication>
#include <QFrame>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QStyleOption>
#include <QToolButton>
#include <QVariant>
#include <cmath>

#include "theme/control_paint.h"
#include "theme/paint.h"
#include "theme/theme.h"

namespace sotto::ui {

namespace {

constexpr int kTrack = 4, kThumb = 14;
constexpr int kScrollBar = 10;

const Palette& colors() { return Theme::instance().palette(); }
bool has(const QStyleOption* option, QStyle::StateFlag flag) { return option->state.testFlag(flag); }

}  // namespace

void setButtonKind(QAbstractButton* button, ButtonKind kind) {
  button->setProperty(kButtonKind, static_cast<int>(kind));
  const auto weight = kind == ButtonKind::primary ? QFont::DemiBold : QFont::Normal;
  button->setFont(Theme::instance().textFont(kind == ButtonKind::chip ? 12 : 13, weight));
  button->setCursor(Qt::ArrowCursor);
  button->update();
}

QString withoutMnemonic(QString text) { return text.replace(QLatin1Char('&'), QStringLiteral("&&")); }

Style::Style() : QProxyStyle(QStringLiteral("Fusion")) {}

void Style::polish(QWidget* widget) {
  QProxyStyle::polish(widget);
  if (qobject_cast<QAbstractButton*>(widget) != nullptr) widget->setAttribute(Qt::WA_Hover);
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
  const Palette& p = colors();
  switch (element) {
    case PE_PanelButtonCommand:
    case PE_PanelButtonTool:
      paintButton(option, painter, widget);
      return;
    case PE_FrameDefaultButton:
      return;
    case PE_FrameFocusRect:  // whatever can have focus paints its own ring; a tool button has no panel while it is
                             // quiet
      if (showsFocus(option) && qobject_cast<const QToolButton*>(widget) != nullptr) {
        paintFocusRing(painter, widget->rect(), Metrics::radiusControl);
      }
      return;
    case PE_PanelLineEdit:
      paintField(option, painter, widget);
      return;
    case PE_FrameLineEdit:
      return;
    case PE_PanelMenu:
    case PE_FrameMenu:
      if (element == PE_PanelMenu) painter->fillRect(option->rect, p.background);
      painter->setPen(p.hairline);
      painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
      return;
    case PE_PanelTipLabel:
      painter->fillRect(option->rect, p.panel);
      painter->setPen(p.hairline);
      painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
      return;
    case PE_IndicatorCheckBox:
      paintIndicator(option, painter, false);
      return;
    case PE_IndicatorRadioButton:
      paintIndicator(option, painter, true);
      return;
    case PE_PanelScrollAreaCorner:
      return;
    default:
      QProxyStyle::drawPrimitive(element, option, painter, widget);
  }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
  const Palette& p = colors();
  switch (element) {
    case CE_PushButtonBevel: {
      paintButton(option, painter, widget);
      return;
    }
    case CE_PushButtonLabel: {
      const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
      if (button == nullptr) break;
      paintButtonLabel(*button, painter, widget);
      return;
    }
    case CE_MenuItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
        painter->save();
        paintMenuItem(item, painter);
        painter->restore();
        return;
      }
      break;
    case CE_ProgressBarGroove:
      paintRounded(painter, option->rect, 2, p.track, {});
      return;
    case CE_ProgressBarContents:
      if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
        const int range = std::max(1, bar->maximum - bar->minimum);
        QRectF filled(option->rect);
        filled.setWidth(filled.width() * (bar->progress - bar->minimum) / range);
        if (option->direction == Qt::RightToLeft) filled.moveRight(option->rect.right() + 1);
        if (filled.width() >= 1) paintRounded(painter, filled, 2, p.accent, {});
        return;
      }
      break;
    case CE_ProgressBarLabel:
      return;
    default:
      break;
  }
  QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const {
  const Palette& p = colors();
  if (control == CC_Slider) {
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (slider != nullptr && slider->orientation == Qt::Horizontal) {
      const QRect groove = subControlRect(CC_Slider, option, SC_SliderGroove, widget);
      const QRectF thumb(subControlRect(CC_Slider, option, SC_SliderHandle, widget));
      const QRectF track(option->rect.left(), groove.center().y() - kTrack / 2.0 + 0.5, option->rect.width(), kTrack);
      paintRounded(painter, track, 2, p.track, {});
      // The filled part starts where the value means "off": at the left, or where the slider says.
      const QVariant origin = widget != nullptr ? widget->property("origin") : QVariant();
      const double span = groove.width() - kThumb;
      double from = origin.isValid() ? groove.left() + kThumb / 2.0 + span * origin.toDouble() : track.left();
      if (!origin.isValid() && slider->upsideDown) from = track.right();
      const double to = thumb.center().x();
      QRectF filled = track;
      filled.setLeft(std::min(from, to));
      filled.setRight(std::max(from, to));
      const bool enabled = has(option, State_Enabled) && !(widget != nullptr && widget->property("idle").toBool());
      const QColor color = enabled ? p.accent : p.quietText;
      paintRounded(painter, filled, 2, color, {});
      painter->save();
      painter->setRenderHint(QPainter::Antialiasing);
      painter->setPen(QPen(color, 2));
      painter->setBrush(p.field);
      painter->drawEllipse(thumb.adjusted(1, 1, -1, -1));
      if (has(option, State_HasFocus)) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(p.accentSoft, 3));
        painter->drawEllipse(thumb.adjusted(-1.5, -1.5, 1.5, 1.5));
        if (has(option, State_KeyboardFocusChange)) {
          painter->setPen(QPen(color, 1.5));
          painter->drawEllipse(thumb.adjusted(-2, -2, 2, 2));
        }
      }
      painter->restore();
      return;
    }
  }
  if (control == CC_ScrollBar) {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (bar != nullptr) {
      if (bar->maximum <= bar->minimum) return;
      QRectF thumb(subControlRect(CC_ScrollBar, option, SC_ScrollBarSlider, widget));
      const bool active = has(option, State_MouseOver) || has(option, State_Sunken);
      const double inset = active ? 2 : 3;
      thumb.adjust(inset, inset, -inset, -inset);
      paintRounded(painter, thumb, 4, active ? p.quietText : p.track, {});
      return;
    }
  }
  QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub,
                            const QWidget* widget) const {
  if (control == CC_Slider) {
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (slider != nullptr && slider->orientation == Qt::Horizontal) {
      const QRect area = option->rect.adjusted(2, 0, -2, 0);  // room for the focus ring
      if (sub == SC_SliderGroove) return area;
      if (sub == SC_SliderHandle) {
        const int x = sliderPositionFromValue(slider->minimum, slider->maximum, slider->sliderPosition,
                                              area.width() - kThumb, slider->upsideDown);
        return {area.left() + x, area.center().y() - kThumb / 2 + 1, kThumb, kThumb};
      }
    }
  }
  if (control == CC_ScrollBar) {
    const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
    if (bar != nullptr) {
      const bool horizontal = bar->orientation == Qt::Horizontal;
      const int length = horizontal ? option->rect.width() : option->rect.height();
      const qint64 range = static_cast<qint64>(bar->maximum) - bar->minimum;
      int thumb = length;
      if (range > 0) {
        thumb = static_cast<int>(static_cast<qint64>(bar->pageStep) * length / (range + bar->pageStep));
        thumb = std::clamp(thumb, std::min(28, length), length);
      }
      const int start =
          sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - thumb, bar->upsideDown);
      const auto part = [&](int from, int size) {
        return horizontal ? QRect(option->rect.left() + from, option->rect.top(), size, option->rect.height())
                          : QRect(option->rect.left(), option->rect.top() + from, option->rect.width(), size);
      };
      switch (sub) {
        case SC_ScrollBarGroove:
          return option->rect;
        case SC_ScrollBarSlider:
          return part(start, thumb);
        case SC_ScrollBarSubPage:
          return part(0, start);
        case SC_ScrollBarAddPage:
          return part(start + thumb, length - start - thumb);
        default:
          return {};
      }
    }
  }
  return QProxyStyle::subControlRect(control, option, sub, widget);
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
  if (element == SE_LineEditContents) {
    const int side = widget != nullptr && widget->property("frameless").toBool() ? 0 : 6;
    return option->rect.adjusted(side, 0, -side, 0);
  }
  if (element == SE_PushButtonContents) return option->rect;
  if (element == SE_ProgressBarGroove || element == SE_ProgressBarContents) return option->rect;
  return QProxyStyle::subElementRect(element, option, widget);
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
  switch (type) {
    case CT_PushButton: {
      const ButtonKind kind = kindOf(widget);
      const int side = kind == ButtonKind::quiet ? 8 : kind == ButtonKind::chip ? 11 : 14;
      const int height = kind == ButtonKind::chip ? Metrics::chipHeight : Metrics::controlHeight;
      const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
      const int width = button != nullptr ? buttonLabelWidth(*button) : size.width();
      return {width + 2 * side, std::max(height, size.height())};
    }
    case CT_LineEdit:
      return {size.width() + 12, std::max(size.height() + 2, Metrics::fieldHeight)};
    case CT_MenuItem:
      if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
        if (item->menuItemType == QStyleOptionMenuItem::Separator && item->text.isEmpty()) return {size.width(), 9};
        int width = 2 * MenuMetrics::margin + (item->menuHasCheckableItems ? MenuMetrics::check : 0);
        for (const QString& part : item->text.split(QLatin1Char('\t'))) {
          width += item->fontMetrics.size(Qt::TextShowMnemonic, part).width() + 24;
        }
        return {width, MenuMetrics::item};
      }
      break;
    default:
      break;
  }
  return QProxyStyle::sizeFromContents(type, option, size, widget);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
  switch (metric) {
    case PM_SliderThickness:
    case PM_SliderControlThickness:
      return kThumb + 6;
    case PM_SliderLength:
      return kThumb;
    case PM_ScrollBarExtent:
      return kScrollBar;
    case PM_ScrollBarSliderMin:
      return 28;
    case PM_MenuPanelWidth:
      return 1;
    case PM_MenuVMargin:
      return MenuMetrics::padding;
    case PM_MenuHMargin:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
      return 0;
    case PM_DefaultFrameWidth:
      return qobject_cast<const QLineEdit*>(widget) != nullptr ? 0 : QProxyStyle::pixelMetric(metric, option, widget);
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
      return 16;
    case PM_ToolTipLabelFrameWidth:
      return 6;
    default:
      return QProxyStyle::pixelMetric(metric, option, widget);
  }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const {
  switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ScrollView_FrameOnlyAroundContents:
    case SH_ScrollBar_Transient:
      return 0;
    case SH_Slider_AbsoluteSetButtons:
      return Qt::LeftButton;  // a click on the track moves the thumb there
    case SH_Slider_PageSetButtons:
    case SH_Menu_FlashTriggeredItem:
      return 0;
    case SH_ToolTipLabel_Opacity:
      return 255;
    case SH_ToolTip_Mask:
      return 0;
    default:
      return QProxyStyle::styleHint(hint, option, widget, data);
  }
}

}  // namespace sotto::ui
