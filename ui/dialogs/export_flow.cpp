#include "dialogs/export_flow.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QStandardPaths>
#include <algorithm>

#include "chat/chat_controller.h"
#include "dialogs/confirm_dialog.h"
#include "transfer/file_name.h"

namespace sotto::ui {

namespace {

constexpr char kFolderKey[] = "ui/export-folder";

QString filterFor(const QString& format) {
  if (format == QLatin1String("md")) return ExportFlow::tr("Markdown (*.md)");
  if (format == QLatin1String("txt")) return ExportFlow::tr("Plain text (*.txt)");
  return ExportFlow::tr("JSON (*.json)");
}

}  // namespace

ExportFlow::ExportFlow(app::ChatController* controller, QWidget* window)
    : QObject(window), controller_(controller), window_(window) {}

QString ExportFlow::folder() const {
  const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  return controller_->setting(QLatin1String(kFolderKey), documents.isEmpty() ? QDir::homePath() : documents);
}

void ExportFlow::rememberFolder(const QString& folder) { controller_->setSetting(QLatin1String(kFolderKey), folder); }

void ExportFlow::exportOne(app::ConversationId id, const QString& format) {
  if (!id.valid()) return;
  const auto& all = controller_->conversations();
  const auto found =
      std::find_if(all.begin(), all.end(), [id](const app::ConversationSummary& c) { return c.id == id; });
  const QString title = found != all.end() ? found->title : QString();

  auto* dialog = new QFileDialog(window_, tr("Export conversation"), folder(), filterFor(format));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setObjectName(QStringLiteral("Export conversation"));
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setFileMode(QFileDialog::AnyFile);
  dialog->setDefaultSuffix(format);
  // Some desktops' dialogs ask before the suffix is added, so we ask ourselves, about the real name.
  dialog->setOption(QFileDialog::DontConfirmOverwrite);
  dialog->selectFile(app::fileNameFor(title, format));
  connect(dialog, &QFileDialog::fileSelected, this, [this, id, format](const QString& chosen) {
    if (chosen.isEmpty()) return;
    QString path = chosen;
    if (QFileInfo(path).suffix().isEmpty()) path += QLatin1Char('.') + format;
    rememberFolder(QFileInfo(path).absolutePath());
    if (!QFileInfo::exists(path)) return write(id, format, path);
    auto* ask = new ConfirmDialog(tr("Replace this file?"),
                                  tr("“%1” exists already. Its content would be lost.").arg(QFileInfo(path).fileName()),
                                  tr("Replace"), window_);
    connect(ask, &QDialog::accepted, this, [this, id, format, path] { write(id, format, path); });
    ask->open();
  });
  dialog->open();
}

void ExportFlow::write(app::ConversationId id, const QString& format, const QString& path) {
  controller_->exportConversation(id, format, path);
}

void ExportFlow::exportAll(const QString& format) {
  auto* dialog = new QFileDialog(window_, tr("Export all conversations into a folder"), folder());
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setObjectName(QStringLiteral("Export all conversations"));
  dialog->setFileMode(QFileDialog::Directory);
  dialog->setOption(QFileDialog::ShowDirsOnly);
  connect(dialog, &QFileDialog::fileSelected, this, [this, format](const QString& chosen) {
    if (chosen.isEmpty()) return;
    rememberFolder(chosen);
    controller_->exportAll(format, chosen);
  });
  dialog->open();
}

}  // namespace sotto::ui
