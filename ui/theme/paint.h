// Shapes and text that several controls paint alike.
#pragma once

#include <QColor>
#include <QRectF>
#include <QString>

class QFontMetrics;
class QPainter;

namespace sotto::ui {

// A filled rounded rectangle with a 1 px border inside `rect`; either colour may be invalid.
void paintRounded(QPainter* painter, const QRectF& rect, double radius, const QColor& fill, const QColor& border);

// The ring round what has the keyboard's focus: 2 px in the accent, just inside `rect`.
void paintFocusRing(QPainter* painter, const QRectF& rect, double radius);

// Text with its digits in cells of one width, so that a number that changes stands still. Vertically centred.
void paintTabular(QPainter* painter, const QRect& rect, Qt::Alignment alignment, const QString& text);
[[nodiscard]] int tabularWidth(const QFontMetrics& metrics, const QString& text);

}  // namespace sotto::ui
