// Export of conversations to files. These functions block on the disk; Exporter (exporter.h) is for the GUI's thread.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringView>
#include <optional>
#include <vector>

#include "domain/conversation.h"
#include "domain/result.h"
#include "transfer/conversation_json.h"
#include "transfer/file_name.h"
#include "transfer/save_file.h"

namespace sotto::app {

class Store;

enum class ExportFormat {
  json,
  markdown,
  text
};

[[nodiscard]] std::optional<ExportFormat> exportFormatFromString(QStringView name);  // "json", "md", "txt"
[[nodiscard]] QString extensionOf(ExportFormat format);                              // likewise

struct ExportReport {
  QString path;  // the file; for several conversations their folder
  int conversations = 0;
};

// What every export says of itself: Sotto's version, the time, the presets' names.
[[nodiscard]] ExportContext exportContext(std::vector<Preset> presets);

[[nodiscard]] QByteArray renderConversation(const ConversationTree& tree, ExportFormat format,
                                            const ExportContext& context);

// Writes one conversation. `path` is a file, or a folder that is there: then the file gets the conversation's title,
// and never replaces another.
[[nodiscard]] Result<ExportReport> exportTree(const ConversationTree& tree, ExportFormat format,
                                              const ExportContext& context, const QString& path, Overwrite overwrite);

// Writes a conversation into a folder under the first free name. Returns the file's path.
[[nodiscard]] Result<QString> exportInto(const QString& folder, TakenNames& taken, const ConversationTree& tree,
                                         ExportFormat format, const ExportContext& context);

// Makes the folder (not its parents) where it is missing.
[[nodiscard]] Result<void> prepareExportFolder(const QString& folder);

// For the command line: all at once, on this thread.
[[nodiscard]] Result<ExportReport> exportOneNow(Store& store, ConversationId id, ExportFormat format,
                                                const QString& path, Overwrite overwrite);
[[nodiscard]] Result<ExportReport> exportAllNow(Store& store, ExportFormat format, const QString& folder);

}  // namespace sotto::app
