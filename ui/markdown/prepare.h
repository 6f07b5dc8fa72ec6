// Makes a stretch of model-written Markdown ready for md4c: UTF-8, with the places where models and CommonMark disagree
// smoothed over. Nothing of it is ever shown: the text that is shown is taken from the source by `source`.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringView>
#include <vector>

namespace sotto::ui::markdown {

struct Prepared {
  QByteArray utf8;
  std::vector<int> source;  // [utf8 bytes] place in the stretch, UTF-16 units; -1: put in by us
};

struct PrepareOptions {
  bool unfinished = false;  // more text will come: open marks are closed, beginnings of marks left out
  bool table = false;       // the stretch is a table's rows
  // Places in the stretch, sorted, where a line begins that only looks like the beginning of another block, or that is
  // the middle of one.
  std::vector<int> guards;
  QString definitions;  // link definitions from other parts of the text
};

// - Math, \( \), \[ \], $ $ and $$ $$, keeps its backslashes, stars and underscores.
// - Bold ends and begins beside Chinese, Japanese and Korean punctuation (这是**重点。**后面).
// - A single tilde is a character (5~10).
[[nodiscard]] Prepared prepare(QStringView stretch, const PrepareOptions& options = {});

}  // namespace sotto::ui::markdown
