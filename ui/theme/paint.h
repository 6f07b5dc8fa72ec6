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

// One line in the direction that its own letters have, whatever the window's is; vertically centred, cut at its end
// where it is too long. `side` is Qt::AlignLeft or Qt::AlignRight, and is never mirrored.
void paintLine(QPainter* painter, const QRect& rect, Qt::Alignment side, const QString& text);
// The side on which lines begin.
[[nodiscard]] Qt::Alignment leadingSide(Qt::LayoutDirection direction);

}  // namespace sotto::ui
