#include "markdown/entities.h"

#include <QTextDocumentFragment>

namespace sotto::ui::markdown {

QString decoded(const QString& entity) {
  if (entity == u"&amp;") return QStringLiteral("&");
  if (entity == u"&lt;") return QStringLiteral("<");
  if (entity == u"&gt;") return QStringLiteral(">");
  if (entity == u"&quot;") return QStringLiteral("\"");
  if (entity == u"&nbsp;") return QString(QChar::Nbsp);
  // Qt knows the other two thousand; an entity alone can load nothing.
  const QString text = QTextDocumentFragment::fromHtml(entity).toPlainText();
  return text.isEmpty() ? entity : text;
}

QString attribute(const MD_ATTRIBUTE& value) {
  QString result;
  if (value.text == nullptr || value.size == 0) return result;
  for (int i = 0; value.substr_offsets[i] < value.size; ++i) {
    const MD_OFFSET from = value.substr_offsets[i];
    const MD_OFFSET size = value.substr_offsets[i + 1] - from;
    const QString part = QString::fromUtf8(value.text + from, qsizetype(size));
    result += value.substr_types[i] == MD_TEXT_ENTITY ? decoded(part) : part;
  }
  return result;
}

}  // namespace sotto::ui::markdown
