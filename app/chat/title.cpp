#include "chat/title.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QTextBoundaryFinder>
#include <algorithm>

namespace sotto::app {

namespace {

constexpr int longestLine = 2000;  // more of a first line is never looked at

QString withoutMarks(QStringView line) {
  static const QRegularExpression bold(QStringLiteral("(?<![\\w*])\\*\\*(?=\\S)(.+?)(?<=\\S)\\*\\*(?![\\w*])"),
                                       QRegularExpression::UseUnicodePropertiesOption);
  static const QRegularExpression code(QStringLiteral("(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\\1(?!`)"));
  QString words = line.toString();
  words.replace(bold, QStringLiteral("\\1")).replace(code, QStringLiteral("\\2"));
  qsizetype begin = 0;
  while (begin < words.size() && (words[begin].isSpace() || QStringView(u"#>*-`").contains(words[begin]))) ++begin;
  return words.mid(begin).simplified();
}

bool holdsWord(const QString& text) {
  return std::any_of(text.begin(), text.end(), [](QChar c) { return c.isLetterOrNumber() || c.isSurrogate(); });
}

// The last boundary of `type` in text that is not beyond `limit`; 0: none.
qsizetype boundaryBefore(const QString& text, qsizetype limit, QTextBoundaryFinder::BoundaryType type) {
  QTextBoundaryFinder finder(type, text);
  finder.setPosition(limit);
  if (finder.isAtBoundary()) return limit;
  return std::max<qsizetype>(finder.toPreviousBoundary(), 0);
}

}  // namespace

QString cutTitle(const QString& text, int limit) {
  if (text.size() <= limit) return text;
  const qsizetype room = limit - 1;
  qsizetype end = boundaryBefore(text, room, QTextBoundaryFinder::Word);
  // A word as long as the title (a URL, or a language without blanks) is cut inside.
  if (end < limit / 2) end = boundaryBefore(text, room, QTextBoundaryFinder::Grapheme);
  return text.left(end).trimmed() + QChar(0x2026);
}

QString titleFromMessage(const QString& message, int limit) {
  qsizetype begin = 0;
  while (begin < message.size()) {
    qsizetype end = message.indexOf(QLatin1Char('\n'), begin);
    if (end < 0) end = message.size();
    const QString line = withoutMarks(QStringView(message).mid(begin, std::min<qsizetype>(end - begin, longestLine)));
    if (holdsWord(line)) return cutTitle(line, limit);
    begin = end + 1;
  }
  return QCoreApplication::translate("sotto::app::Title", "New chat");
}

}  // namespace sotto::app
