// A conversation as text to read: the active path only. Pure functions. Lone surrogates become U+FFFD.
#pragma once

#include <QByteArray>

#include "domain/conversation.h"
#include "transfer/conversation_json.h"

namespace sotto::app {

// YAML front matter (title, created, updated, model, system_prompt, exported_by, exported_at), then a heading a
// message; the messages' own Markdown stays as it is.
[[nodiscard]] QByteArray toMarkdown(const ConversationTree& tree, const ExportContext& context);

// Title, system prompt, then each message under its speaker's name.
[[nodiscard]] QByteArray toPlainText(const ConversationTree& tree, const ExportContext& context);

// `text` as a YAML double-quoted scalar on one line, readable by YAML 1.1 and 1.2.
[[nodiscard]] QString yamlQuoted(const QString& text);

}  // namespace sotto::app
