#include "transfer/file_name.h"

#include <QDir>
#include <QRegularExpression>
#include <QTextBoundaryFinder>

namespace sotto::app {
namespace {

// Of a title, in UTF-16 units, that is looked at: much more than a name holds, and little work.
constexpr qsizetype longestTitle = 4096;

bool isForbidden(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return true;  // control characters
  if (c >= 0x200e && c <= 0x200f) return true;           // direction marks and overrides, with which
  if (c == 0x061c || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)) return true;  // names can lie
  if (c == 0x2028 || c == 0x2029 || c == 0xfeff) return true;
  if ((c >= 0xd800 && c <= 0xdfff) || (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef))
    return true;  // no characters
  return c < 0x80 && QStringLiteral("<>:\"/\\|?*").contains(QChar(static_cast<char16_t>(c)));
}

QString safeText(const QString& title) {
  QString text;
  for (const char32_t c : title.normalized(QString::NormalizationForm_C).toUcs4()) {
    if (!isForbidden(c)) {
      text += QString::fromUcs4(&c, 1);
    } else if (c == '\n' || c == '\t' || c == '\r' || c == 0x2028 || c == 0x2029) {
      text += u' ';
    } else if (c < 0x7f && c >= 0x20) {
      text += u'-';
    }
  }
  return text.simplified();
}

// Windows drops dots and blanks at the end; one in front hides a file, a dash in front looks like an option.
QString trimmedEnds(QString text) {
  while (!text.isEmpty() && (text.back() == u'.' || text.back() == u' ')) text.chop(1);
  qsizetype begin = 0;
  while (begin < text.size() && (text[begin] == u'.' || text[begin] == u' ' || text[begin] == u'-')) ++begin;
  return text.mid(begin);
}

QString cut(const QString& text, qsizetype bytes) {
  if (text.toUtf8().size() <= bytes) return text;
  QTextBoundaryFinder finder(QTextBoundaryFinder::Grapheme, text);
  qsizetype best = 0;
  qsizetype size = 0;
  for (qsizetype from = 0, to = finder.toNextBoundary(); to > 0; from = to, to = finder.toNextBoundary()) {
    size += QStringView(text).sliced(from, to - from).toUtf8().size();
    if (size > bytes) break;
    best = to;
  }
  if (best > 0) return text.left(best);
  // One character with more marks than fit: between code points.
  QString piece = text;
  while (piece.toUtf8().size() > bytes) piece.chop(piece.back().isLowSurrogate() ? 2 : 1);
  return piece;
}

// Devices in Windows, whatever their extension.
bool isReserved(const QString& name) {
  static const QRegularExpression devices(
      QStringLiteral("^(con|prn|aux|nul|conin\\$|conout\\$|clock\\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$"),
      QRegularExpression::CaseInsensitiveOption);
  return devices.match(name.section(u'.', 0, 0).trimmed()).hasMatch();
}

QString keyOf(const QString& name) { return name.normalized(QString::NormalizationForm_KC).toCaseFolded(); }

}  // namespace

QString fileNameFor(const QString& title, const QString& extension, int number) {
  const QString end = (number > 1 ? QStringLiteral(" (%1)").arg(number) : QString()) + u'.' + extension;
  QString name = trimmedEnds(safeText(title.left(longestTitle)));
  if (isReserved(name)) name.prepend(u'_');
  name = trimmedEnds(cut(name, longestFileNameBytes - end.toUtf8().size()));
  if (name.isEmpty()) name = QStringLiteral("Conversation");
  return name + end;
}

TakenNames::TakenNames(const QString& folder) {
  const auto entries = QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot);
  for (const QString& entry : entries) taken_.insert(keyOf(entry));
}

QString TakenNames::take(const QString& title, const QString& extension) {
  // Many conversations may have one title: the search goes on where it ended.
  int& number = next_[fileNameFor(title, extension)];
  for (;;) {
    ++number;
    QString name = fileNameFor(title, extension, number);
    const QString key = keyOf(name);
    if (taken_.contains(key)) continue;
    taken_.insert(key);
    return name;
  }
}

}  // namespace sotto::app
