#include "markdown/containers.h"

#include "markdown/lines.h"

namespace sotto::ui::markdown {

namespace {

void takeQuoteMark(LineCursor* line) {
  line->skip(line->indent());
  line->take(1);
  if (line->indent() > 0) line->skip(1);
}

Container::Task taskOf(QStringView text) {
  if (text.size() < 3 || text[0] != u'[' || text[2] != u']') return Container::Task::none;
  if (text.size() > 3 && text[3] != u' ' && text[3] != u'\t') return Container::Task::none;
  if (text[1] == u' ') return Container::Task::open;
  return text[1] == u'x' || text[1] == u'X' ? Container::Task::done : Container::Task::none;
}

}  // namespace

bool goesOn(const OpenContainer& container, LineCursor* line) {
  if (container.ended) return false;
  if (container.container.type == Container::Type::thought) return true;  // its tags are lines of their own
  if (container.container.type == Container::Type::quote) {
    if (line->indent() > 3 || !line->text().startsWith(u'>')) return false;
    takeQuoteMark(line);
    return true;
  }
  if (line->atEnd()) return container.begun;
  if (line->indent() < container.width) return false;
  line->skip(container.width);
  return true;
}

std::optional<OpenContainer> opening(LineCursor* line, bool interrupts) {
  const int indent = line->indent();
  const QStringView text = line->text();
  if (indent > 3) return {};
  OpenContainer open;
  if (text.startsWith(u'>')) {
    takeQuoteMark(line);
    return open;
  }
  if (isThematicBreak(text)) return {};
  const auto mark = listMark(text);
  if (!mark || (interrupts && (mark->empty || mark->number > 1))) return {};
  line->skip(indent);
  line->take(mark->width);
  const int blanks = line->indent();
  const int padding = mark->empty || blanks > 4 ? 1 : blanks;
  line->skip(padding);
  open.width = indent + mark->width + padding;
  open.container.type = mark->numbered ? Container::Type::number : Container::Type::bullet;
  open.container.number = mark->number;
  open.container.delimiter = mark->kind;
  open.container.task = line->indent() == 0 ? taskOf(line->rest()) : Container::Task::none;
  if (open.container.task != Container::Task::none) line->take(3);
  return open;
}

bool inOneList(const Container& a, const Container& b) {
  return isItem(a.type) && a.type == b.type && a.delimiter == b.delimiter;
}

}  // namespace sotto::ui::markdown
