// Blocks as text that a test can compare at a glance.
#pragma once

#include <QString>

#include "markdown/block.h"

// One line a block: containers, kind, text. [1.] begins an item, [1 ] goes on in it; ">" is a quote. Spans are
// {b|bold}, {i|italic}, {s|struck}, {c|code}, {l|text|address}; a line feed is shown as a backslash and an n.
[[nodiscard]] QString dump(const sotto::ui::markdown::Block& block);
[[nodiscard]] QString dump(const std::vector<sotto::ui::markdown::Block>& blocks);
