// The blocks of a text that grows. Text is read once: blocks that no further text can change stay as they are, only the
// unfinished end is read again, so that an append costs what was appended and not what was written before.
//
// Where CommonMark lets the far end of a text change its beginning, we part from it: the items of a list are read one
// by one, link definitions act when the text is complete, a paragraph beyond 16,384 characters is cut. Blocks depend on
// the text alone, never on the steps in which it came.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "markdown/block.h"
#include "markdown/lines.h"
#include "markdown/parser.h"

namespace sotto::ui::markdown {

// Not thread safe; copyable.
class Document {
 public:
  explicit Document(bool typed = false) : typed_(typed) {}  // typed: see ParseOptions

  // Makes `text` the source; when it begins with the present source only the rest is read. `complete`: no more will
  // come. Returns the index of the first block that may have changed.
  int setText(const QString& text, bool complete);

  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  [[nodiscard]] const QString& source() const { return source_; }
  // How often the text did not go on but was another one.
  [[nodiscard]] int beginnings() const { return beginnings_; }

 private:
  enum class Kind {
    none,
    text,
    quote,
    table,
    list,
    fence
  };
  struct State {
    int scanned = 0;       // the beginning of the first line that has not been read
    bool midLine = false;  // `scanned` is in a line that is cut for its length
    int begin = 0;         // of the stretch that is being read
    Kind kind = Kind::none;
    int previousLine = 0;  // the beginning of the line before `scanned`
    int lines = 0;         // of the stretch
    bool afterBlank = false;
    bool inMath = false;  // text: between \[ and \] or $$ and $$ on lines of their own
    ListMark item;        // list: its last item's mark
    int number = -1;      // list: the number that its first item shall have; -1: its own
    int nextNumber = 1;   // the number after the last list item
    Joint joint = Joint::apart;
    Fence fence;
    int codeLines = 0;
    int codeLength = 0;    // of the code block's text, whole lines only
    size_t finished = 0;   // blocks; an open code block is one of them
    size_t stretches = 0;  // that they came of
  };
  struct Stretch {
    int begin = 0;
    int end = 0;
    size_t blocks = 0;  // how many came of it
    Kind kind = Kind::text;
    int number = -1;
    Joint joint = Joint::apart;
  };

  // What a line does to the stretch.
  struct Decision {
    enum class Cut {
      none,
      here,
      previousLine
    };
    Cut cut = Cut::none;
    Kind kind = Kind::text;
    Joint joint = Joint::apart;
    bool sameList = false;
    std::optional<ListMark> item;
    std::optional<Fence> fence;
  };

  void reset();
  void takeBack();  // what is not certain any more now that the text goes on
  void readLines();
  [[nodiscard]] Decision decide(QStringView line, bool isLong) const;
  [[nodiscard]] bool endsTextBefore(QStringView line) const;  // the line before is a table's header
  void apply(const Decision& decision);
  void takeLine(int end);
  void watchMath(QStringView line);
  void openFence(const Fence& fence, int end);
  void readCodeLine(QStringView line, int end);
  void addCodeLine(QStringView line, int start);
  void cutLongLine(int end);
  void finishStretch(int end);
  [[nodiscard]] Parsed parseStretch(const Stretch& stretch, bool unfinished) const;
  void showTail();
  void applyDefinitions();

  bool typed_ = false;
  bool complete_ = false;
  bool defined_ = false;  // `definitions_` have been applied to `stretches_`
  int beginnings_ = 0;
  QString source_;  // a copy of our own: whoever appends to the text must not have to copy it
  QString definitions_;
  State state_;
  State beforeEnd_;  // complete: the state before the last line was taken for a whole one
  std::vector<Stretch> stretches_;
  std::vector<Block> blocks_;
};

}  // namespace sotto::ui::markdown
