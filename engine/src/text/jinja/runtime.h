// What a running template may use, and what filters, tests and functions need of it.
#pragma once

#include <cstddef>
#include <ctime>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "text/jinja/value.h"

namespace sotto::engine::jinja {

struct Limits {
  std::size_t steps = 10'000'000;         // nodes that are computed, and 64-byte pieces of text that are gone through
  std::size_t bytes = 256 * 1024 * 1024;  // of all texts and lists that are made, and of one that str() writes
  std::size_t compared = 4'000'000'000;   // bytes that comparisons go through
  int depth = 600;                        // nodes, macros and loops within one another
  std::stop_token stop = {};              // looked at in every step
};

class Runtime {
 public:
  Runtime(Limits limits, std::time_t now) : limits_(std::move(limits)), now_(now) {}
  virtual ~Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Both throw TemplateError where a limit is reached.
  void step(std::size_t count = 1);
  void walk(const Value& value);  // steps for going through a text, a list or a dictionary
  void charge(std::size_t bytes);
  [[nodiscard]] std::size_t bytes_left() const { return limits_.bytes - used_; }
  [[nodiscard]] std::time_t now() const { return now_; }

  // A text or list that the template made; counted.
  [[nodiscard]] Value text(std::string text);
  [[nodiscard]] Value list(std::vector<Value> items, bool tuple = false);
  [[nodiscard]] Value range(std::vector<Value> items, Span span);
  // Lives to the end of the rendering, as namespaces may hold one another.
  [[nodiscard]] virtual std::shared_ptr<Dict> new_namespace() = 0;
  Value call(const Value& callee, Arguments arguments);

 protected:
  [[nodiscard]] const Limits& limits() const { return limits_; }

 private:
  Limits limits_;
  std::time_t now_;
  std::size_t steps_ = 0;
  std::size_t used_ = 0;
};

// An integer, or what Python takes for one.
[[nodiscard]] std::int64_t whole_of(const Value& value);

// Arguments by place or by name, each taken once.
class Given {
 public:
  Given(std::string_view function, Arguments arguments) : function_(function), arguments_(std::move(arguments)) {}

  // Null: not given.
  [[nodiscard]] const Value* next(std::string_view name);
  [[nodiscard]] Value next(std::string_view name, const Value& otherwise);
  [[nodiscard]] Value need(std::string_view name);
  [[nodiscard]] std::string next_text(std::string_view name, std::string otherwise);
  [[nodiscard]] std::int64_t need_whole(std::string_view name);
  [[nodiscard]] std::int64_t next_whole(std::string_view name, std::int64_t otherwise);
  [[nodiscard]] bool next_flag(std::string_view name, bool otherwise);
  void done() const;  // throws where there are more
  [[nodiscard]] Arguments rest();

 private:
  std::string function_;
  Arguments arguments_;
  std::size_t at_ = 0;
  std::size_t named_ = 0;
};

// --- operators ---------------------------------------------------------------------------------------------------

[[nodiscard]] Value binary(Runtime& runtime, std::string_view sign, const Value& left, const Value& right);
[[nodiscard]] Value negative(const Value& value);
[[nodiscard]] bool contains(Runtime& runtime, const Value& container, const Value& item);
// What `for` goes over; throws where there is nothing to go over.
[[nodiscard]] std::vector<Value> elements(Runtime& runtime, const Value& value);
[[nodiscard]] std::int64_t length_of(const Value& value);
[[nodiscard]] Value attribute(Runtime& runtime, const Value& of, const std::string& name);
[[nodiscard]] Value item(Runtime& runtime, const Value& of, const Value& key);
// Python's of[begin:end:step]; none: left out.
[[nodiscard]] Value slice(Runtime& runtime, const Value& of, const Value& begin, const Value& end, const Value& step);
// form % values.
[[nodiscard]] std::string formatted(Runtime& runtime, const std::string& form, const std::vector<Value>& values,
                                    const Dict* named);
// form.format(...).
[[nodiscard]] std::string with_fields(Runtime& runtime, const std::string& form, const Arguments& given);

// --- what has a name ---------------------------------------------------------------------------------------------

[[nodiscard]] bool has_method(const Value& of, std::string_view name);
[[nodiscard]] Value call_method(Runtime& runtime, const Value& of, const std::string& name, Arguments arguments);
[[nodiscard]] bool has_filter(std::string_view name);
[[nodiscard]] Value apply_filter(Runtime& runtime, const std::string& name, const Value& value, Arguments arguments);
[[nodiscard]] bool has_test(std::string_view name);
[[nodiscard]] bool apply_test(Runtime& runtime, const std::string& name, const Value& value, Arguments arguments);
[[nodiscard]] Value global(std::string_view name);  // range, namespace, raise_exception, ...

}  // namespace sotto::engine::jinja
