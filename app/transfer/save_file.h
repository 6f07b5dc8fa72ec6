// Files written whole or not at all. Blocks on the disk: not for the GUI's thread.
#pragma once

#include <QByteArray>
#include <QString>

#include "domain/result.h"

namespace sotto::app {

enum class Overwrite {
  no,
  yes  // the user has been asked
};

// Writes beside the file and puts it in place when everything is on the disk; whatever goes wrong, a file that was
// there before stays as it was. Failures: exists (Overwrite::no only), missing (the folder), diskFull, readOnly,
// invalid.
[[nodiscard]] Result<void> saveFile(const QString& path, const QByteArray& bytes, Overwrite overwrite);

}  // namespace sotto::app
