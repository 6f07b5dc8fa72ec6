// Python's `form % values`: printf's forms.
#include <cmath>

#include "text/jinja/format_spec.h"
#include "text/jinja/python_text.h"

namespace sotto::engine::jinja {

namespace {

class Percent {
 public:
  Percent(Runtime& runtime, std::string_view form, const std::vector<Value>& values, const Dict* named)
      : runtime_(runtime), form_(form), values_(values), named_(named) {}

  std::string run() {
    while (!form_.empty()) {
      const std::size_t mark = std::min(form_.find('%'), form_.size());
      out_ += form_.substr(0, mark);
      form_.remove_prefix(mark);
      if (!form_.empty()) one();
    }
    // A list or a dictionary may be named from, and need not be.
    const bool named =
        named_ != nullptr || (values_.size() == 1 && values_[0].is_list() && !values_[0].as_list().tuple);
    if (next_ < values_.size() && !named) throw TemplateError{"not all arguments converted during string formatting"};
    return std::move(out_);
  }

 private:
  char front() const {
    if (form_.empty()) throw TemplateError{"incomplete format"};
    return form_[0];
  }

  const Value& take() {
    if (next_ >= values_.size()) throw TemplateError{"not enough arguments for format string"};
    return values_[next_++];
  }

  const Value* name() {
    if (front() != '(') return nullptr;
    const std::size_t end = form_.find(')');
    if (named_ == nullptr) throw TemplateError{"format requires a mapping"};
    if (end == std::string_view::npos) throw TemplateError{"incomplete format key"};
    runtime_.step(1 + named_->items.size() / 8);
    const Value* value = named_->find(form_.substr(1, end - 1));
    if (value == nullptr) throw TemplateError{to_repr(Value::string(std::string(form_.substr(1, end - 1))))};
    form_.remove_prefix(end + 1);
    return value;
  }

  // A width or a precision; `*`: the next value.
  std::int64_t number() {
    if (front() != '*') return take_number(form_);
    form_.remove_prefix(1);
    const Value& value = take();
    if (!value.is_whole()) throw TemplateError{"* wants int"};
    return value.whole();
  }

  void one() {
    form_.remove_prefix(1);
    if (front() == '%') {
      out_ += '%';
      form_.remove_prefix(1);
      return;
    }
    const Value* value = name();
    Form form;
    bool left = false;
    for (;; form_.remove_prefix(1)) {
      const char flag = front();
      if (flag == '-') {
        left = true;
      } else if (flag == '+' || (flag == ' ' && form.sign != '+')) {
        form.sign = flag;
      } else if (flag == '#') {
        form.alternate = true;
      } else if (flag == '0') {
        form.zeros = true;
      } else if (flag != ' ') {
        break;
      }
    }
    form.width = std::max<std::int64_t>(number(), INT32_MIN);
    if (form.width < -1) {
      left = true;
      form.width = -form.width;
    }
    if (left) {
      form.align = '<';
      form.zeros = false;
    }
    if (front() == '.') {
      form_.remove_prefix(1);
      form.precision = std::max<std::int64_t>(number(), 0);
    }
    if (front() == 'h' || front() == 'l' || front() == 'L') form_.remove_prefix(1);
    form.kind = front();
    form_.remove_prefix(1);
    const std::string part = laid(value != nullptr ? *value : take(), form);
    runtime_.step();
    runtime_.charge(part.size());
    out_ += part;
  }

  std::string laid(const Value& value, Form form) {
    switch (form.kind) {
      case 's':
        return text(to_text(value), form);
      case 'r':
        return text(to_repr(value), form);
      case 'a':
        return text(to_ascii(value), form);
      case 'c':
        form.precision = -1;
        if (value.is_string() && length(value.text()) == 1) return text(value.text(), form);
        if (!value.is_whole()) throw TemplateError{"%c requires int or char"};
        return text(character(value.whole()), form);
      case 'd':
      case 'i':
      case 'u':
        return decimal(value, form);
      case 'x':
      case 'X':
      case 'o':
        if (value.is_whole()) return whole_laid_out(runtime_, value.whole(), form, form.precision);
        wrong(value, "an integer", form.kind);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        if (value.is_number()) return real_laid_out(runtime_, value.number(), form);
        if (value.is_undefined()) throw TemplateError{value.why()};
        throw TemplateError{"must be real number, not " + std::string(type_name(value))};
      default:
        throw TemplateError{std::string("unsupported format character '") + form.kind + "'"};
    }
  }

  std::string text(const std::string& whole, Form form) {
    form.zeros = false;
    if (form.align == '\0') form.align = '>';
    return text_laid_out(runtime_, whole, form);
  }

  std::string decimal(const Value& value, Form form) {
    form.kind = 'd';
    if (value.is_whole()) return whole_laid_out(runtime_, value.whole(), form, form.precision);
    if (!value.is<double>()) wrong(value, "a real number", 'd');
    if (!(std::abs(value.number()) < 9.2e18)) throw TemplateError{"the number is too large"};
    return whole_laid_out(runtime_, static_cast<std::int64_t>(value.number()), form, form.precision);
  }

  [[noreturn]] static void wrong(const Value& value, const char* wanted, char kind) {
    if (value.is_undefined()) throw TemplateError{value.why()};
    throw TemplateError{std::string("%") + kind + " format: " + wanted + " is required, not " +
                        std::string(type_name(value))};
  }

  Runtime& runtime_;
  std::string_view form_;
  const std::vector<Value>& values_;
  const Dict* named_;
  std::string out_;
  std::size_t next_ = 0;
};

}  // namespace

std::string formatted(Runtime& runtime, const std::string& form, const std::vector<Value>& values, const Dict* named) {
  return Percent(runtime, form, values, named).run();
}

}  // namespace sotto::engine::jinja
