// Expected ends as values: what was asked for, or a failure with a sentence for the user.
#pragma once

#include <QString>
#include <utility>
#include <variant>

namespace sotto::app {

struct Failure {
  enum class Kind {
    other,
    missing,   // no such database, conversation, file
    invalid,   // what was asked for cannot be done: a name that is taken, a file that is not ours
    exists,    // a file is in the way
    damaged,   // the database or a file is not whole
    newer,     // written by a newer Sotto
    busy,      // another program holds the database
    diskFull,  // or a quota, or a limit on file size
    readOnly   // may not be written
  };
  Kind kind = Kind::other;
  QString sentence;  // for the user: what happened and what to do, never a conversation's text
  friend bool operator==(const Failure&, const Failure&) = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : content_(std::in_place_index<1>, std::move(failure)) {}

  [[nodiscard]] bool ok() const noexcept { return content_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  // Only when ok().
  [[nodiscard]] T& operator*() & { return std::get<0>(content_); }
  [[nodiscard]] const T& operator*() const& { return std::get<0>(content_); }
  [[nodiscard]] T&& operator*() && { return std::get<0>(std::move(content_)); }
  [[nodiscard]] T* operator->() { return &std::get<0>(content_); }
  [[nodiscard]] const T* operator->() const { return &std::get<0>(content_); }
  // Only when not ok().
  [[nodiscard]] const Failure& failure() const { return std::get<1>(content_); }

 private:
  std::variant<T, Failure> content_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure failure) : failure_(std::move(failure)), ok_(false) {}
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  explicit operator bool() const noexcept { return ok_; }
  [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
  Failure failure_;
  bool ok_ = true;
};

}  // namespace sotto::app
