#include "transcript/selection.h"

#include <QTextBoundaryFinder>
#include <algorithm>

#include "transcript/transcript_rows.h"

namespace sotto::ui {

using markdown::Block;

namespace {

bool isWord(QChar c) { return c.isLetterOrNumber() || c == u'_' || c.isMark() || c.isSurrogate(); }

// The first block behind the thought; 0 where there is nothing else.
int firstOfAnswer(const std::vector<Block>& blocks) {
  const auto first = std::ranges::find_if_not(blocks, &Block::isThought);
  return first == blocks.end() ? 0 : int(first - blocks.begin());
}

// The blocks of a row; read anew where the row is far from the window.
class RowBlocks {
 public:
  RowBlocks(const TranscriptRows& rows, const TranscriptSource& source, int row)
      : source_(source.at(row).content), document_(source.at(row).role == app::Role::user) {
    if (const MessageBody* body = rows.item(row).body()) {
      blocks_ = &body->blocks();
      folded_ = body->isThoughtFolded();
    } else {
      document_.setText(source_, source.at(row).state != app::MessageState::streaming);
      blocks_ = &document_.blocks();
    }
  }
  [[nodiscard]] const std::vector<Block>& blocks() const { return *blocks_; }
  [[nodiscard]] const QString& source() const { return source_; }
  // Where what is not folded away begins.
  [[nodiscard]] Place begin() const { return {folded_ ? firstOfAnswer(*blocks_) : 0, 0}; }

 private:
  bool folded_ = true;
  QString source_;
  markdown::Document document_;
  const std::vector<Block>* blocks_ = nullptr;
};

// [from, to) within one message; `to` is nothing: to its end.
QString textOf(const std::vector<Block>& blocks, const Place& from, const Place* to) {
  if (blocks.empty()) return {};
  const int last = to == nullptr ? int(blocks.size()) - 1 : std::min(to->block, int(blocks.size()) - 1);
  if (to != nullptr && from.block == to->block) {
    return blocks[size_t(last)].text.mid(from.offset, to->offset - from.offset);
  }
  QString text;
  for (int i = from.block; i <= last; ++i) {
    const Block& block = blocks[size_t(i)];
    const int end = to != nullptr && i == to->block ? to->offset : int(block.text.size());
    if (i > from.block) {
      // A selection that ends before a block's first letter has nothing of it.
      if (to != nullptr && i == to->block && end == 0 && !block.text.isEmpty()) break;
      text += markdown::plainSeparator(blocks[size_t(i - 1)], block);
    }
    text += markdown::plainText(block, i == from.block ? from.offset : 0, end);
  }
  return text;
}

QString markdownOf(const RowBlocks& row, const Place& from, const Place* to) {
  const auto& blocks = row.blocks();
  if (blocks.empty()) return {};
  const Block& first = blocks[size_t(std::min(from.block, int(blocks.size()) - 1))];
  const bool within = to != nullptr && from.block == to->block;
  // Whole blocks come with their marks; so does bold, where its first letter is selected.
  const int start = from.offset == 0 && !(within && to->offset < int(first.text.size())) ? first.sourceStart
                                                                                         : first.toSource(from.offset);
  int end = int(row.source().size());
  if (to != nullptr) {
    const Block& last = blocks[size_t(std::min(to->block, int(blocks.size()) - 1))];
    const bool whole = to->offset >= int(last.text.size()) && (!within || from.offset == 0);
    end = whole ? last.sourceEnd : last.toSource(to->offset);
  }
  return row.source().mid(start, end - start).trimmed();
}

template <class OneRow>
QString joined(const TranscriptRows& rows, const TranscriptSource& source, const Selection& selection, OneRow oneRow) {
  if (selection.isEmpty() || rows.count() == 0) return {};
  const Position from = selection.from();
  const Position to = selection.to();
  QStringList parts;
  for (int row = from.row; row <= std::min(to.row, rows.count() - 1); ++row) {
    const RowBlocks blocks(rows, source, row);
    const Place begin = std::max(row == from.row ? from.place : Place{}, blocks.begin());
    if (row == to.row && to.place <= begin) continue;
    if (row == to.row && row != from.row && to.place == Place{}) break;
    const QString part = oneRow(blocks, begin, row == to.row ? &to.place : nullptr);
    if (!part.isEmpty()) parts << part;
  }
  return parts.join(QStringLiteral("\n\n"));
}

}  // namespace

std::pair<Place, Place> unitAround(const MessageBody& body, const Place& place, TextUnit unit) {
  if (unit == TextUnit::letter || body.blocks().empty()) return {place, place};
  const Place safe = body.clamped(place);
  const Block& block = body.blocks()[size_t(safe.block)];
  const QString& text = block.text;
  int from = safe.offset;
  int to = safe.offset;
  if (unit == TextUnit::word) {
    QTextBoundaryFinder finder(QTextBoundaryFinder::Word, text);
    finder.setPosition(from);
    if (!(finder.isAtBoundary() && from < text.size())) from = int(std::max<qsizetype>(0, finder.toPreviousBoundary()));
    finder.setPosition(from);
    const qsizetype next = finder.toNextBoundary();
    to = next < 0 ? int(text.size()) : int(next);
    // snake_case and the like are one word.
    while (from > 0 && from < to && isWord(text[from]) &&
           (isWord(text[from - 1]) && (text[from] == u'_' || text[from - 1] == u'_'))) {
      finder.setPosition(from);
      from = int(std::max<qsizetype>(0, finder.toPreviousBoundary()));
    }
    while (to < text.size() && to > 0 && isWord(text[to]) && (text[to] == u'_' || text[to - 1] == u'_')) {
      finder.setPosition(to);
      const qsizetype further = finder.toNextBoundary();
      to = further < 0 ? int(text.size()) : int(further);
    }
  } else if (block.kind == markdown::BlockKind::code) {
    from = from == 0 ? 0 : int(text.lastIndexOf(u'\n', from - 1)) + 1;
    const qsizetype end = text.indexOf(u'\n', to);
    to = end < 0 ? int(text.size()) : int(end);
  } else {
    from = 0;
    to = int(text.size());
  }
  return {{safe.block, from}, {safe.block, to}};
}

namespace {

// To the next place that is a boundary; over the edges of blocks and messages.
Position byBoundary(TranscriptRows& rows, Position at, QTextBoundaryFinder::BoundaryType type, bool forward) {
  const MessageBody& body = *rows.item(at.row).body();
  const QString text = body.blocks().empty() ? QString() : body.blocks()[size_t(at.place.block)].text;
  if (forward && at.place.offset < int(text.size())) {
    QTextBoundaryFinder finder(type, text);
    finder.setPosition(at.place.offset);
    qsizetype next = finder.toNextBoundary();
    while (type == QTextBoundaryFinder::Word && next > 0 && next < text.size() && text[next - 1].isSpace()) {
      next = finder.toNextBoundary();
    }
    at.place.offset = next < 0 ? int(text.size()) : int(next);
    return at;
  }
  if (!forward && at.place.offset > 0) {
    QTextBoundaryFinder finder(type, text);
    finder.setPosition(at.place.offset);
    qsizetype next = finder.toPreviousBoundary();
    while (type == QTextBoundaryFinder::Word && next > 0 && text[next].isSpace()) next = finder.toPreviousBoundary();
    at.place.offset = int(std::max<qsizetype>(0, next));
    return at;
  }
  if (forward) {
    if (at.place.block + 1 < int(body.blocks().size())) return {at.row, {at.place.block + 1, 0}};
    if (at.row + 1 < rows.count()) return {at.row + 1, {}};
  } else {
    if (at.place.block > 0) {
      const int block = at.place.block - 1;
      return {at.row, {block, int(body.blocks()[size_t(block)].text.size())}};
    }
    if (at.row > 0) {
      rows.layOutRow(at.row - 1);
      return {at.row - 1, rows.item(at.row - 1).body()->end()};
    }
  }
  return at;
}

Position byLine(TranscriptRows& rows, Position at, bool down) {
  const MessageItem& item = rows.item(at.row);
  const QRect cursor = item.body()->cursorRect(at.place);
  // A little above or below the line; gaps and pictures of other lines are passed in small steps.
  for (int far = 4; far < 400; far += 6) {
    const int y = down ? cursor.bottom() + far : cursor.top() - far;
    if (y < 0 || y >= item.body()->height()) break;
    const Position next{at.row, item.body()->hit({cursor.left(), y}).place};
    if (down ? next > at : next < at) return next;
  }
  const int row = at.row + (down ? 1 : -1);
  if (row < 0 || row >= rows.count()) return {at.row, down ? item.body()->end() : Place{}};
  rows.layOutRow(row);
  const MessageItem& other = rows.item(row);
  const int x = item.bodyAt().x() + cursor.left() - other.bodyAt().x();
  return {row, other.body()->hit({x, down ? 2 : other.body()->height() - 2}).place};
}

}  // namespace

Position stepped(TranscriptRows& rows, Position from, Step step) {
  if (rows.count() == 0) return from;
  from.row = std::clamp(from.row, 0, rows.count() - 1);
  rows.layOutRow(from.row);
  from.place = rows.item(from.row).body()->clamped(from.place);
  const MessageBody& body = *rows.item(from.row).body();
  switch (step) {
    case Step::left:
      return byBoundary(rows, from, QTextBoundaryFinder::Grapheme, false);
    case Step::right:
      return byBoundary(rows, from, QTextBoundaryFinder::Grapheme, true);
    case Step::wordLeft:
      return byBoundary(rows, from, QTextBoundaryFinder::Word, false);
    case Step::wordRight:
      return byBoundary(rows, from, QTextBoundaryFinder::Word, true);
    case Step::up:
      return byLine(rows, from, false);
    case Step::down:
      return byLine(rows, from, true);
    case Step::lineStart:
      return {from.row, body.lineAt(from.place).first};
    case Step::lineEnd:
      return {from.row, body.lineAt(from.place).second};
    case Step::start:
      return {0, {}};
    case Step::end:
      rows.layOutRow(rows.count() - 1);
      return {rows.count() - 1, rows.item(rows.count() - 1).body()->end()};
  }
  return from;
}

QString selectedText(const TranscriptRows& rows, const TranscriptSource& source, const Selection& selection) {
  return joined(rows, source, selection, [](const RowBlocks& row, const Place& from, const Place* to) {
    return textOf(row.blocks(), from, to);
  });
}

QString selectedMarkdown(const TranscriptRows& rows, const TranscriptSource& source, const Selection& selection) {
  return joined(rows, source, selection,
                [](const RowBlocks& row, const Place& from, const Place* to) { return markdownOf(row, from, to); });
}

namespace {

markdown::Document documentOf(const app::Message& message) {
  markdown::Document document(message.role == app::Role::user);
  document.setText(message.content, true);
  return document;
}

}  // namespace

QString plainTextOf(const app::Message& message) { return markdown::plainText(documentOf(message).blocks()); }

QString answerTextOf(const app::Message& message) {
  std::vector<Block> blocks = documentOf(message).blocks();
  blocks.erase(blocks.begin(), blocks.begin() + firstOfAnswer(blocks));
  return markdown::plainText(blocks);
}

QString answerMarkdownOf(const app::Message& message) {
  const markdown::Document document = documentOf(message);
  const int first = firstOfAnswer(document.blocks());
  return first == 0 ? message.content : message.content.mid(document.blocks()[size_t(first)].sourceStart);
}

}  // namespace sotto::ui
