#include "ui/transcript_support/corpus.h"

#include <QFile>

std::vector<Snippet> markdownCorpus() {
  QFile file(QStringLiteral(SOTTO_SOURCE_DIR "/tests/ui/data/markdown_corpus.txt"));
  std::vector<Snippet> corpus;
  if (!file.open(QIODevice::ReadOnly)) return corpus;
  const QString text = u'\n' + QString::fromUtf8(file.readAll());
  for (const QString& part : text.split(QStringLiteral("\n@@ "), Qt::SkipEmptyParts)) {
    const qsizetype nameEnd = part.indexOf(u'\n');
    const qsizetype arrow = part.indexOf(QStringLiteral("\n=>\n"));
    if (nameEnd < 0 || arrow < 0) continue;
    QString blocks = part.mid(arrow + 4);
    if (!blocks.isEmpty() && !blocks.endsWith(u'\n')) blocks += u'\n';
    corpus.push_back({part.left(nameEnd), part.mid(nameEnd + 1, arrow - nameEnd - 1), blocks});
  }
  return corpus;
}
