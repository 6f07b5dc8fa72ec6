// A line of Markdown, read from its beginning column by column: tabs go to multiples of 4, and a container may take
// only a part of one.
#pragma once

#include <QStringView>

namespace sotto::ui::markdown {

class LineCursor {
 public:
  explicit LineCursor(QStringView line) : line_(line) {}

  [[nodiscard]] int indent() const;  // columns of white space ahead
  void skip(int columns);            // of white space, as far as there is any
  void take(int characters);         // none of them a tab
  [[nodiscard]] int at() const { return at_; }
  [[nodiscard]] int blanks() const { return blanks_; }  // columns before rest() of a tab that was taken in part
  [[nodiscard]] QStringView rest() const { return line_.mid(at_); }
  [[nodiscard]] QStringView text() const;  // rest() without the white space that it begins with
  [[nodiscard]] bool atEnd() const { return text().isEmpty(); }

 private:
  QStringView line_;
  int at_ = 0;
  int column_ = 0;
  int blanks_ = 0;
};

}  // namespace sotto::ui::markdown
