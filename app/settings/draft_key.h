// The setting that keeps a conversation's unsent text from one start to the next.
#pragma once

#include <QString>

#include "domain/ids.h"

namespace sotto::app {

// Of conversation 0: a new chat's.
[[nodiscard]] inline QString draftKey(ConversationId id) { return QStringLiteral("ui/draft/%1").arg(id.value); }

}  // namespace sotto::app
