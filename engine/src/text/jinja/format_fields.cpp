// Python's str.format().
#include <algorithm>

#include "text/jinja/format_spec.h"
#include "text/jinja/python_text.h"

namespace sotto::engine::jinja {

namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

class Fields {
 public:
  Fields(Runtime& runtime, const Arguments& given) : runtime_(runtime), given_(given) {}

  // `levels`: of fields within the specification of another.
  std::string run(std::string_view form, int levels) {
    if (levels < 0) throw TemplateError{"Max string recursion exceeded"};
    std::string out;
    while (!form.empty()) {
      const std::size_t mark = std::min(form.find_first_of("{}"), form.size());
      out += form.substr(0, mark);
      form.remove_prefix(mark);
      if (form.empty()) break;
      const char c = form[0];
      if (form.size() > 1 && form[1] == c) {
        out += c;
        form.remove_prefix(2);
        continue;
      }
      if (c == '}' || form.size() == 1)
        throw TemplateError{std::string("Single '") + c + "' encountered in format string"};
      const std::size_t end = closing(form);
      const std::string part = field(form.substr(1, end - 1), levels);
      runtime_.charge(part.size());
      out += part;
      form.remove_prefix(end + 1);
    }
    return out;
  }

 private:
  // Where the brace that `form` begins with closes.
  static std::size_t closing(std::string_view form) {
    int open = 0;
    for (std::size_t at = 0; at < form.size(); ++at) {
      if (form[at] == '{') ++open;
      if (form[at] == '}' && --open == 0) return at;
    }
    throw TemplateError{"expected '}' before end of string"};
  }

  std::string field(std::string_view inside, int levels) {
    std::size_t end = 0;
    bool bracket = false;  // what is in [brackets] may hold ! and :
    for (; end < inside.size() && (bracket || (inside[end] != '!' && inside[end] != ':')); ++end) {
      if (inside[end] == '{') throw TemplateError{"unexpected '{' in field name"};
      if (inside[end] == '[') bracket = true;
      if (inside[end] == ']') bracket = false;
    }
    Value value = named(inside.substr(0, end));
    inside.remove_prefix(end);
    if (inside.starts_with('!')) {
      if (inside.size() < 2) throw TemplateError{"end of string while looking for conversion specifier"};
      const char conversion = inside[1];
      inside.remove_prefix(2);
      if (!inside.empty() && inside[0] != ':') throw TemplateError{"expected ':' after conversion specifier"};
      value = converted(value, conversion);
    }
    const std::string spec = inside.empty() ? std::string() : run(inside.substr(1), levels - 1);
    return laid_out(runtime_, value, spec);
  }

  static Value converted(const Value& value, char conversion) {
    if (conversion == 'r') return Value::string(to_repr(value));
    if (conversion == 's') return Value::string(to_text(value));
    if (conversion == 'a') return Value::string(to_ascii(value));
    throw TemplateError{std::string("Unknown conversion specifier ") + conversion};
  }

  // "0.name[key]" and the like.
  Value named(std::string_view name) {
    if (name.empty()) {
      if (manual_) throw TemplateError{"cannot switch from manual field specification to automatic field numbering"};
      return positional(static_cast<std::int64_t>(automatic_++));
    }
    if (is_number(name)) {
      if (automatic_ > 0)
        throw TemplateError{"cannot switch from manual field specification to automatic field numbering"};
      manual_ = true;
    }
    const std::size_t end = std::min(name.find_first_of(".["), name.size());
    Value value = first(name.substr(0, end));
    name.remove_prefix(end);
    while (!name.empty()) {
      if (name[0] == '.') {
        const std::size_t stop = std::min(name.find_first_of(".[", 1), name.size());
        if (stop == 1) throw TemplateError{"Empty attribute in format string"};
        value = attribute(runtime_, value, std::string(name.substr(1, stop - 1)));
        name.remove_prefix(stop);
        continue;
      }
      const std::size_t stop = name[0] == '[' ? name.find(']') : 0;
      if (stop == std::string_view::npos) throw TemplateError{"Missing ']' in format string"};
      if (stop == 0) throw TemplateError{"Only '.' or '[' may follow ']' in format field specifier"};
      if (stop == 1) throw TemplateError{"Empty attribute in format string"};
      std::string_view key = name.substr(1, stop - 1);
      name.remove_prefix(stop + 1);
      value =
          item(runtime_, value, is_number(key) ? Value::integer(take_number(key)) : Value::string(std::string(key)));
    }
    return value;
  }

  Value first(std::string_view name) {
    if (is_number(name)) return positional(take_number(name));
    runtime_.step(1 + given_.named.size() / 8);
    for (const auto& [known, value] : given_.named) {
      if (known == name) return value;
    }
    throw TemplateError{to_repr(Value::string(std::string(name)))};
  }

  [[nodiscard]] Value positional(std::int64_t at) const {
    if (at < static_cast<std::int64_t>(given_.positional.size()))
      return given_.positional[static_cast<std::size_t>(at)];
    throw TemplateError{"tuple index out of range"};
  }

  Runtime& runtime_;
  const Arguments& given_;
  std::size_t automatic_ = 0;
  bool manual_ = false;
};

}  // namespace

std::string with_fields(Runtime& runtime, const std::string& form, const Arguments& given) {
  return Fields(runtime, given).run(form, 2);
}

}  // namespace sotto::engine::jinja
