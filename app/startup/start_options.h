// What Sotto was started with.
#pragma once

#include <QString>
#include <QStringList>
#include <optional>

namespace sotto::app {

struct StartOptions {
  QString dataDir;    // absolute
  QString modelFile;  // absolute; empty: the last one
  bool newChat = false;

  // For a process that runs already, and back again there. What is not understood is left out.
  [[nodiscard]] QStringList toArguments() const;
  [[nodiscard]] static StartOptions fromArguments(const QStringList& arguments);
  friend bool operator==(const StartOptions&, const StartOptions&) = default;
};

}  // namespace sotto::app
