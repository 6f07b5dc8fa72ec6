#include "markdown/lines.h"

#include <QRegularExpression>
#include <algorithm>

namespace sotto::ui::markdown {

namespace {
bool isSpace(QChar c) { return c == u' ' || c == u'\t'; }
}  // namespace

int indentation(QStringView line) {
  int columns = 0;
  for (const QChar c : line) {
    if (c == u' ') {
      ++columns;
    } else if (c == u'\t') {
      columns += 4 - columns % 4;
    } else {
      break;
    }
  }
  return columns;
}

bool isBlank(QStringView line) {
  return std::all_of(line.begin(), line.end(), [](QChar c) { return isSpace(c) || c == u'\r'; });
}

bool isThematicBreak(QStringView line) {
  if (indentation(line) > 3) return false;
  QChar mark;
  int count = 0;
  for (const QChar c : line.trimmed()) {
    if (isSpace(c)) continue;
    if (c != u'-' && c != u'*' && c != u'_') return false;
    if (count > 0 && c != mark) return false;
    mark = c;
    ++count;
  }
  return count >= 3;
}

std::optional<Fence> openingFence(QStringView line) {
  Fence fence;
  fence.indent = indentation(line);
  const QStringView rest = line.trimmed();
  if (fence.indent > 3 || rest.size() < 3) return {};
  fence.character = rest.front();
  if (fence.character != u'`' && fence.character != u'~') return {};
  while (fence.length < rest.size() && rest[fence.length] == fence.character) ++fence.length;
  if (fence.length < 3) return {};
  fence.info = rest.mid(fence.length).trimmed();
  if (fence.character == u'`' && fence.info.contains(u'`')) return {};
  return fence;
}

bool closes(const Fence& fence, QStringView line) {
  if (indentation(line) > 3) return false;
  const QStringView rest = line.trimmed();
  return rest.size() >= fence.length &&
         std::all_of(rest.begin(), rest.end(), [&](QChar c) { return c == fence.character; });
}

std::optional<ListMark> listMark(QStringView line) {
  ListMark mark;
  qsizetype at = 0;
  while (at < line.size() && isSpace(line[at])) ++at;
  qsizetype end = at;
  while (end < line.size() && end - at < 9 && line[end] >= u'0' && line[end] <= u'9') ++end;
  if (end == line.size()) return {};
  mark.numbered = end > at;
  if (mark.numbered) mark.number = line.mid(at, end - at).toInt();
  mark.kind = line[end];
  if (mark.numbered ? mark.kind != u'.' && mark.kind != u')'
                    : mark.kind != u'-' && mark.kind != u'+' && mark.kind != u'*') {
    return {};
  }
  mark.width = int(end + 1 - at);
  const QStringView rest = line.mid(end + 1);
  mark.empty = isBlank(rest);
  if (!mark.empty && !isSpace(rest.front())) return {};
  return mark;
}

bool isHeading(QStringView line) {
  if (indentation(line) > 3) return false;
  const QStringView text = line.trimmed();
  qsizetype level = 0;
  while (level < text.size() && text[level] == u'#') ++level;
  return level >= 1 && level <= 6 && (level == text.size() || isSpace(text[level]));
}

bool isUnderline(QStringView line) {
  if (indentation(line) > 3) return false;
  const QStringView text = line.trimmed();
  return !text.isEmpty() && (text.front() == u'=' || text.front() == u'-') &&
         std::all_of(text.begin(), text.end(), [&](QChar c) { return c == text.front(); });
}

bool isDelimiterRow(QStringView line) {
  bool dash = false;
  bool bar = false;
  for (const QChar c : line.trimmed()) {
    if (c == u'-') {
      dash = true;
    } else if (c == u'|') {
      bar = true;
    } else if (c != u':' && !isSpace(c)) {
      return false;
    }
  }
  return dash && bar;
}

int cellCount(QStringView line) {
  QStringView row = line.trimmed();
  if (row.startsWith(u'|')) row = row.mid(1);
  if (row.endsWith(u'|') && !row.endsWith(u"\\|")) row.chop(1);
  int cells = 1;
  for (qsizetype i = 0; i < row.size(); ++i) {
    if (row[i] == u'\\') {
      ++i;
    } else if (row[i] == u'|') {
      ++cells;
    }
  }
  return cells;
}

QString definedLabel(QStringView line) {
  static const QRegularExpression pattern(
      QStringLiteral("^ {0,3}\\[([^\\]\\n]{1,999})\\]:\\s*\\S+(\\s+(\"[^\"]*\"|'[^']*'|\\([^)]*\\)))?\\s*$"));
  if (!line.contains(u"]:")) return {};
  const QRegularExpressionMatch match = pattern.match(line.toString());
  return match.hasMatch() ? labelKey(match.capturedView(1)) : QString();
}

QString labelKey(QStringView label) { return label.toString().simplified().toCaseFolded(); }

}  // namespace sotto::ui::markdown
