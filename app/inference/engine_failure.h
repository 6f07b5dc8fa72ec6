// From an exception of the engine to what the user reads.
#pragma once

#include <QString>
#include <exception>
#include <optional>

#include "sotto/engine/error.h"

namespace sotto::app {

struct EngineFailure {
  QString sentence;                       // what happened and what to do
  std::optional<engine::ErrorCode> code;  // of an engine::Error
};

// With a full stop.
[[nodiscard]] QString sentence(const QString& what);

// Never throws.
[[nodiscard]] EngineFailure describeFailure(const std::exception_ptr& failure) noexcept;

}  // namespace sotto::app
