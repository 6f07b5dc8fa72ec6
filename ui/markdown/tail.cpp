#include "markdown/tail.h"

#include <algorithm>

#include "markdown/characters.h"
#include "markdown/lines.h"

namespace sotto::ui::markdown {

namespace {

QChar at(QStringView text, qsizetype i) { return i >= 0 && i < text.size() ? text[i] : QChar(); }

qsizetype lineStart(QStringView text, qsizetype end) { return end == 0 ? 0 : text.left(end).lastIndexOf(u'\n') + 1; }

// The line without its list marks and quote marks.
QStringView content(QStringView line) {
  for (;;) {
    line = line.mid(
        std::distance(line.begin(), std::find_if(line.begin(), line.end(), [](QChar c) { return !c.isSpace(); })));
    if (line.startsWith(u'>')) {
      line = line.mid(1);
    } else if (const auto mark = listMark(line); mark && !isThematicBreak(line)) {
      line = line.mid(std::min<qsizetype>(mark->contentIndent, line.size()));
    } else {
      return line;
    }
  }
}

// Whether a fence in a list or a quote is open at the end.
bool insideFence(QStringView text) {
  std::optional<Fence> open;
  for (qsizetype from = 0; from < text.size();) {
    qsizetype to = text.indexOf(u'\n', from);
    if (to < 0) to = text.size();
    const QStringView line = text.mid(from, to - from);
    const QStringView inner = content(line);
    if (open) {
      if (closes(*open, inner)) open.reset();
    } else {
      open = openingFence(inner);
    }
    from = to + 1;
  }
  return open.has_value();
}

bool onlyOf(QStringView text, QStringView characters) {
  return std::all_of(text.begin(), text.end(), [&](QChar c) { return characters.contains(c); });
}

// A line that could still become a list, a heading, a rule, a fence or the underline of a heading.
bool couldBeMark(QStringView line) {
  QStringView rest = line.trimmed();
  if (rest.isEmpty()) return false;
  if (onlyOf(rest, u"-=*_+#>`~ ")) return true;
  const auto isDigit = [](QChar c) { return c >= u'0' && c <= u'9'; };
  if (rest.size() <= 10 && isDigit(rest.front())) {
    while (!rest.isEmpty() && isDigit(rest.front())) rest = rest.mid(1);
    return rest.isEmpty() || rest == u"." || rest == u")";
  }
  if (const auto mark = listMark(line); mark && mark->number == 0) {
    const QStringView item = rest.mid(1).trimmed();
    return item.isEmpty() || item == u"[" || item == u"[ " || item == u"[]" || item == u"[ ]" || item == u"[x" ||
           item == u"[x]" || item == u"[X" || item == u"[X]";
  }
  return false;
}

// The end without a table's header whose second line has not been seen whole.
qsizetype withoutTableHead(QStringView text, qsizetype end) {
  const bool complete = end > 0 && text[end - 1] == u'\n';
  const qsizetype last = lineStart(text, complete ? end - 1 : end);
  const auto isRow = [](QStringView line) { return line.trimmed().startsWith(u'|'); };
  if (last == end || !isRow(text.mid(last, end - last))) return end;
  if (last == 0) return 0;
  const qsizetype before = lineStart(text, last - 1);
  if (!isRow(text.mid(before, last - 1 - before))) return last;
  if (before > 0) {
    const qsizetype third = lineStart(text, before - 1);
    if (isRow(text.mid(third, before - 1 - third))) return end;
  }
  return !complete && onlyOf(text.mid(last, end - last), u"|:- \t") ? before : end;
}

struct OpenMark {
  QChar character;
  int length;
};

class InlineScan {
 public:
  InlineScan(QStringView text, qsizetype from, qsizetype end) : text_(text), at_(from), end_(end) {}

  void run(Tail* tail) {
    while (at_ < end_ && step(tail)) {
    }
    if (bracket_ >= 0 && address_ >= 0) {
      const qsizetype from = bracket_ > 0 && text_[bracket_ - 1] == u'!' ? bracket_ - 1 : bracket_;
      tail->drop.push_back({int(from), int(bracket_ + 1)});
      end_ = address_;
    }
    for (auto mark = open_.rbegin(); mark != open_.rend(); ++mark) {
      tail->closers += QString(mark->length, mark->character);
    }
    if (!tail->closers.isEmpty()) {
      while (end_ > 0 && text_[end_ - 1].isSpace()) --end_;
    }
    tail->end = int(end_);
  }

 private:
  bool step(Tail* tail) {
    const QChar c = text_[at_];
    if (c == u'\\') return backslash();
    if (c == u'`') return codeSpan(tail);
    if (c == u'*' || c == u'_' || c == u'~') return emphasis();
    if (c == u'[') bracket_ = at_;
    if (c == u']' && bracket_ >= 0) {
      if (at(text_, at_ + 1) == u'(') {
        const qsizetype close = text_.mid(0, end_).indexOf(u')', at_ + 1);
        if (close < 0) {
          address_ = at_;
          return false;
        }
        at_ = close;
      }
      bracket_ = -1;
    }
    ++at_;
    return true;
  }

  bool backslash() {
    const QChar next = at(text_, at_ + 1);
    if (next == u'(' || next == u'[') {
      const qsizetype close = text_.mid(0, end_).indexOf(next == u'(' ? u"\\)" : u"\\]", at_ + 2);
      if (close < 0) return false;
      at_ = close;
    }
    at_ += 2;
    return true;
  }

  bool codeSpan(Tail* tail) {
    const qsizetype length = runLength();
    qsizetype close = at_ + length;
    while (close < end_) {
      if (text_[close] != u'`') {
        ++close;
        continue;
      }
      qsizetype run = 0;
      while (close + run < end_ && text_[close + run] == u'`') ++run;
      close += run;
      if (run == length) {
        at_ = close;
        return true;
      }
    }
    const qsizetype content = at_ + length;
    // The closing run may be half there.
    qsizetype contentEnd = end_;
    while (contentEnd > content && text_[contentEnd - 1] == u'`') --contentEnd;
    if (text_.mid(content, contentEnd - content).trimmed().isEmpty()) {
      end_ = at_;
    } else {
      end_ = contentEnd;
      tail->closers += QString(length, u'`');
    }
    return false;
  }

  bool emphasis() {
    const QChar c = text_[at_];
    const qsizetype length = runLength();
    const QChar before = at(text_, at_ - 1);
    const QChar after = at_ + length < end_ ? text_[at_ + length] : QChar();
    if (at_ + length >= end_) {
      // Half a mark, or a closing one, which `closers` brings back.
      end_ = at_;
      return false;
    }
    at_ += length;
    if (c == u'~' && length != 2) return true;
    int left = int(length);
    const bool canClose = !isWhite(before) && (c != u'_' || !after.isLetterOrNumber());
    while (canClose && left > 0 && !open_.empty() && open_.back().character == c) {
      const int closed = std::min(left, open_.back().length);
      left -= closed;
      open_.back().length -= closed;
      if (open_.back().length == 0) open_.pop_back();
    }
    const bool likely = length > 1 || after.isLetterOrNumber() || QStringView(u"\"'“‘(`[$\\").contains(after);
    if (left == length && !isWhite(after) && !isAsciiWord(before) && likely && length <= 3) open_.push_back({c, left});
    return true;
  }

  [[nodiscard]] qsizetype runLength() const {
    qsizetype length = 1;
    while (at_ + length < end_ && text_[at_ + length] == text_[at_]) ++length;
    return length;
  }

  QStringView text_;
  qsizetype at_;
  qsizetype end_;
  qsizetype bracket_ = -1;
  qsizetype address_ = -1;
  std::vector<OpenMark> open_;
};

// Where the paragraph, item or heading begins that the text ends with.
qsizetype inlineStart(QStringView text, qsizetype end) {
  qsizetype from = lineStart(text, end);
  for (;;) {
    const qsizetype lineEnd = text.indexOf(u'\n', from);
    const QStringView line = text.mid(from, (lineEnd < 0 || lineEnd > end ? end : lineEnd) - from);
    const QStringView inner = content(line);
    if (from == 0 || inner.startsWith(u'#') || listMark(line)) return from + (inner.data() - line.data());
    const qsizetype before = lineStart(text, from - 1);
    if (isBlank(text.mid(before, from - 1 - before))) return from;
    from = before;
  }
}

}  // namespace

Tail settle(QStringView stretch) {
  Tail tail;
  tail.end = int(stretch.size());
  const qsizetype last = lineStart(stretch, stretch.size());
  const QStringView line = stretch.mid(last);
  if (insideFence(stretch)) {
    if (!line.trimmed().isEmpty() && onlyOf(line.trimmed(), u"`~")) tail.end = int(std::max<qsizetype>(0, last - 1));
    return tail;
  }
  qsizetype end = stretch.size();
  if (couldBeMark(line)) {
    end = last;
  } else {
    end = withoutTableHead(stretch, end);
  }
  if (end == 0) {
    tail.end = 0;
    return tail;
  }
  const qsizetype textEnd = stretch[end - 1] == u'\n' ? end - 1 : end;
  InlineScan(stretch, inlineStart(stretch, textEnd), textEnd).run(&tail);
  // What is left of the last line may be nothing but a list's mark.
  const qsizetype rest = lineStart(stretch, tail.end);
  if (tail.closers.isEmpty() && tail.end > rest && couldBeMark(stretch.mid(rest, tail.end - rest))) {
    tail.end = int(rest);
  }
  return tail;
}

}  // namespace sotto::ui::markdown
