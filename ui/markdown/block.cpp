#include "markdown/block.h"

#include <algorithm>

namespace sotto::ui::markdown {

int Block::toSource(int position) const {
  auto after = std::upper_bound(anchors.begin(), anchors.end(), position,
                                [](int value, const Anchor& anchor) { return value < anchor.text; });
  if (after == anchors.begin()) return sourceStart;
  const Anchor& anchor = *std::prev(after);
  return std::min(anchor.source + (position - anchor.text), sourceEnd);
}

int Block::fromSource(int source) const {
  auto after = std::upper_bound(anchors.begin(), anchors.end(), source,
                                [](int value, const Anchor& anchor) { return value < anchor.source; });
  if (after == anchors.begin()) return 0;
  const Anchor& anchor = *std::prev(after);
  const int limit = after == anchors.end() ? int(text.size()) : after->text;
  return std::clamp(anchor.text + (source - anchor.source), 0, limit);
}

QString plainText(const Block& block, int from, int to) {
  if (block.kind == BlockKind::rule) return QStringLiteral("---");
  QString indent;
  QString first;  // the marks that begin with this block
  const int count = int(block.containers.size());
  for (int i = 0; i < count; ++i) {
    const Container& container = block.containers[size_t(i)];
    QString mark;
    if (container.type == Container::Type::number) {
      mark = QString::number(container.number) + container.delimiter + u' ';
    } else if (container.type == Container::Type::bullet) {
      mark = container.task == Container::Task::done   ? QStringLiteral("- [x] ")
             : container.task == Container::Task::open ? QStringLiteral("- [ ] ")
                                                       : QStringLiteral("- ");
    }
    const QString blank(mark.size(), u' ');
    first += i >= count - block.opens ? mark : blank;
    indent += blank;
  }
  QString text = block.text.mid(from, to - from);
  if (!indent.isEmpty()) text.replace(u'\n', u'\n' + indent);
  return from == 0 ? first + text : text;
}

QString plainSeparator(const Block& before, const Block& after) {
  switch (after.joint) {
    case Joint::tight:
      return {};
    case Joint::space:
      return QStringLiteral(" ");
    case Joint::line:
      return QStringLiteral("\n");
    case Joint::apart:
      break;
  }
  const bool bothItems = !before.containers.empty() && !after.containers.empty() &&
                         isItem(before.containers.front().type) && isItem(after.containers.front().type);
  const bool line = bothItems && after.opens > 0 && before.kind == BlockKind::paragraph;
  return line ? QStringLiteral("\n") : QStringLiteral("\n\n");
}

QString plainText(const std::vector<Block>& blocks) {
  QString text;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (i > 0) text += plainSeparator(blocks[i - 1], blocks[i]);
    text += plainText(blocks[i]);
  }
  return text;
}

}  // namespace sotto::ui::markdown
