#include "transfer/exporter.h"

#include <QCoreApplication>
#include <utility>

#include "presets/preset_repository.h"
#include "storage/conversation_repository.h"
#include "storage/storage_worker.h"

namespace sotto::app {
namespace {

struct Plan {
  std::vector<Preset> presets;
  std::vector<ConversationSummary> all;
};

}  // namespace

Exporter::Exporter(StorageWorker& worker, QObject* parent) : QObject(parent), worker_(worker) {}

Exporter::~Exporter() {
  if (thread_.joinable()) thread_.join();
}

void Exporter::exportOne(ConversationId id, ExportFormat format, const QString& path, Overwrite overwrite) {
  format_ = format;
  path_ = path;
  overwrite_ = overwrite;
  waiting_ = {id};
  worker_.post([](Store& store) { return store.presets().list(); }, this,
               [this](Result<std::vector<Preset>> presets) {
                 if (!presets.ok()) return end(presets.failure());
                 context_ = exportContext(std::move(*presets));
                 readNext();
               });
}

void Exporter::exportAll(ExportFormat format, const QString& folder) {
  all_ = true;
  format_ = format;
  path_ = folder;
  report_.path = folder;
  worker_.post(
      [](Store& store) {
        return Plan{store.presets().list(), store.conversations().list()};
      },
      this,
      [this](Result<Plan> plan) {
        if (!plan.ok()) return end(plan.failure());
        context_ = exportContext(std::move(plan->presets));
        for (const ConversationSummary& summary : plan->all) waiting_.push_back(summary.id);
        readNext();
      });
}

void Exporter::readNext() {
  if (waiting_.empty()) return end(report_);
  const ConversationId id = waiting_.front();
  waiting_.pop_front();
  worker_.post(
      [id](Store& store) { return store.conversations().load(id); }, this,
      [this](Result<std::optional<ConversationTree>> loaded) {
        if (!loaded.ok()) return end(loaded.failure());
        if (*loaded) return write(std::move(**loaded));
        if (all_) return readNext();  // deleted meanwhile
        end(Failure{Failure::Kind::missing, QCoreApplication::translate("Transfer", "There is no such conversation.")});
      });
}

void Exporter::write(ConversationTree tree) {
  thread_ = std::thread([this, tree = std::move(tree)] {
    result_.emplace(attempt([&]() -> ExportReport {
      if (!all_) {
        auto report = exportTree(tree, format_, context_, path_, overwrite_);
        if (!report.ok()) throw StorageError(report.failure());
        return *std::move(report);
      }
      if (!taken_) {
        if (const auto prepared = prepareExportFolder(path_); !prepared.ok()) throw StorageError(prepared.failure());
        taken_ = std::make_unique<TakenNames>(path_);
      }
      const auto file = exportInto(path_, *taken_, tree, format_, context_);
      if (!file.ok()) throw StorageError(file.failure());
      return {*file, 1};
    }));
    QMetaObject::invokeMethod(this, "written", Qt::QueuedConnection);
  });
}

void Exporter::written() {
  thread_.join();
  const Result<ExportReport> result = *std::exchange(result_, std::nullopt);
  if (!result.ok() || !all_) return end(result);
  ++report_.conversations;
  readNext();
}

void Exporter::end(const Result<ExportReport>& result) {
  if (result.ok()) {
    emit finished(result->path, result->conversations);
  } else {
    emit failed(result.failure().sentence);
  }
  deleteLater();
}

}  // namespace sotto::app

#include "moc_exporter.cpp"
