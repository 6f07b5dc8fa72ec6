#include "sampling/preset_menu.h"

#include <QActionGroup>
#include <QCoreApplication>
#include <algorithm>

#include "chat/chat_controller.h"
#include "dialogs/name_dialog.h"
#include "theme/style.h"

namespace sotto::ui {

namespace {

const app::Preset* chosenPreset(const app::ChatController& controller) {
  const auto& presets = controller.presets();
  const auto found = std::find_if(presets.begin(), presets.end(), [&](const app::Preset& preset) {
    return preset.id.valid() && preset.id == controller.settings().preset;
  });
  return found != presets.end() ? &*found : nullptr;
}

bool isModelsOwn(const app::ChatController& controller) {
  const auto& suggested = controller.modelStatus().suggested;
  return !controller.settings().preset.valid() && suggested && *suggested == controller.settings().params;
}

}  // namespace

QString presetName(const app::Preset& preset) {
  if (!preset.builtIn) return preset.name;
  // Named here, so that the translation knows them.
  static const char* const names[] = {QT_TRANSLATE_NOOP("Presets", "Balanced"), QT_TRANSLATE_NOOP("Presets", "Precise"),
                                      QT_TRANSLATE_NOOP("Presets", "Creative"),
                                      QT_TRANSLATE_NOOP("Presets", "Deterministic")};
  for (const char* name : names) {
    if (preset.name == QLatin1String(name)) return QCoreApplication::translate("Presets", name);
  }
  return preset.name;
}

QString presetLabel(const app::ChatController& controller) {
  if (const app::Preset* preset = chosenPreset(controller)) {
    const QString name = withoutMnemonic(presetName(*preset));
    return preset->params == controller.settings().params ? name : PresetMenu::tr("%1 · modified").arg(name);
  }
  return isModelsOwn(controller) ? PresetMenu::tr("Model's own") : PresetMenu::tr("Custom");
}

PresetMenu::PresetMenu(app::ChatController* controller, QWidget* parent) : QMenu(parent), controller_(controller) {
  connect(this, &QMenu::aboutToShow, this, &PresetMenu::fill);
}

QString PresetMenu::freeName(const QString& wanted) const {
  const auto taken = [&](const QString& name) {
    const auto& presets = controller_->presets();
    return std::any_of(presets.begin(), presets.end(), [&](const app::Preset& preset) {
      return preset.name.compare(name, Qt::CaseInsensitive) == 0 ||
             presetName(preset).compare(name, Qt::CaseInsensitive) == 0;
    });
  };
  QString name = wanted;
  for (int i = 2; taken(name); ++i) name = QStringLiteral("%1 %2").arg(wanted).arg(i);
  return name;
}

void PresetMenu::askName(const QString& title, const QString& initial,
                         const std::function<void(const QString&)>& then) {
  auto* dialog = new NameDialog(title, tr("Preset name"), initial, parentWidget()->window());
  connect(dialog, &NameDialog::named, controller_, then);
  dialog->open();
}

void PresetMenu::fill() {
  clear();
  auto* group = new QActionGroup(this);
  for (const app::Preset& preset : controller_->presets()) {
    QAction* action =
        addAction(withoutMnemonic(presetName(preset)), this, [this, id = preset.id] { controller_->choosePreset(id); });
    action->setCheckable(true);
    action->setChecked(preset.id == controller_->settings().preset);
    group->addAction(action);
  }
  if (controller_->modelStatus().suggested) {
    QAction* action = addAction(tr("Model's own"), this, [this] { controller_->chooseModelsOwn(); });
    action->setCheckable(true);
    action->setChecked(isModelsOwn(*controller_));
    group->addAction(action);
  }

  addSeparator();
  const app::Preset* chosen = chosenPreset(*controller_);
  addAction(tr("Save as…"), this, [this] {
    askName(tr("Save these settings as a preset"), freeName(tr("My preset")),
            [this](const QString& name) { controller_->saveAsPreset(freeName(name)); });
  });
  if (chosen == nullptr) return;
  const app::PresetId id = chosen->id;
  const QString name = presetName(*chosen);
  const bool modified = !(chosen->params == controller_->settings().params);
  if (modified) {
    addAction(tr("Back to “%1”").arg(withoutMnemonic(name)), this, [this, id] { controller_->choosePreset(id); });
    addAction(tr("Update “%1”").arg(withoutMnemonic(name)), this, [this, id] { controller_->updatePreset(id); });
  }
  addAction(tr("Duplicate…"), this, [this, id, name] {
    askName(tr("Duplicate “%1”").arg(name), freeName(tr("%1 copy").arg(name)),
            [this, id](const QString& copy) { controller_->duplicatePreset(id, freeName(copy)); });
  });
  if (chosen->builtIn) {
    const auto& shipped = app::builtInPresets();
    const bool changed = std::none_of(shipped.begin(), shipped.end(), [&](const app::Preset& preset) {
      return preset.name == chosen->name && preset.params == chosen->params;
    });
    QAction* reset = addAction(tr("Reset to Sotto's values"), this, [this, id] { controller_->resetPreset(id); });
    reset->setEnabled(changed);
    return;
  }
  addAction(tr("Rename…"), this, [this, id, name] {
    askName(tr("Rename “%1”").arg(name), name, [this, id, name](const QString& renamed) {
      if (renamed != name) controller_->renamePreset(id, freeName(renamed));
    });
  });
  addAction(tr("Delete"), this, [this, id] { controller_->deletePreset(id); });
}

}  // namespace sotto::ui
