// One export beside everything else: conversations are read by the database thread one by one, and written on a thread
// of the export's own, so that neither the window nor a reply that is being stored waits for the disk it goes to.
//
//     auto* exporter = new Exporter(worker, this);
//     connect(exporter, &Exporter::finished, ...); connect(exporter, &Exporter::failed, ...);
//     exporter->exportAll(ExportFormat::markdown, folder);   // deletes itself when it has ended
//
// Thread guarantee: used on the StorageWorker's own thread. Destroying it waits for the file that is being written.
#pragma once

#include <QObject>
#include <QString>
#include <deque>
#include <memory>
#include <optional>
#include <thread>

#include "domain/ids.h"
#include "transfer/export_conversation.h"

namespace sotto::app {

class StorageWorker;

class Exporter : public QObject {
  Q_OBJECT

 public:
  explicit Exporter(StorageWorker& worker, QObject* parent = nullptr);
  ~Exporter() override;

  // As exportTree.
  void exportOne(ConversationId id, ExportFormat format, const QString& path, Overwrite overwrite);
  // All but the trash, into a folder, never over a file. Files written before a failure stay.
  void exportAll(ExportFormat format, const QString& folder);

 signals:
  void finished(const QString& path, int conversations);
  void failed(const QString& sentence);

 private:
  void readNext();
  void write(ConversationTree tree);
  Q_INVOKABLE void written();
  void end(const Result<ExportReport>& result);

  StorageWorker& worker_;
  ExportFormat format_ = ExportFormat::json;
  QString path_;
  Overwrite overwrite_ = Overwrite::no;
  bool all_ = false;
  std::deque<ConversationId> waiting_;
  ExportReport report_;

  // Of the writing thread while it runs.
  ExportContext context_;
  std::unique_ptr<TakenNames> taken_;
  std::optional<Result<ExportReport>> result_;
  std::thread thread_;
};

}  // namespace sotto::app
