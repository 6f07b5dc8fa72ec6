// Text that md4c hands over undecoded: entities, and attributes such as a link's address.
#pragma once

#include <md4c.h>

#include <QString>

namespace sotto::ui::markdown {

// The one character (or few) that an entity such as "&amp;" stands for; the entity itself when it is none.
[[nodiscard]] QString decoded(const QString& entity);

[[nodiscard]] QString attribute(const MD_ATTRIBUTE& value);

}  // namespace sotto::ui::markdown
