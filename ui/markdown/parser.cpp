#include "markdown/parser.h"

#include <md4c.h>

#include <algorithm>
#include <climits>

#include "markdown/entities.h"

namespace sotto::ui::markdown {

namespace {

class Reader {
 public:
  Reader(QStringView stretch, const std::vector<Anchor>& places, const ParseOptions& options)
      : stretch_(stretch), places_(places), options_(options), input_(prepare(stretch, options.prepare)) {
    for (const Outer& outer : options.outer) open_.push_back({outer.container, outer.shown});
  }

  std::vector<Block> run() {
    MD_PARSER parser{};
    parser.flags = (options_.prepare.table ? MD_FLAG_TABLES : 0U) | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS |
                   MD_FLAG_NOHTML | MD_FLAG_PERMISSIVEURLAUTOLINKS |
                   (options_.typed ? MD_FLAG_NOINDENTEDCODEBLOCKS : 0U);
    parser.enter_block = [](MD_BLOCKTYPE type, void* detail, void* self) {
      static_cast<Reader*>(self)->enterBlock(type, detail);
      return 0;
    };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) {
      static_cast<Reader*>(self)->leaveBlock(type);
      return 0;
    };
    parser.enter_span = [](MD_SPANTYPE type, void* detail, void* self) {
      static_cast<Reader*>(self)->enterSpan(type, detail);
      return 0;
    };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* self) {
      static_cast<Reader*>(self)->leaveSpan(type);
      return 0;
    };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self) {
      static_cast<Reader*>(self)->text(type, text, size);
      return 0;
    };
    md_parse(input_.utf8.constData(), MD_SIZE(input_.utf8.size()), &parser, this);
    return std::move(blocks_);
  }

 private:
  struct Open {
    Container container;
    bool used = false;  // a block began in it
  };
  struct List {
    bool numbered = false;
    int number = 0;
    QChar delimiter;
  };

  // --- blocks --------------------------------------------------------------------------------------------------
  void enterBlock(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_QUOTE:
        endBlock();
        open_.push_back({});
        break;
      case MD_BLOCK_UL:
        endBlock();
        lists_.push_back({false, 0, QLatin1Char(static_cast<MD_BLOCK_UL_DETAIL*>(detail)->mark)});
        break;
      case MD_BLOCK_OL: {
        endBlock();
        const auto* list = static_cast<MD_BLOCK_OL_DETAIL*>(detail);
        lists_.push_back({true, int(list->start), QLatin1Char(list->mark_delimiter)});
        break;
      }
      case MD_BLOCK_LI:
        enterItem(*static_cast<MD_BLOCK_LI_DETAIL*>(detail));
        break;
      case MD_BLOCK_HR:
        begin(BlockKind::rule);
        endBlock();
        break;
      case MD_BLOCK_H:
        begin(BlockKind::heading).level = int(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
        break;
      case MD_BLOCK_CODE:
        begin(BlockKind::code).language = attribute(static_cast<MD_BLOCK_CODE_DETAIL*>(detail)->lang);
        break;
      case MD_BLOCK_P:
        begin(BlockKind::paragraph);
        break;
      case MD_BLOCK_TABLE:
        begin(BlockKind::table).columns = int(static_cast<MD_BLOCK_TABLE_DETAIL*>(detail)->col_count);
        break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        enterCell(*static_cast<MD_BLOCK_TD_DETAIL*>(detail));
        break;
      default:
        break;
    }
  }

  void leaveBlock(MD_BLOCKTYPE type) {
    switch (type) {
      case MD_BLOCK_QUOTE:
        endBlock();
        open_.pop_back();
        break;
      case MD_BLOCK_LI:
        if (!open_.back().used) begin(BlockKind::paragraph);
        endBlock();
        open_.pop_back();
        break;
      case MD_BLOCK_UL:
      case MD_BLOCK_OL:
        lists_.pop_back();
        break;
      case MD_BLOCK_CODE:
        if (block().text.endsWith(u'\n')) block().text.chop(1);
        endBlock();
        break;
      case MD_BLOCK_H:
      case MD_BLOCK_P:
      case MD_BLOCK_TABLE:
        endBlock();
        break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        block().cells.back().length = int(block().text.size()) - block().cells.back().start;
        break;
      default:
        break;
    }
  }

  void enterItem(const MD_BLOCK_LI_DETAIL& item) {
    List& list = lists_.back();
    Open open;
    open.container.type = list.numbered ? Container::Type::number : Container::Type::bullet;
    open.container.delimiter = list.delimiter;
    if (list.numbered) open.container.number = list.number++;
    if (item.is_task) open.container.task = item.task_mark == ' ' ? Container::Task::open : Container::Task::done;
    open_.push_back(open);
  }

  void enterCell(const MD_BLOCK_TD_DETAIL& cell) {
    Block& table = block();
    if (!table.cells.empty()) table.text += int(table.cells.size()) % table.columns == 0 ? u'\n' : u'\t';
    if (int(table.alignments.size()) < table.columns) {
      table.alignments.emplace_back(cell.align == MD_ALIGN_CENTER  ? Qt::AlignHCenter
                                    : cell.align == MD_ALIGN_RIGHT ? Qt::AlignRight
                                                                   : Qt::AlignLeft);
    }
    table.cells.push_back({int(table.text.size()), 0});
  }

  Block& begin(BlockKind kind) {
    endBlock();
    Block block;
    block.kind = kind;
    for (const Open& open : open_) block.containers.push_back(open.container);
    for (auto open = open_.rbegin(); open != open_.rend() && !open->used; ++open) ++block.opens;
    for (Open& open : open_) open.used = true;
    blocks_.push_back(std::move(block));
    inBlock_ = true;
    style_ = {};
    links_.clear();
    return blocks_.back();
  }
  void endBlock() { inBlock_ = false; }
  // The items of tight lists have text without a paragraph around it.
  Block& block() { return inBlock_ ? blocks_.back() : begin(BlockKind::paragraph); }

  // --- spans ---------------------------------------------------------------------------------------------------
  struct Style {
    int bold = 0, italic = 0, strike = 0, code = 0;
    [[nodiscard]] unsigned flags() const {
      return (bold > 0 ? unsigned(StyleFlag::bold) : 0U) | (italic > 0 ? unsigned(StyleFlag::italic) : 0U) |
             (strike > 0 ? unsigned(StyleFlag::strike) : 0U) | (code > 0 ? unsigned(StyleFlag::code) : 0U);
    }
  };

  int* counter(MD_SPANTYPE type) {
    switch (type) {
      case MD_SPAN_STRONG:
        return &style_.bold;
      case MD_SPAN_EM:
        return &style_.italic;
      case MD_SPAN_DEL:
        return &style_.strike;
      case MD_SPAN_CODE:
        return &style_.code;
      default:
        return nullptr;
    }
  }

  void enterSpan(MD_SPANTYPE type, void* detail) {
    Block& target = block();
    if (int* count = counter(type)) ++*count;
    if (type != MD_SPAN_A && type != MD_SPAN_IMG) return;
    const QString address = attribute(type == MD_SPAN_A ? static_cast<MD_SPAN_A_DETAIL*>(detail)->href
                                                        : static_cast<MD_SPAN_IMG_DETAIL*>(detail)->src);
    qsizetype index = target.links.indexOf(address);
    if (index < 0) {
      index = target.links.size();
      target.links << address;
    }
    links_.push_back({int(index), int(target.text.size())});
  }

  void leaveSpan(MD_SPANTYPE type) {
    if (int* count = counter(type)) --*count;
    if ((type != MD_SPAN_A && type != MD_SPAN_IMG) || links_.empty()) return;
    // An image without a description is its address.
    if (type == MD_SPAN_IMG && int(block().text.size()) == links_.back().start) {
      literal(block().links.value(links_.back().index));
    }
    links_.pop_back();
  }

  // --- text ----------------------------------------------------------------------------------------------------
  void text(MD_TEXTTYPE type, const MD_CHAR* data, MD_SIZE size) {
    switch (type) {
      case MD_TEXT_SOFTBR:
      case MD_TEXT_BR:
        lineBreak();
        break;
      case MD_TEXT_NULLCHAR:
        literal(QString(QChar::ReplacementCharacter));
        break;
      case MD_TEXT_ENTITY: {
        const int source = sourceOf(data);
        if (source >= 0) anchor(source);
        literal(decoded(QString::fromUtf8(data, qsizetype(size))));
        break;
      }
      default:
        if (offsetOf(data) < 0) {
          literal(QString::fromUtf8(data, qsizetype(size)));
        } else {
          fromInput(offsetOf(data), qsizetype(size));
        }
    }
  }

  // A paragraph's line break; in typed text with the white space that the next line begins with.
  void lineBreak() {
    const int before = lastSource_;
    literal(QStringLiteral("\n"));
    if (!options_.typed || !open_.empty() || before < 0) return;
    const qsizetype end = stretch_.indexOf(u'\n', before);
    if (end < 0) return;
    qsizetype to = end + 1;
    while (to < stretch_.size() && (stretch_[to] == u' ' || stretch_[to] == u'\t')) ++to;
    if (to > end + 1) append(int(end + 1), int(to - end - 1));
  }

  // Bytes of the input, as they are in the source.
  void fromInput(qsizetype from, qsizetype size) {
    int start = -1;
    int end = -1;
    for (qsizetype i = from; i < from + size; ++i) {
      const unsigned byte = static_cast<unsigned char>(input_.utf8[i]);
      const int source = input_.source[size_t(i)];
      if ((byte & 0xC0U) == 0x80U || source < 0) continue;
      // In a table's code a bar has to be escaped.
      if (byte == '\\' && style_.code > 0 && block().kind == BlockKind::table && source + 1 < stretch_.size() &&
          stretch_[source + 1] == u'|') {
        continue;
      }
      if (source != end) {
        if (end > start) append(start, end - start);
        start = source;
      }
      end = source + (byte >= 0xF0U ? 2 : 1);
    }
    if (end > start) append(start, end - start);
  }

  void append(int source, int length) {
    Block& target = block();
    if (options_.typed && target.kind == BlockKind::paragraph && target.text.isEmpty() && open_.empty()) {
      // The white space before a paragraph's first word.
      int from = source;
      while (from > 0 && (stretch_[from - 1] == u' ' || stretch_[from - 1] == u'\t')) --from;
      if (from == 0 || stretch_[from - 1] == u'\n') {
        length += source - from;
        source = from;
      }
    }
    lastSource_ = source + length;
    while (length > 0) {
      // What is one run here may come from several lines of the source.
      const auto next = std::upper_bound(places_.begin(), places_.end(), source,
                                         [](int value, const Anchor& place) { return value < place.text; });
      const int part = next == places_.end() ? length : std::min(length, next->text - source);
      anchor(source);
      add(stretch_.mid(source, part));
      source += part;
      length -= part;
    }
  }

  void literal(const QString& string) {
    // A line end that is there in the source keeps its place.
    if (string == u"\n" && lastSource_ >= 0 && lastSource_ < stretch_.size() && stretch_[lastSource_] == u'\n') {
      anchor(lastSource_);
      ++lastSource_;
    }
    add(string);
  }

  void add(QStringView string) {
    Block& target = block();
    const Span span{int(target.text.size()), int(string.size()), style_.flags(),
                    links_.empty() ? -1 : links_.back().index};
    target.text += string;
    if (target.kind == BlockKind::code || (span.style == 0 && span.link < 0)) return;
    if (!target.spans.empty()) {
      Span& last = target.spans.back();
      if (last.start + last.length == span.start && last.style == span.style && last.link == span.link) {
        last.length += span.length;
        return;
      }
    }
    target.spans.push_back(span);
  }

  void anchor(int source) {
    Block& target = block();
    const int place = sourceAt(places_, source);
    if (place < 0) return;
    const Anchor next{int(target.text.size()), place};
    if (!target.anchors.empty()) {
      const Anchor& last = target.anchors.back();
      if (next.text - last.text == next.source - last.source) return;
      if (last.text == next.text) {
        target.anchors.back() = next;
        return;
      }
    }
    target.anchors.push_back(next);
  }

  [[nodiscard]] qsizetype offsetOf(const char* data) const {
    const auto from = reinterpret_cast<quintptr>(input_.utf8.constData());
    const auto at = reinterpret_cast<quintptr>(data);
    return at >= from && at < from + size_t(input_.utf8.size()) ? qsizetype(at - from) : -1;
  }
  [[nodiscard]] int sourceOf(const char* data) const {
    const qsizetype offset = offsetOf(data);
    return offset < 0 ? -1 : input_.source[size_t(offset)];
  }

  QStringView stretch_;
  const std::vector<Anchor>& places_;
  const ParseOptions& options_;
  Prepared input_;
  std::vector<Block> blocks_;
  std::vector<Open> open_;
  std::vector<List> lists_;
  bool inBlock_ = false;
  Style style_;
  struct OpenLink {
    int index = 0;
    int start = 0;  // in the block's text
  };
  std::vector<OpenLink> links_;
  int lastSource_ = -1;  // the end of the text taken last, in the stretch
};

}  // namespace

std::vector<Block> parse(QStringView stretch, const std::vector<Anchor>& places, const ParseOptions& options) {
  return Reader(stretch, places, options).run();
}

int sourceAt(const std::vector<Anchor>& places, int at) {
  const auto after = std::upper_bound(places.begin(), places.end(), at,
                                      [](int value, const Anchor& place) { return value < place.text; });
  if (after == places.begin()) return -1;
  const Anchor& place = *std::prev(after);
  return place.source < 0 ? -1 : place.source + (at - place.text);
}

}  // namespace sotto::ui::markdown
