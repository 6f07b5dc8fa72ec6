#include "library/model_name.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStringList>
#include <algorithm>

namespace sotto::app {

namespace {

constexpr qsizetype shortestChecksum = 32;

template <class Wanted>
QString only(const QString& text, Wanted wanted) {
  QString kept;
  std::copy_if(text.begin(), text.end(), std::back_inserter(kept), wanted);
  return kept.toLower();
}

bool saysSomething(const QString& name, const QString& architecture) {
  static const QStringList emptyWords{
      QStringLiteral("checkpoint"), QStringLiteral("ggml"),     QStringLiteral("ggmlmodel"),   QStringLiteral("gguf"),
      QStringLiteral("hf"),         QStringLiteral("model"),    QStringLiteral("models"),      QStringLiteral("none"),
      QStringLiteral("output"),     QStringLiteral("snapshot"), QStringLiteral("huggingface"), QStringLiteral("tmp"),
      QStringLiteral("unknown"),    QStringLiteral("untitled"), QStringLiteral("workspace")};
  static const QRegularExpression checksum(QStringLiteral("^(sha256)?[0-9a-f]+$"));
  const QString letters = only(name, [](QChar c) { return c.isLetter() || c.isSurrogate(); });
  const QString signs = only(name, [](QChar c) { return c.isLetterOrNumber() || c.isSurrogate(); });
  if (letters.isEmpty() || emptyWords.contains(letters)) return false;
  if (signs == only(architecture, [](QChar c) { return c.isLetterOrNumber(); })) return false;
  return signs.size() < shortestChecksum || !checksum.match(signs).hasMatch();
}

QString lastPart(const QString& name) {
  static const QRegularExpression slash(QStringLiteral("[/\\\\]"));
  const QStringList parts = name.simplified().split(slash, Qt::SkipEmptyParts);
  return parts.isEmpty() ? QString() : parts.last().trimmed();
}

QString nameOfFile(const QString& path) {
  static const QRegularExpression ending(QStringLiteral("\\.gguf$"), QRegularExpression::CaseInsensitiveOption);
  static const QRegularExpression quantisation(QStringLiteral("[-._ ](i?q[1-8](_\\w+)?|bf16|f16|f32|fp16|fp32)$"),
                                               QRegularExpression::CaseInsensitiveOption);
  return QFileInfo(path).fileName().remove(ending).remove(quantisation);
}

}  // namespace

QString modelName(const QString& given, const QString& architecture, const QString& path) {
  const QString file = nameOfFile(path);
  for (const QString& name : {lastPart(given), file, QFileInfo(path).absoluteDir().dirName()}) {
    if (saysSomething(name, architecture)) return name;
  }
  return given.simplified().isEmpty() ? file : given.simplified();
}

}  // namespace sotto::app
