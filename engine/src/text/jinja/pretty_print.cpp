#include "text/jinja/pretty_print.h"

#include <algorithm>

#include "text/jinja/python_text.h"

namespace sotto::engine::jinja {

namespace {

constexpr std::int64_t width = 80;

// With its dictionaries by their keys, where these have an order.
Value in_order(Runtime& runtime, const Value& value) {
  runtime.walk(value);
  if (value.is_list() && !value.as_list().range) {
    std::vector<Value> items;
    items.reserve(value.items().size());
    for (const Value& item : value.items()) items.push_back(in_order(runtime, item));
    return runtime.list(std::move(items), value.as_list().tuple);
  }
  if (!value.is_dict() || value.as_dict().open || value.as_dict().loop) return value;
  auto sorted = std::make_shared<Dict>(value.as_dict());
  runtime.charge((sorted->items.size() + 1) * 2 * sizeof(Value));
  // Keys that cannot be compared go by their types' names, as pprint's own do.
  std::stable_sort(sorted->items.begin(), sorted->items.end(), [](const auto& a, const auto& b) {
    const bool alike = a.first.is_number() ? b.first.is_number() : type_name(a.first) == type_name(b.first);
    if (alike && !a.first.is_none()) return compare(a.first, b.first, "<") < 0;
    return type_name(a.first) < type_name(b.first);
  });
  for (auto& [key, item] : sorted->items) item = in_order(runtime, item);
  return Value::dict(std::move(sorted));
}

class Printer {
 public:
  explicit Printer(Runtime& runtime) : runtime_(runtime) {}

  // `behind`: characters that follow in the line.
  void print(const Value& value, std::int64_t indent, std::int64_t behind, int level) {
    const std::string whole = to_repr(value);
    runtime_.step(1 + whole.size() / 64);
    if (length(whole) <= width - indent - behind) return put(whole);
    if (value.is_string() && !value.text().empty()) return print_text(value.text(), indent, behind, level + 1);
    if (value.is_list() && !value.as_list().range) return print_items(value.as_list(), indent, behind, level + 1);
    if (value.is_dict() && !value.as_dict().open && !value.as_dict().loop)
      return print_pairs(value.as_dict(), indent, behind, level + 1);
    put(whole);
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void put(const std::string& text) {
    runtime_.charge(text.size());
    out_ += text;
  }

  void put_line(std::int64_t indent) { put('\n' + std::string(static_cast<std::size_t>(indent), ' ')); }

  void print_items(const List& list, std::int64_t indent, std::int64_t behind, int level) {
    const std::string end = !list.tuple ? "]" : list.items.size() == 1 ? ",)" : ")";
    put(list.tuple ? "(" : "[");
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const bool last = i + 1 == list.items.size();
      print(list.items[i], indent + 1, last ? behind + static_cast<std::int64_t>(end.size()) : 1, level);
      if (last) break;
      put(",");
      put_line(indent + 1);
    }
    put(end);
  }

  void print_pairs(const Dict& dict, std::int64_t indent, std::int64_t behind, int level) {
    put("{");
    for (std::size_t i = 0; i < dict.items.size(); ++i) {
      const bool last = i + 1 == dict.items.size();
      const std::string key = to_repr(dict.items[i].first);
      put(key + ": ");
      print(dict.items[i].second, indent + 3 + length(key), last ? behind + 1 : 1, level);
      if (last) break;
      put(",");
      put_line(indent + 1);
    }
    put("}");
  }

  // A long text goes over several lines, which stand one below the other.
  void print_text(const std::string& text, std::int64_t indent, std::int64_t behind, int level) {
    if (level == 1) {
      ++indent;
      ++behind;
    }
    std::vector<std::string> chunks;
    const std::vector<std::string> lines = split_lines(text, true);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::int64_t after = i + 1 == lines.size() ? behind : 0;
      std::string whole = to_repr(Value::string(lines[i]));
      if (length(whole) <= width - indent - after) {
        chunks.push_back(std::move(whole));
      } else {
        cut(lines[i], width - indent, after, chunks);
      }
    }
    if (chunks.size() == 1) return put(chunks[0]);
    if (level == 1) put("(");
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      if (i > 0) put_line(indent);
      put(chunks[i]);
    }
    if (level == 1) put(")");
  }

  // Between words: as many as fit in `room`, less `after` in the last part.
  void cut(const std::string& line, std::int64_t room, std::int64_t after, std::vector<std::string>& chunks) {
    const std::u32string points = code_points(line);
    std::u32string current;
    std::size_t at = 0;
    while (at < points.size()) {
      std::size_t end = at;
      while (end < points.size() && !is_space(points[end])) ++end;
      while (end < points.size() && is_space(points[end])) ++end;
      const std::u32string part = points.substr(at, end - at);
      at = end;
      if (at == points.size()) room -= after;
      runtime_.step(1 + part.size() / 16);
      if (length(to_repr(Value::string(utf8(current + part)))) > room) {
        if (!current.empty()) chunks.push_back(to_repr(Value::string(utf8(current))));
        current = part;
      } else {
        current += part;
      }
    }
    if (!current.empty()) chunks.push_back(to_repr(Value::string(utf8(current))));
  }

  Runtime& runtime_;
  std::string out_;
};

}  // namespace

std::string pretty_printed(Runtime& runtime, const Value& value) {
  Printer printer(runtime);
  printer.print(in_order(runtime, value), 0, 0, 0);
  return printer.take();
}

}  // namespace sotto::engine::jinja
