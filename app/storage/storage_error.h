// Failures of the storage on their way out: thrown within the database thread, a Failure outside of it.
#pragma once

#include <QString>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "domain/result.h"

namespace sotto::app {

// Thrown by repositories. Never crosses a thread: `attempt` makes a value of it.
class StorageError : public std::runtime_error {
 public:
  explicit StorageError(Failure failure);
  StorageError(Failure::Kind kind, const QString& sentence) : StorageError(Failure{kind, sentence}) {}
  [[nodiscard]] const Failure& failure() const noexcept { return failure_; }

 private:
  Failure failure_;
};

// The exception being handled, as a Failure (SQLite's result codes become sentences). Logs the code and nothing of the
// message, which could hold words of a conversation. To be called in a catch block.
[[nodiscard]] Failure currentFailure() noexcept;

// Calls `job` and returns its value, or a Failure for whatever it throws.
template <class Job, class... Args>
[[nodiscard]] auto attempt(Job&& job, Args&&... args) noexcept -> Result<std::invoke_result_t<Job, Args...>> {
  using T = std::invoke_result_t<Job, Args...>;
  try {
    if constexpr (std::is_void_v<T>) {
      std::forward<Job>(job)(std::forward<Args>(args)...);
      return Result<void>();
    } else {
      return Result<T>(std::forward<Job>(job)(std::forward<Args>(args)...));
    }
  } catch (...) {
    return currentFailure();
  }
}

}  // namespace sotto::app
