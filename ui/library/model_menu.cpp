#include "library/model_menu.h"

#include <QFileInfo>
#include <QKeySequence>
#include <utility>

#include "chat/chat_controller.h"
#include "library/starter_models.h"
#include "theme/style.h"

namespace sotto::ui {

QString modelFileName(const QString& path) {
  const QString name = QFileInfo(path).fileName();
  return name.endsWith(QStringLiteral(".gguf"), Qt::CaseInsensitive) ? name.chopped(5) : name;
}

namespace {

// Which chat template is used.
QString templateEntry(const app::ModelStatus& model) {
  using Origin = engine::TemplateUse::Origin;
  const QString name = withoutMnemonic(QString::fromStdString(model.chatTemplate.name));
  switch (model.chatTemplate.origin) {
    case Origin::own:
      return model.chatTemplate.name == "its own" ? ModelMenu::tr("Chat template: the model's own…")
                                                  : ModelMenu::tr("Chat template: %1…").arg(name);
    case Origin::family:
      return ModelMenu::tr("Chat template: %1, by the model's name…").arg(name);
    case Origin::given:
      return ModelMenu::tr("Chat template: yours…");
    case Origin::none:
      break;
  }
  return ModelMenu::tr("Chat template: none…");
}

}  // namespace

ModelMenu::ModelMenu(app::ChatController* controller, QWidget* parent) : QMenu(parent), controller_(controller) {
  setToolTipsVisible(true);
  connect(this, &QMenu::aboutToShow, this, &ModelMenu::fill);
}

void ModelMenu::fill() {
  clear();
  const app::ModelStatus& model = controller_->modelStatus();
  addAction(tr("Open model…") + QLatin1Char('\t') + QKeySequence(QKeySequence::Open).toString(QKeySequence::NativeText),
            this, &ModelMenu::openRequested);
  if (model.state == app::ModelState::loading) {
    addAction(tr("Cancel loading"), controller_, &app::ChatController::cancelLoading);
  }
  if (model.state == app::ModelState::ready) addAction(templateEntry(model), this, &ModelMenu::templateRequested);
  const QString builtIn = controller_->starterModel();
  QStringList recent = controller_->recentModels();
  if (!builtIn.isEmpty() && !recent.contains(builtIn)) recent << builtIn;
  if (!recent.isEmpty()) {
    addSection(tr("Recent"));
    for (const QString& path : std::as_const(recent)) {
      const QString name = path == builtIn ? tr("Starter model · built in") : withoutMnemonic(modelFileName(path));
      QAction* action = addAction(name, this, [this, path] { emit chosen(path); });
      action->setToolTip(path);
      action->setCheckable(true);
      action->setChecked(path == model.path && model.state == app::ModelState::ready);
    }
  }
  addSeparator();
  QMenu* starters = addMenu(tr("Small models to start with"));
  for (const StarterModel& starter : starterModels()) {
    starters->addAction(QStringLiteral("%1 · %2\t").arg(QLatin1String(starter.name), dataSize(starter.bytes)), this,
                        [this, address = QString::fromLatin1(starter.address)] { emit pageRequested(address); });
  }
}

}  // namespace sotto::ui
