#include "transcript/code_fragment.h"

#include <QPainter>
#include <algorithm>

#include "theme/paint.h"

namespace sotto::ui {

namespace {

constexpr int pieceLines = 40;
constexpr int pieceLength = 2048;

// How much of a line that is too long for one piece: whole rows of letters of one width, so that the seam is not seen.
int partOfLine(QStringView line, int columns) {
  const int rows = std::max(1, pieceLength / std::max(1, columns));
  const QStringView part = line.left(rows * std::max(1, columns));
  if (part.size() < line.size() &&
      std::all_of(part.begin(), part.end(), [](QChar c) { return c.unicode() >= 32 && c.unicode() < 127; })) {
    return int(part.size());
  }
  int length = int(std::min<qsizetype>(line.size(), pieceLength));
  while (length > 1 && length < line.size() &&
         (line[length].isLowSurrogate() || line[length].isMark() || line[length].unicode() == 0x200D ||
          line[length - 1].unicode() == 0x200D)) {
    --length;
  }
  return length;
}

}  // namespace

std::vector<CodeFragment::Piece> CodeFragment::split(QStringView code, int columns, int from, bool before) {
  std::vector<Piece> pieces;
  const int size = int(code.size());
  int start = from;
  int lineEnd = -1;  // of the line that was looked at last, with its line feed
  do {
    int end = start;
    bool anywhere = false;
    for (int lines = 0; lines < pieceLines && end < size; ++lines) {
      if (lineEnd <= end) {
        const qsizetype lineFeed = code.indexOf(u'\n', end);
        lineEnd = lineFeed < 0 ? size : int(lineFeed) + 1;
      }
      if (lineEnd - start > pieceLength && lines > 0) break;
      if (lineEnd - end > pieceLength) {
        anywhere = true;
        const int textEnd = code[lineEnd - 1] == u'\n' ? lineEnd - 1 : lineEnd;
        end += partOfLine(code.mid(end, textEnd - end), columns);
        if (end < size && code[end] == u'\n') ++end;
        break;
      }
      end = lineEnd;
    }
    // The rest of a line that was cut goes on breaking anywhere.
    if (start > 0 && (pieces.empty() ? before : pieces.back().anywhere) && code[start - 1] != u'\n') anywhere = true;
    pieces.push_back({start, end - start, anywhere});
    start = end;
  } while (start < size);
  return pieces;
}

QString CodeFragment::label(const markdown::Block& block, const QString& copy) {
  return block.language.isEmpty() ? copy : block.language + QStringLiteral(" · ") + copy;
}

QString CodeFragment::text(const markdown::Block& block) const {
  QString part = block.text.mid(start, length);
  if (!last && part.endsWith(u'\n')) part.chop(1);
  return part;
}

void CodeFragment::layOut(const markdown::Block& block, const Look& look) {
  LinesSetup setup;
  setup.grid = look.code;
  setup.width = width - 2 * space::codeX;
  setup.anywhere = anywhere;
  if (first) setup.firstLineLess = labelWidth;
  std::vector<int> gaps;
  for (const Mark& mark : marks) gaps.push_back(mark.position - start);
  lines_.layOut(text(block), {}, setup, gaps, space::markHeight + 2 * space::markAround);
  height = lines_.height() + (first ? space::codeY : 0) + (last ? space::codeY : 0);
  exact = true;
}

void CodeFragment::release() {
  lines_.clear();
  exact = false;
}

int CodeFragment::estimate(const markdown::Block& block, const Look& look) const {
  const int inside = width - 2 * space::codeX;
  return estimatedLines(text(block), inside, look.code) * look.code.height + (first ? space::codeY : 0) +
         (last ? space::codeY : 0);
}

std::optional<QRect> CodeFragment::copyRect() const {
  if (!first) return {};
  return QRect(width - labelWidth, 4, labelWidth - 4, 24);
}

void CodeFragment::paint(const markdown::Block& block, const PaintContext& context, QPoint at) const {
  paintFrame(*this, context, at);
  QPainter& painter = *context.painter;
  const Palette& palette = context.look.palette;
  painter.setRenderHint(QPainter::Antialiasing);
  const QRect ground(at, QSize(width, height));
  painter.save();
  painter.setClipRect(ground, Qt::IntersectClip);
  // Pieces in the middle have no corners.
  const int beyond = 2 * Metrics::radiusCode;
  paintRounded(&painter, ground.adjusted(0, first ? 0 : -beyond, 0, last ? 0 : beyond), Metrics::radiusCode,
               palette.code, palette.hairline);
  painter.restore();

  const QPoint origin = at + inner();
  painter.setPen(palette.text);
  lines_.draw(&painter, origin, context.clip, selectionIn(context, start, start + length));
  for (size_t i = 0; i < lines_.gapTops().size() && i < marks.size(); ++i) {
    const QPoint place = origin + QPoint(0, lines_.gapTops()[i] + space::markAround);
    paintMark(marks[i].text, context, QRect(place, QSize(width - 2 * space::codeX, space::markHeight)), false);
  }
  if (const auto rect = copyRect()) {
    QFont font = context.look.small.font;
    font.setPixelSize(11);
    painter.setFont(font);
    painter.setPen(context.copyHovered ? palette.text : palette.quietText);
    paintLine(&painter, rect->translated(at).adjusted(0, 0, -8, 0), Qt::AlignRight, label(block, context.copyLabel));
  }
}

int CodeFragment::positionAt(QPoint point) const { return start + lines_.positionAt(point - inner()); }

QRectF CodeFragment::cursorRect(int position) const { return lines_.cursorRect(position - start).translated(inner()); }

TextLines::Range CodeFragment::lineAt(int position) const {
  const TextLines::Range line = lines_.lineAt(position - start);
  return {start + line.start, start + line.end};
}

}  // namespace sotto::ui
