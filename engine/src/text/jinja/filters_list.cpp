#include <algorithm>

#include "text/jinja/filters.h"
#include "text/jinja/python_text.h"

namespace sotto::engine::jinja {

namespace {

// What sorting goes by: text without regard to case, unless it matters.
Value sort_key(Runtime& runtime, const Value& value, const Value& attribute_path, bool case_sensitive) {
  const auto folded = [&](const Value& v) {
    return v.is_string() && !case_sensitive ? runtime.text(with_letters(v.text(), Letters::lower)) : v;
  };
  if (attribute_path.is_none()) return folded(value);
  if (!attribute_path.is_string() || attribute_path.text().find(',') == std::string::npos)
    return folded(path(runtime, value, attribute_path));
  std::vector<Value> parts;
  for (const std::string& part : split(attribute_path.text(), ",", -1))
    parts.push_back(folded(path(runtime, value, Value::string(part))));
  return Value::list(std::move(parts));
}

Value sorted(Runtime& runtime, const Value& value, const Value& attribute_path, bool case_sensitive, bool reverse) {
  std::vector<std::pair<Value, Value>> keyed;
  for (const Value& item : elements(runtime, value))
    keyed.emplace_back(sort_key(runtime, item, attribute_path, case_sensitive), item);
  runtime.step(keyed.size());
  // Equal ones stay in their order, backwards too. TemplateError may leave the sort: nothing of it is used then.
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return reverse ? compare(b.first, a.first, "<") < 0 : compare(a.first, b.first, "<") < 0;
  });
  std::vector<Value> items;
  items.reserve(keyed.size());
  for (auto& [key, item] : keyed) items.push_back(std::move(item));
  return runtime.list(std::move(items));
}

Value sort(Runtime& runtime, const Value& value, Given& given) {
  const bool reverse = given.next_flag("reverse", false);
  const bool case_sensitive = given.next_flag("case_sensitive", false);
  return sorted(runtime, value, given.next("attribute", Value::none()), case_sensitive, reverse);
}

Value map(Runtime& runtime, const Value& value, Given& given) {
  Arguments all = given.rest();
  std::vector<Value> items;
  const auto named = [&](std::string_view name) -> const Value* {
    for (const auto& [key, argument] : all.named) {
      if (key == name) return &argument;
    }
    return nullptr;
  };
  if (const Value* by = named("attribute"); by != nullptr && all.positional.empty()) {
    const Value* otherwise = named("default");
    for (const Value& item : elements(runtime, value)) {
      Value part = path(runtime, item, *by);
      items.push_back(part.is_undefined() && otherwise != nullptr ? *otherwise : part);
    }
    return runtime.list(std::move(items));
  }
  if (all.positional.empty() || !all.positional[0].is_string()) throw TemplateError{"map requires a filter argument"};
  const std::string name = all.positional[0].text();
  all.positional.erase(all.positional.begin());
  for (const Value& item : elements(runtime, value)) items.push_back(apply_filter(runtime, name, item, all));
  return runtime.list(std::move(items));
}

// select, reject, selectattr and rejectattr.
template <bool keeps, bool of_attribute>
Value select(Runtime& runtime, const Value& value, Given& given) {
  Arguments all = given.rest();
  std::vector<Value> items;
  Value by;
  if (of_attribute) {
    if (all.positional.empty()) throw TemplateError{"missing 1 required positional argument: 'attr'"};
    by = all.positional[0];
    all.positional.erase(all.positional.begin());
  }
  std::string name;
  if (!all.positional.empty()) {
    name = to_text(all.positional[0]);
    all.positional.erase(all.positional.begin());
  }
  for (const Value& item : elements(runtime, value)) {
    runtime.step();
    const Value seen = of_attribute ? path(runtime, item, by) : item;
    if ((name.empty() ? truth(seen) : apply_test(runtime, name, seen, all)) == keeps) items.push_back(item);
  }
  return runtime.list(std::move(items));
}

Value joined(Runtime& runtime, const Value& value, Given& given) {
  const std::string between = given.next_text("d", "");
  const Value by = given.next("attribute", Value::none());
  std::string whole;
  bool first = true;
  for (const Value& item : elements(runtime, value)) {
    const std::string part = to_text(by.is_none() ? item : path(runtime, item, by));
    runtime.charge(part.size() + between.size());
    if (!first) whole += between;
    first = false;
    whole += part;
  }
  return Value::string(std::move(whole));
}

template <int sign>
Value extreme(Runtime& runtime, const Value& value, Given& given) {
  const bool case_sensitive = given.next_flag("case_sensitive", false);
  const Value by = given.next("attribute", Value::none());
  const std::vector<Value> items = elements(runtime, value);
  if (items.empty()) return Value::undefined("No aggregated item, sequence was empty.");
  const Value* best = items.data();
  for (const Value& item : items) {
    if (sign * compare(sort_key(runtime, item, by, case_sensitive), sort_key(runtime, *best, by, case_sensitive),
                       sign > 0 ? ">" : "<") >
        0)
      best = &item;
  }
  return *best;
}

Value unique(Runtime& runtime, const Value& value, Given& given) {
  const bool case_sensitive = given.next_flag("case_sensitive", false);
  const Value by = given.next("attribute", Value::none());
  std::vector<Value> keys;
  std::vector<Value> items;
  for (const Value& item : elements(runtime, value)) {
    Value key = sort_key(runtime, item, by, case_sensitive);
    runtime.step(1 + keys.size() / 8);
    if (std::any_of(keys.begin(), keys.end(), [&](const Value& known) { return equal(known, key); })) continue;
    keys.push_back(std::move(key));
    items.push_back(item);
  }
  return runtime.list(std::move(items));
}

Value sum(Runtime& runtime, const Value& value, Given& given) {
  const Value by = given.next("attribute", Value::none());
  Value total = given.next("start", Value::integer(0));
  for (const Value& item : elements(runtime, value))
    total = binary(runtime, "+", total, by.is_none() ? item : path(runtime, item, by));
  return total;
}

Value batch(Runtime& runtime, const Value& value, Given& given) {
  const std::int64_t count = given.next_whole("linecount", 1);
  const Value fill = given.next("fill_with", Value::none());
  if (count < 1) throw TemplateError{"batch needs a positive number"};
  std::vector<Value> lines;
  std::vector<Value> line;
  for (const Value& item : elements(runtime, value)) {
    line.push_back(item);
    if (static_cast<std::int64_t>(line.size()) == count) lines.push_back(runtime.list(std::exchange(line, {})));
  }
  if (!line.empty()) {
    if (!fill.is_none()) {
      runtime.charge(static_cast<std::size_t>(std::min<std::int64_t>(count, 1 << 28)) * sizeof(Value));
      line.resize(static_cast<std::size_t>(count), fill);
    }
    lines.push_back(runtime.list(std::move(line)));
  }
  return runtime.list(std::move(lines));
}

Value sliced(Runtime& runtime, const Value& value, Given& given) {
  const std::int64_t slices = given.next_whole("slices", 1);
  const Value fill = given.next("fill_with", Value::none());
  if (slices < 1) throw TemplateError{"slice needs a positive number"};
  const std::vector<Value> items = elements(runtime, value);
  runtime.charge(static_cast<std::size_t>(std::min<std::int64_t>(slices, 1 << 28)) * sizeof(Value));
  const auto count = static_cast<std::int64_t>(items.size());
  std::vector<Value> all;
  std::int64_t at = 0;
  for (std::int64_t i = 0; i < slices; ++i) {
    const bool longer = i < count % slices;
    const std::int64_t size = count / slices + (longer ? 1 : 0);
    std::vector<Value> part(items.begin() + at, items.begin() + at + size);
    at += size;
    if (!fill.is_none() && !longer && i >= count % slices && count % slices != 0) part.push_back(fill);
    all.push_back(runtime.list(std::move(part)));
  }
  return runtime.list(std::move(all));
}

Value grouped(Runtime& runtime, const Value& value, Given& given) {
  const Value by = given.need("attribute");
  const Value otherwise = given.next("default", Value());
  const bool case_sensitive = given.next_flag("case_sensitive", false);
  const Value in_order = sorted(runtime, value, by, case_sensitive, false);
  std::vector<Value> groups;
  std::vector<Value> members;
  Value key;
  const auto put = [&] {
    if (!members.empty()) groups.push_back(runtime.list({path(runtime, members[0], by), runtime.list(members)}, true));
    members.clear();
  };
  for (const Value& item : in_order.items()) {
    Value next = sort_key(runtime, item, by, case_sensitive);
    if (next.is_undefined()) next = otherwise;
    if (!members.empty() && !equal(next, key)) put();
    key = next;
    members.push_back(item);
  }
  put();
  return runtime.list(std::move(groups));
}

Value dict_sorted(Runtime& runtime, const Value& value, Given& given) {
  const bool case_sensitive = given.next_flag("case_sensitive", false);
  const std::string by = given.next_text("by", "key");
  const bool reverse = given.next_flag("reverse", false);
  if (by != "key" && by != "value") throw TemplateError{"You can only sort by either \"key\" or \"value\""};
  return sorted(runtime, call_method(runtime, value, "items", {}), Value::integer(by == "key" ? 0 : 1), case_sensitive,
                reverse);
}

}  // namespace

Value path(Runtime& runtime, const Value& of, const Value& attribute_path) {
  if (!attribute_path.is_string()) return item(runtime, of, attribute_path);
  Value value = of;
  for (const std::string& part : split(attribute_path.text(), ".", -1)) {
    const bool number = !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == std::string::npos;
    value = item(runtime, value, number ? Value::integer(std::stoi(part)) : Value::string(part));
  }
  return value;
}

const std::map<std::string_view, Filter>& list_filters() {
  static const std::map<std::string_view, Filter> table = {
      {"attr", [](Runtime& r, const Value& v, Given& g) { return attribute(r, v, to_text(g.need("name"))); }},
      {"batch", batch},
      {"default",
       [](Runtime&, const Value& v, Given& g) {
         const Value other = g.next("default_value", Value::string(""));
         const bool if_false = g.next_flag("boolean", false);
         return v.is_undefined() || (if_false && !truth(v)) ? other : v;
       }},
      {"dictsort", dict_sorted},
      {"first",
       [](Runtime& r, const Value& v, Given&) {
         const std::vector<Value> all = elements(r, v);
         return all.empty() ? Value::undefined("No first item, sequence was empty.") : all.front();
       }},
      {"groupby", grouped},
      {"items",
       [](Runtime& r, const Value& v, Given&) {
         if (v.is_undefined()) return r.list({});
         if (!v.is_dict() || v.as_dict().open || v.as_dict().loop)
           throw TemplateError{"Can only get item pairs from a mapping."};
         return call_method(r, v, "items", {});
       }},
      {"join", joined},
      {"last",
       [](Runtime& r, const Value& v, Given&) {
         const std::vector<Value> all = elements(r, v);
         return all.empty() ? Value::undefined("No last item, sequence was empty.") : all.back();
       }},
      {"length",
       [](Runtime& r, const Value& v, Given&) {
         r.walk(v);
         return Value::integer(length_of(v));
       }},
      {"list", [](Runtime& r, const Value& v, Given&) { return Value::list(elements(r, v)); }},
      {"map", map},
      {"max", extreme<1>},
      {"min", extreme<-1>},
      {"reject", select<false, false>},
      {"rejectattr", select<false, true>},
      {"select", select<true, false>},
      {"selectattr", select<true, true>},
      {"reverse",
       [](Runtime& r, const Value& v, Given&) {
         if (v.is_string()) {
           std::u32string points = code_points(v.text());
           std::reverse(points.begin(), points.end());
           return r.text(utf8(points));
         }
         std::vector<Value> all = elements(r, v);
         std::reverse(all.begin(), all.end());
         return Value::list(std::move(all));
       }},
      {"slice", sliced},
      {"sort", sort},
      {"sum", sum},
      {"unique", unique}};
  return table;
}

namespace {

std::string_view long_name(std::string_view name) {
  if (name == "count") return "length";
  if (name == "d") return "default";
  if (name == "e" || name == "forceescape") return "escape";
  return name;
}

Filter find_filter(std::string_view name) {
  name = long_name(name);
  for (const auto* table : {&text_filters(), &list_filters(), &layout_filters()}) {
    if (const auto found = table->find(name); found != table->end()) return found->second;
  }
  return nullptr;
}

}  // namespace

bool has_filter(std::string_view name) { return find_filter(name) != nullptr; }

Value apply_filter(Runtime& runtime, const std::string& name, const Value& value, Arguments arguments) {
  const Filter filter = find_filter(name);
  if (filter == nullptr) throw TemplateError{"No filter named '" + name + "'."};
  runtime.step();
  if (value.is_string()) runtime.walk(value);
  Given given(name, std::move(arguments));
  Value result = filter(runtime, value, given);
  static constexpr std::string_view takes_any[] = {"format", "map", "select", "reject", "selectattr", "rejectattr"};
  if (std::find(std::begin(takes_any), std::end(takes_any), name) == std::end(takes_any)) given.done();
  return result;
}

}  // namespace sotto::engine::jinja
