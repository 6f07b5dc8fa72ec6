#include "markdown/line_cursor.h"

#include <algorithm>

namespace sotto::ui::markdown {

namespace {
bool isSpace(QChar c) { return c == u' ' || c == u'\t'; }
}  // namespace

int LineCursor::indent() const {
  int column = column_ + blanks_;
  for (qsizetype i = at_; i < line_.size() && isSpace(line_[i]); ++i) {
    column += line_[i] == u'\t' ? 4 - column % 4 : 1;
  }
  return column - column_;
}

void LineCursor::skip(int columns) {
  while (columns > 0) {
    if (blanks_ > 0) {
      const int taken = std::min(columns, blanks_);
      blanks_ -= taken;
      column_ += taken;
      columns -= taken;
    } else if (at_ < line_.size() && line_[at_] == u' ') {
      ++at_;
      ++column_;
      --columns;
    } else if (at_ < line_.size() && line_[at_] == u'\t') {
      ++at_;
      blanks_ = 4 - column_ % 4;
    } else {
      return;
    }
  }
}

void LineCursor::take(int characters) {
  at_ += characters;
  column_ += characters;
}

QStringView LineCursor::text() const {
  qsizetype from = at_;
  while (from < line_.size() && isSpace(line_[from])) ++from;
  return line_.mid(from);
}

}  // namespace sotto::ui::markdown
