#include "ui/transcript_support/dump.h"

using namespace sotto::ui::markdown;

namespace {

QString marked(const Block& block, int from, int to) {
  QString result;
  int at = from;
  for (const Span& span : block.spans) {
    if (span.start + span.length <= from || span.start >= to) continue;
    result += block.text.mid(at, span.start - at) + u'{';
    if (span.style & StyleFlag::bold) result += u'b';
    if (span.style & StyleFlag::italic) result += u'i';
    if (span.style & StyleFlag::strike) result += u's';
    if (span.style & StyleFlag::code) result += u'c';
    if (span.link >= 0) result += u'l';
    result += u'|' + block.text.mid(span.start, span.length);
    if (span.link >= 0) result += u'|' + block.links.value(span.link);
    result += u'}';
    at = span.start + span.length;
  }
  return result + block.text.mid(at, to - at);
}

QString containers(const Block& block) {
  QString result;
  const int count = int(block.containers.size());
  for (int i = 0; i < count; ++i) {
    const Container& container = block.containers[size_t(i)];
    const bool opens = i >= count - block.opens;
    if (container.type == Container::Type::thought) {
      result += u'?';
    } else if (container.type == Container::Type::quote) {
      result += u'>';
    } else if (container.type == Container::Type::number) {
      result += u'[' + QString::number(container.number) + (opens ? container.delimiter : QChar(u' ')) + u']';
    } else {
      const QString task = container.task == Container::Task::done   ? QStringLiteral("x")
                           : container.task == Container::Task::open ? QStringLiteral("o")
                                                                     : QString();
      result += u'[' + (opens ? container.delimiter : QChar(u' ')) + task + u']';
    }
  }
  return result.isEmpty() ? result : result + u' ';
}

}  // namespace

QString dump(const Block& block) {
  QString line = containers(block);
  if (block.joint != Joint::apart) line += u'+';
  switch (block.kind) {
    case BlockKind::paragraph:
      line += QStringLiteral("p ");
      break;
    case BlockKind::heading:
      line += u'h' + QString::number(block.level) + u' ';
      break;
    case BlockKind::code:
      line += QStringLiteral("code(%1) ").arg(block.language);
      break;
    case BlockKind::rule:
      line += QStringLiteral("rule");
      break;
    case BlockKind::table:
      line += QStringLiteral("table");
      for (const Qt::Alignment alignment : block.alignments) {
        line += alignment == Qt::AlignHCenter ? u'c' : alignment == Qt::AlignRight ? u'r' : u'l';
      }
      for (size_t i = 0; i < block.cells.size(); ++i) {
        line += int(i) % block.columns == 0 ? QStringLiteral(" / ") : QStringLiteral(" | ");
        line += marked(block, block.cells[i].start, block.cells[i].start + block.cells[i].length);
      }
      return line;
  }
  line += marked(block, 0, int(block.text.size()));
  return line.replace(u'\n', QStringLiteral("\\n")).trimmed();
}

QString dump(const std::vector<Block>& blocks) {
  QString result;
  for (const Block& block : blocks) result += dump(block) + u'\n';
  return result;
}
