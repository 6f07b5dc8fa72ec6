// What Sotto was started with.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

namespace sotto::app {

struct StartOptions {
  QString dataDir;  // absolute
  static constexpr char starter[] = "starter";
  QString modelFile;  // absolute, or `starter` for the model that comes with Sotto; empty: the last one
  bool newChat = false;

  // For a process that runs already, and back again there. What is not understood is left out.
  [[nodiscard]] QStringList toArguments() const;
  [[nodiscard]] static StartOptions fromArguments(const QStringList& arguments);
  friend bool operator==(const StartOptions&, const StartOptions&) = default;
};

}  // namespace sotto::app
