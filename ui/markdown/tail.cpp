#include "markdown/tail.h"

#include <algorithm>
#include <ranges>

#include "markdown/characters.h"
#include "markdown/lines.h"

namespace sotto::ui::markdown {

namespace {

QChar at(QStringView text, qsizetype i) { return i >= 0 && i < text.size() ? text[i] : QChar(); }

qsizetype lineStart(QStringView text, qsizetype end) { return end == 0 ? 0 : text.left(end).lastIndexOf(u'\n') + 1; }

bool onlyOf(QStringView text, QStringView characters) {
  return std::all_of(text.begin(), text.end(), [&](QChar c) { return characters.contains(c); });
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
    for (const auto& mark : open_ | std::views::reverse) tail->closers += QString(mark.length, mark.character);
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

}  // namespace

bool couldBeMark(QStringView line, bool beginsItem) {
  QStringView rest = line.trimmed();
  if (rest.isEmpty()) return false;
  if (onlyOf(rest, u"-=*_+#>`~ ")) return true;
  const auto isDigit = [](QChar c) { return c >= u'0' && c <= u'9'; };
  if (rest.size() <= 10 && isDigit(rest.front())) {
    while (!rest.isEmpty() && isDigit(rest.front())) rest = rest.mid(1);
    return rest.isEmpty() || rest == u"." || rest == u")";
  }
  return beginsItem && (rest == u"[" || rest == u"[]" || rest == u"[x" || rest == u"[X" || rest == u"[ ]" ||
                        rest == u"[x]" || rest == u"[X]");
}

Tail settle(QStringView stretch, bool table) {
  Tail tail;
  const qsizetype end = table ? stretch.size() : withoutTableHead(stretch, stretch.size());
  if (end == 0) return tail;
  qsizetype from = 0;
  while (from < end && (stretch[from] == u'#' || stretch[from] == u' ')) ++from;
  InlineScan(stretch, from, stretch[end - 1] == u'\n' ? end - 1 : end).run(&tail);
  return tail;
}

}  // namespace sotto::ui::markdown
