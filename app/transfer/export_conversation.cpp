#include "transfer/export_conversation.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>

#include "presets/preset_repository.h"
#include "storage/conversation_repository.h"
#include "storage/storage_error.h"
#include "storage/store.h"
#include "transfer/conversation_text.h"

namespace sotto::app {
namespace {

QString say(const char* sentence) { return QCoreApplication::translate("Transfer", sentence); }

Failure notThere() { return {Failure::Kind::missing, say("There is no such conversation.")}; }

}  // namespace

std::optional<ExportFormat> exportFormatFromString(QStringView name) {
  for (const ExportFormat format : {ExportFormat::json, ExportFormat::markdown, ExportFormat::text}) {
    if (name == extensionOf(format)) return format;
  }
  return std::nullopt;
}

QString extensionOf(ExportFormat format) {
  switch (format) {
    case ExportFormat::json:
      return QStringLiteral("json");
    case ExportFormat::markdown:
      return QStringLiteral("md");
    case ExportFormat::text:
      return QStringLiteral("txt");
  }
  return {};
}

ExportContext exportContext(std::vector<Preset> presets) {
  return {QStringLiteral("Sotto " SOTTO_VERSION), QDateTime::currentDateTimeUtc(), std::move(presets)};
}

QByteArray renderConversation(const ConversationTree& tree, ExportFormat format, const ExportContext& context) {
  switch (format) {
    case ExportFormat::json:
      return toConversationJson(tree, context);
    case ExportFormat::markdown:
      return toMarkdown(tree, context);
    case ExportFormat::text:
      return toPlainText(tree, context);
  }
  return {};
}

Result<QString> exportInto(const QString& folder, TakenNames& taken, const ConversationTree& tree, ExportFormat format,
                           const ExportContext& context) {
  const QByteArray bytes = renderConversation(tree, format, context);
  for (;;) {
    const QString path = QDir(folder).filePath(taken.take(tree.title, extensionOf(format)));
    const Result<void> saved = saveFile(path, bytes, Overwrite::no);
    if (saved.ok()) return path;
    if (saved.failure().kind != Failure::Kind::exists) return saved.failure();
  }
}

Result<ExportReport> exportTree(const ConversationTree& tree, ExportFormat format, const ExportContext& context,
                                const QString& path, Overwrite overwrite) {
  if (QFileInfo(path).isDir()) {
    TakenNames taken(path);
    const Result<QString> file = exportInto(path, taken, tree, format, context);
    if (!file.ok()) return file.failure();
    return ExportReport{*file, 1};
  }
  const Result<void> saved = saveFile(path, renderConversation(tree, format, context), overwrite);
  if (!saved.ok()) return saved.failure();
  return ExportReport{path, 1};
}

Result<void> prepareExportFolder(const QString& folder) {
  const QFileInfo info(folder);
  if (info.isDir()) return {};
  if (info.exists()) return Failure{Failure::Kind::invalid, say("%1 is a file; choose a folder.").arg(folder)};
  if (QDir().mkdir(folder)) return {};
  return Failure{Failure::Kind::readOnly, say("The folder %1 cannot be made; choose another one.").arg(folder)};
}

Result<ExportReport> exportOneNow(Store& store, ConversationId id, ExportFormat format, const QString& path,
                                  Overwrite overwrite) {
  const auto loaded = attempt([&] { return store.conversations().load(id); });
  if (!loaded.ok()) return loaded.failure();
  if (!*loaded) return notThere();
  const auto presets = attempt([&] { return store.presets().list(); });
  if (!presets.ok()) return presets.failure();
  return exportTree(**loaded, format, exportContext(*presets), path, overwrite);
}

Result<ExportReport> exportAllNow(Store& store, ExportFormat format, const QString& folder) {
  if (const auto prepared = prepareExportFolder(folder); !prepared.ok()) return prepared.failure();
  const auto summaries = attempt([&] { return store.conversations().list(); });
  if (!summaries.ok()) return summaries.failure();
  const auto presets = attempt([&] { return store.presets().list(); });
  if (!presets.ok()) return presets.failure();
  const ExportContext context = exportContext(*presets);
  TakenNames taken(folder);
  ExportReport report{folder, 0};
  for (const ConversationSummary& summary : *summaries) {
    const auto loaded = attempt([&] { return store.conversations().load(summary.id); });
    if (!loaded.ok()) return loaded.failure();
    if (!*loaded) continue;
    const auto file = exportInto(folder, taken, **loaded, format, context);
    if (!file.ok()) return file.failure();
    ++report.conversations;
  }
  return report;
}

}  // namespace sotto::app
