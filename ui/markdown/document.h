// The blocks of a text that grows. A line is read once: it goes on in, ends or begins quotes, list items and, in them,
// a leaf: a paragraph, code, a table. Only the last leaf can change, and of code and tables only the last line, so that
// an append costs what was appended and not what was written before, wherever it stands.
//
// A reply may begin with what a reasoning model thought, between tags (engine::thought_tags): those blocks stand in a
// container of that kind, the tags end lines and whatever is open.
//
// Where CommonMark lets the far end of a text change its beginning, we part from it: link definitions act when the text
// is complete, a paragraph beyond 16,384 characters is cut. Containers deeper than 64 and columns beyond 128 are text.
// Blocks depend on the text alone, never on the steps in which it came.
#pragma once

#include <QHash>
#include <QString>
#include <vector>

#include "markdown/block.h"
#include "markdown/containers.h"
#include "markdown/lines.h"
#include "markdown/prepare.h"

namespace sotto::ui::markdown {

// Not thread safe; copyable.
class Document {
 public:
  static constexpr int longest = 16384;  // characters of one paragraph

  explicit Document(bool typed = false) : typed_(typed) {}  // typed: see ParseOptions

  // What of the blocks before is as it was: all before `block`, and of that one the first `text` characters.
  struct Same {
    int block = 0;
    int text = 0;
  };
  // Makes `text` the source; when it begins with the present source only the rest is read. `complete`: no more will
  // come.
  Same setText(const QString& text, bool complete);

  [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
  [[nodiscard]] const QString& source() const { return source_; }
  // The text is within a thought that has not come to its end.
  [[nodiscard]] bool hasOpenThought() const { return state_.thought == Thought::inside; }
  [[nodiscard]] bool isThinking() const { return hasOpenThought() && !complete_; }
  // How often the text did not go on but was another one.
  [[nodiscard]] int beginnings() const { return beginnings_; }

 private:
  // What is read now. The block of code and of tables is the last of `blocks_` already.
  struct Leaf {
    enum class Kind {
      none,
      paragraph,
      fence,
      indented,
      table
    };
    Kind kind = Kind::none;
    int begin = 0;  // its lines in the source; without the last line feed
    int end = 0;
    Joint joint = Joint::apart;
    QString text;                // of a paragraph, without what belongs to its containers
    std::vector<Anchor> places;  // where that comes from
    std::vector<int> guards;     // see PrepareOptions
    int lastLine = 0;            // the beginning of its last line, in `text` and in the source
    int lastBegin = 0;
    bool beginsItem = false;
    bool inMath = false;  // between \[ and \] or $$ and $$ on lines of their own
    Fence fence;
    int lines = 0;   // of code
    int blanks = 0;  // of indented code: blank lines that count when code follows
  };
  // How much there is of the last block without a line that may still change.
  struct Extent {
    int text = 0;
    size_t anchors = 0, spans = 0, cells = 0;
    int links = 0;
    int end = 0;
  };
  enum class Thought {
    perhaps,  // nothing but white space so far
    inside,
    over
  };
  struct State {
    Thought thought = Thought::perhaps;
    int tags = 0;          // which of engine::thought_tags
    int scanned = 0;       // the beginning of what has not been read
    bool midLine = false;  // that is within a line that is cut for its length
    std::vector<OpenContainer> open;
    Leaf leaf;
    size_t finished = 0;     // blocks; an open code block or table is one of them
    Extent certain;          // of that one
    size_t definitions = 0;  // of links, read so far
  };
  // A line in the source, without its end.
  struct Line {
    int begin = 0;
    int end = 0;
    bool whole = true;  // nothing will be added to it
    [[nodiscard]] bool isTooLong() const;
  };
  enum class Start {
    text,
    fence,
    rule,
    heading
  };

  // --- the text that grows (document.cpp)
  void reset();
  void takeBack();  // what is not certain any more now that the text goes on
  [[nodiscard]] bool growsAtEnd() const { return state_.leaf.kind > Leaf::Kind::paragraph; }
  [[nodiscard]] Same certain() const;
  void readLines(int from);  // there is no line feed before `from`
  void readLastLine();
  [[nodiscard]] bool readThoughtTags(int end, bool whole);
  void cutLongLine(int end);
  void takeRestOfLongLine(int end);
  void keepDefinitions();
  void applyDefinitions();
  [[nodiscard]] QString definitionsFor(QStringView text) const;

  // --- one line (document_lines.cpp)
  void readLine(const Line& line);
  void readBlankLine(size_t matched);
  [[nodiscard]] Start startOf(const LineCursor& cursor, const Line& line) const;
  void beginLeaf(LineCursor* cursor, const Line& line, Start start, bool beginsItem);
  void beginParagraph(const LineCursor& cursor, const Line& line, Joint joint);
  void goOnInParagraph(const LineCursor& cursor, const Line& line, bool here);
  void addLine(const LineCursor& cursor, const Line& line, bool underline = false);
  void openContainers(size_t matched, std::vector<OpenContainer> fresh);
  void closeContainers(size_t keep);

  // --- leaves (document_leaves.cpp)
  void closeLeaf();
  void emitParagraph(bool unfinished, bool lastLineWhole);
  void emitBlocks(std::vector<Block> blocks, int begin, int end);
  [[nodiscard]] std::vector<Block> parseText(const QString& text, const std::vector<Anchor>& places,
                                             PrepareOptions prepare) const;
  Block& openBlock(BlockKind kind, const Line& line);
  void openFence(const Fence& fence, const Line& line);
  void readFenceLine(LineCursor* cursor, const Line& line);
  void readIndentedLine(LineCursor* cursor, const Line& line);
  void addCode(const LineCursor& cursor, const Line& line);
  [[nodiscard]] bool beginTable(const LineCursor& cursor, const Line& line);
  [[nodiscard]] bool readRow(const LineCursor& cursor, const Line& line);
  void nowCertain(int end);

  bool typed_ = false;
  bool complete_ = false;
  bool defined_ = false;  // the definitions have been applied
  int beginnings_ = 0;
  QString source_;                   // a copy of our own: whoever appends to the text must not have to copy it
  QStringList definitions_;          // lines
  QHash<QString, QString> byLabel_;  // the first definition of a label
  State state_;
  int shownTo_ = -1;  // an open fence's last line is in its block up to here in the source; -1: it is not
  State beforeEnd_;   // the state before the last line, which has no end yet
  std::vector<Block> blocks_;
};

}  // namespace sotto::ui::markdown
