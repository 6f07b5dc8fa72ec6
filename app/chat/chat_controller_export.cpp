// Export of conversations, beside everything else.
#include "chat/chat_controller_impl.h"
#include "transfer/exporter.h"

namespace sotto::app {
namespace {

QString unknownFormat() {
  return ChatController::tr("Sotto does not know this export format; choose json, md or txt.");
}

}  // namespace

// One that tells how it went and is gone then.
Exporter* ChatController::Impl::newExporter() {
  replies.flush();  // what is being written is exported as far as it goes
  auto* exporter = new Exporter(storage, &q);
  QObject::connect(exporter, &Exporter::finished, &q, &ChatController::exported);
  QObject::connect(exporter, &Exporter::failed, &q, &ChatController::exportFailed);
  return exporter;
}

void ChatController::exportConversation(ConversationId id, const QString& format, const QString& path) {
  const auto known = exportFormatFromString(format);
  if (!known) return emit exportFailed(unknownFormat());
  impl_->newExporter()->exportOne(id, *known, path, Overwrite::yes);
}

void ChatController::exportAll(const QString& format, const QString& folder) {
  const auto known = exportFormatFromString(format);
  if (!known) return emit exportFailed(unknownFormat());
  impl_->newExporter()->exportAll(*known, folder);
}

}  // namespace sotto::app
