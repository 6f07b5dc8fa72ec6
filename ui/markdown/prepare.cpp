#include "markdown/prepare.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "markdown/characters.h"
#include "markdown/lines.h"
#include "markdown/tail.h"

namespace sotto::ui::markdown {

namespace {

constexpr char16_t mask = u'M';  // a letter: stands for what md4c must not interpret

// What md4c shall read: units, and where each is in the stretch (-1: put in).
struct Draft {
  std::vector<char16_t> units;
  std::vector<int> source;
  void add(char16_t unit, int from) {
    units.push_back(unit);
    source.push_back(from);
  }
  void add(QStringView text, int from) {
    units.insert(units.end(), text.utf16(), text.utf16() + text.size());
    source.resize(source.size() + size_t(text.size()));
    std::iota(source.end() - text.size(), source.end(), from);
  }
};

Draft draftOf(QStringView stretch, const PrepareOptions& options) {
  Draft draft;
  draft.units.reserve(size_t(stretch.size()) + 8);
  draft.source.reserve(size_t(stretch.size()) + 8);
  Tail tail;
  tail.end = int(stretch.size());
  if (options.unfinished) tail = settle(stretch, options.table);
  auto guard = options.guards.begin();
  auto drop = tail.drop.begin();
  int dashes = -1;  // of the cell, in the line under a table's header; -1: elsewhere
  for (int i = 0; i < tail.end; ++i) {
    if (i == 0 || stretch[i - 1] == u'\n') {
      const qsizetype end = stretch.indexOf(u'\n', i);
      const bool delimiter = options.table && isDelimiterRow(stretch.mid(i, (end < 0 ? stretch.size() : end) - i));
      dashes = delimiter ? 0 : -1;
    }
    if (guard != options.guards.end() && i == *guard) {
      draft.add(mask, -1);
      ++guard;
    }
    if (dashes >= 0) {
      // md4c wants three dashes, models write one.
      dashes = stretch[i] == u'-' ? dashes + 1 : 0;
      const QChar next = i + 1 < tail.end ? stretch[i + 1] : QChar();
      while (dashes > 0 && dashes < 3 && next != u'-') {
        draft.add(u'-', -1);
        ++dashes;
      }
    }
    if (drop != tail.drop.end() && i == drop->from) {
      i = drop->to - 1;
      ++drop;
      continue;
    }
    if (dashes < 0) {
      // All the rest of the line that nothing happens to.
      const qsizetype end = stretch.indexOf(u'\n', i);
      int stop = end < 0 ? tail.end : std::min(tail.end, int(end) + 1);
      if (guard != options.guards.end() && *guard > i) stop = std::min(stop, *guard);
      if (drop != tail.drop.end() && drop->from > i) stop = std::min(stop, drop->from);
      draft.add(stretch.mid(i, stop - i), i);
      i = stop - 1;
      continue;
    }
    draft.add(stretch[i].unicode(), i);
  }
  for (const QChar c : tail.closers) draft.add(c.unicode(), -1);
  return draft;
}

// Goes once over the draft; masks math and single tildes, helps emphasis beside East Asian punctuation.
class Smoother {
 public:
  Smoother(Draft* draft, bool unfinished) : draft_(*draft), unfinished_(unfinished) {}

  void run() {
    while (at_ < units().size()) {
      const char16_t c = units()[at_];
      if (c == u'\n') {
        newLine();
      } else if (c == u'\\') {
        backslash();
      } else if (c == u'`') {
        codeSpan();
      } else if (c == u'$') {
        dollar();
      } else if (c == u'*') {
        stars();
      } else if (c == u']' || c == u':') {
        address();
      } else if (c == u'~') {
        const size_t length = runLength();
        if (length == 1) units()[at_] = mask;
        at_ += length;
      } else {
        ++at_;
      }
    }
    insertBlanks();
  }

 private:
  std::vector<char16_t>& units() { return draft_.units; }
  [[nodiscard]] QChar unit(size_t i) const { return i < draft_.units.size() ? QChar(draft_.units[i]) : QChar(); }
  [[nodiscard]] size_t runLength() const {
    size_t length = 1;
    while (at_ + length < draft_.units.size() && draft_.units[at_ + length] == draft_.units[at_]) ++length;
    return length;
  }
  [[nodiscard]] QStringView view() const { return {draft_.units.data(), qsizetype(draft_.units.size())}; }

  // The end of the paragraph that `at_` is in.
  size_t paragraphEnd() {
    if (at_ < paragraphEnd_) return paragraphEnd_;
    paragraphEnd_ = draft_.units.size();
    for (qsizetype line = view().indexOf(u'\n', qsizetype(at_)); line >= 0;) {
      const qsizetype next = view().indexOf(u'\n', line + 1);
      if (isBlank(view().mid(line + 1, (next < 0 ? view().size() : next) - line - 1))) {
        paragraphEnd_ = size_t(line);
        break;
      }
      line = next;
    }
    return paragraphEnd_;
  }

  void newLine() {
    ++at_;
    const qsizetype next = view().indexOf(u'\n', qsizetype(at_));
    const QStringView line = view().mid(qsizetype(at_), (next < 0 ? view().size() : next) - qsizetype(at_));
    if (isBlank(line) || listMark(line)) open_.clear();
  }

  // An address keeps its tildes, dollars and stars: ](address) and https://address, which ends at full-width
  // punctuation.
  void address() {
    const bool link = unit(at_) == u']' && unit(at_ + 1) == u'(';
    const bool url = unit(at_) == u':' && unit(at_ + 1) == u'/' && unit(at_ + 2) == u'/';
    ++at_;
    while ((link || url) && at_ < units().size() && !isWhite(unit(at_)) && unit(at_) != u')') {
      if (url && unit(at_) == u'*') return;
      if (url && isEastAsian(unit(at_)) && isPunctuation(unit(at_))) {
        blanks_.push_back(at_);
        return;
      }
      ++at_;
    }
  }

  // From `from` to `to`, but the line ends and the white space that begins a line.
  void maskRange(size_t from, size_t to) {
    bool lineBegins = false;
    for (size_t i = from; i < to; ++i) {
      const QChar c(units()[i]);
      if (c == u'\n') {
        lineBegins = true;
      } else if (!lineBegins || !c.isSpace()) {
        lineBegins = false;
        units()[i] = mask;
      }
    }
    at_ = to;
  }

  void backslash() {
    const QChar next = unit(at_ + 1);
    if (next != u'(' && next != u'[') {
      at_ += 2;
      return;
    }
    const size_t limit = paragraphEnd();
    // What was looked for in vain is not there for the next one either.
    size_t& unclosed = next == u'(' ? unclosedRound_ : unclosedSquare_;
    const qsizetype close =
        unclosed == limit ? -1
                          : view().left(qsizetype(limit)).indexOf(next == u'(' ? u"\\)" : u"\\]", qsizetype(at_) + 2);
    if (close < 0) unclosed = limit;
    if (close >= 0) {
      maskRange(at_, size_t(close) + 2);
    } else if (unfinished_ && limit == units().size()) {
      maskRange(at_, limit);
    } else {
      at_ += 2;
    }
  }

  void codeSpan() {
    const size_t length = runLength();
    const size_t begin = at_;
    const bool fence = length >= 3 && isBlank(view().mid(lineBegin(), qsizetype(at_) - lineBegin()));
    const size_t limit = fence ? units().size() : paragraphEnd();
    at_ += length;
    size_t& unclosed = unclosedCode_[length];
    for (size_t i = unclosed == limit ? limit : at_; i < limit;) {
      if (units()[i] != u'`') {
        ++i;
        continue;
      }
      size_t run = 1;
      while (i + run < limit && units()[i + run] == u'`') ++run;
      i += run;
      if (run == length) {
        at_ = i;
        return;
      }
    }
    unclosed = limit;
    if (fence) at_ = limit;  // open: all the rest is code
    if (!fence) at_ = begin + length;
  }
  [[nodiscard]] qsizetype lineBegin() const {
    return at_ == 0 ? 0 : view().left(qsizetype(at_)).lastIndexOf(u'\n') + 1;
  }

  void dollar() {
    const size_t length = runLength();
    const QChar before = at_ == 0 ? QChar() : unit(at_ - 1);
    if (length == 2) {
      const size_t limit = paragraphEnd();
      const qsizetype close = view().left(qsizetype(limit)).indexOf(u"$$", qsizetype(at_) + 2);
      if (close >= 0) {
        maskRange(at_, size_t(close) + 2);
        return;
      }
      if (unfinished_ && limit == units().size() && at_ + 2 < limit) {
        maskRange(at_, limit);
        return;
      }
    } else if (length == 1 && !isWhite(unit(at_ + 1)) && !isAsciiWord(before)) {
      // As Pandoc has it: "$5 and $10" is not math.
      for (size_t i = at_ + 1; i < units().size() && units()[i] != u'\n'; ++i) {
        if (units()[i] == u'\\') {
          ++i;
        } else if (units()[i] == u'$') {
          if (!isWhite(unit(i - 1)) && !unit(i + 1).isDigit()) {
            maskRange(at_, i + 1);
            return;
          }
          break;
        }
      }
    }
    at_ += length;
  }

  void stars() {
    const size_t length = runLength();
    const QChar before = at_ == 0 ? QChar() : unit(at_ - 1);
    const QChar after = unit(at_ + length);
    const bool white = isWhite(before) || isWhite(after);
    const bool left = !isWhite(after) && (!isPunctuation(after) || isWhite(before) || isPunctuation(before));
    const bool right = !isWhite(before) && (!isPunctuation(before) || isWhite(after) || isPunctuation(after));
    const bool eastAsian = isEastAsian(before) || isEastAsian(after);
    bool& open = open_[length];
    if (open && (right || (!white && (eastAsian || length == 2)))) {
      open = false;
      if (!right) blanks_.push_back(at_ + length);
    } else if (left || (!white && eastAsian)) {
      open = true;
      if (!left) blanks_.push_back(at_);
    }
    at_ += length;
  }

  // A blank beside a run of stars makes it the beginning or the end that it was meant to be.
  void insertBlanks() {
    if (blanks_.empty()) return;
    Draft result;
    auto blank = blanks_.begin();
    for (size_t i = 0; i <= draft_.units.size(); ++i) {
      while (blank != blanks_.end() && *blank == i) {
        result.add(u' ', -1);
        ++blank;
      }
      if (i < draft_.units.size()) result.add(draft_.units[i], draft_.source[i]);
    }
    draft_ = std::move(result);
  }

  Draft& draft_;
  bool unfinished_;
  size_t at_ = 0;
  size_t paragraphEnd_ = 0;   // of the paragraph looked at last
  size_t unclosedRound_ = 0;  // the end of the paragraph up to which no \) was found; the others are alike
  size_t unclosedSquare_ = 0;
  std::map<size_t, size_t> unclosedCode_;  // by the run's length
  std::map<size_t, bool> open_;            // by the run's length
  std::vector<size_t> blanks_;             // where to put one in, ascending
};

void addUtf8(Prepared* prepared, char32_t character, int source) {
  const auto add = [&](unsigned byte) {
    prepared->utf8.append(char(byte));
    prepared->source.push_back(source);
  };
  if (character < 0x80) {
    add(character);
  } else if (character < 0x800) {
    add(0xC0U | (character >> 6));
    add(0x80U | (character & 0x3FU));
  } else if (character < 0x10000) {
    add(0xE0U | (character >> 12));
    add(0x80U | ((character >> 6) & 0x3FU));
    add(0x80U | (character & 0x3FU));
  } else {
    add(0xF0U | (character >> 18));
    add(0x80U | ((character >> 12) & 0x3FU));
    add(0x80U | ((character >> 6) & 0x3FU));
    add(0x80U | (character & 0x3FU));
  }
}

void addAscii(Prepared* prepared, const Draft& draft, size_t from, size_t to) {
  const qsizetype before = prepared->utf8.size();
  prepared->utf8.resize(before + qsizetype(to - from));
  const auto begin = draft.units.begin();
  std::transform(begin + qsizetype(from), begin + qsizetype(to), prepared->utf8.data() + before,
                 [](char16_t unit) { return char(unit); });
  prepared->source.insert(prepared->source.end(), draft.source.begin() + qsizetype(from),
                          draft.source.begin() + qsizetype(to));
}

}  // namespace

Prepared prepare(QStringView stretch, const PrepareOptions& options) {
  Draft draft = draftOf(stretch, options);
  Smoother(&draft, options.unfinished).run();
  Prepared prepared;
  prepared.utf8.reserve(qsizetype(draft.units.size()) + 16);
  prepared.source.reserve(draft.units.size() + 16);
  for (size_t i = 0; i < draft.units.size(); ++i) {
    const char16_t unit = draft.units[i];
    if (unit < 0x80) {
      size_t end = i + 1;
      while (end < draft.units.size() && draft.units[end] < 0x80) ++end;
      addAscii(&prepared, draft, i, end);
      i = end - 1;
    } else if (QChar::isHighSurrogate(unit) && i + 1 < draft.units.size() &&
               QChar::isLowSurrogate(draft.units[i + 1])) {
      addUtf8(&prepared, QChar::surrogateToUcs4(unit, draft.units[i + 1]), draft.source[i]);
      ++i;
    } else {
      addUtf8(&prepared, QChar::isSurrogate(unit) ? char32_t(QChar::ReplacementCharacter) : unit, draft.source[i]);
    }
  }
  if (!options.definitions.isEmpty()) {
    const QByteArray definitions = QByteArrayLiteral("\n\n") + options.definitions.toUtf8();
    prepared.utf8 += definitions;
    prepared.source.resize(size_t(prepared.utf8.size()), -1);
  }
  return prepared;
}

}  // namespace sotto::ui::markdown
