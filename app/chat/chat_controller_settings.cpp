// Sampling, presets, and the small values that the window remembers.
#include <algorithm>

#include "chat/chat_controller_impl.h"
#include "presets/preset_repository.h"
#include "settings/settings_repository.h"
#include "storage/conversation_repository.h"

namespace sotto::app {

namespace {

// The preset that new chats take: a preset's id, or this for the model's own parameters.
const auto presetKey = QStringLiteral("chat/preset");
const auto modelsOwn = QStringLiteral("model");

const Preset* findPreset(const std::vector<Preset>& presets, PresetId id) {
  const auto found = std::find_if(presets.begin(), presets.end(), [id](const Preset& each) { return each.id == id; });
  return found == presets.end() ? nullptr : &*found;
}

}  // namespace

void ChatController::Impl::applyDefaults(ConversationSettings& settings) const {
  const QString last = values.value(presetKey);
  const auto& suggested = models.status().suggested;
  if (last == modelsOwn && suggested) {
    settings.preset = {};
    settings.params = engine::clamped(*suggested);
    return;
  }
  const Preset* preset = findPreset(presets, PresetId{last.toLongLong()});
  if (preset == nullptr && !presets.empty()) preset = &presets.front();
  if (preset == nullptr) return;
  settings.preset = preset->id;
  settings.params = preset->params;
}

void ChatController::Impl::changeSettings(const std::function<void(ConversationSettings&)>& change) {
  if (!current) return;
  ConversationSettings changed = current->tree.settings;
  change(changed);
  if (changed == current->tree.settings) return;
  current->tree.settings = std::move(changed);
  current->settingsChanged = true;
  if (!saveSoon.isActive()) saveSoon.start();
  if (current->tree.id.valid()) {
    open.insert(current->tree.id, current);
    replies.setParams(current->tree.id, current->tree.settings.params);
  }
  unsaved.insert(current);
  emit q.settingsChanged();
}

void ChatController::Impl::saveAllSettings() {
  for (auto each = unsaved.begin(); each != unsaved.end();) {
    const OpenConversationPtr conversation = *each;
    if (!conversation->tree.id.valid()) {  // stored with its first message, or never
      each = conversation == current || conversation->storing > 0 ? std::next(each) : unsaved.erase(each);
      continue;
    }
    conversation->settingsChanged = false;
    states.put(stateName("settings", conversation->tree.id),
               [id = conversation->tree.id, settings = conversation->tree.settings](Store& store) {
                 store.conversations().setSettings(id, settings);
               });
    each = unsaved.erase(each);
  }
}

void ChatController::Impl::changePresets(std::function<PresetId(PresetRepository&)> job,
                                         std::function<void(PresetId)> then) {
  using Changed = std::pair<PresetId, std::vector<Preset>>;
  storage.post(
      [job = std::move(job)](Store& store) {
        const PresetId id = job(store.presets());
        return Changed(id, store.presets().list());
      },
      &q,
      [this, then = std::move(then)](Result<Changed> changed) {
        if (!changed.ok()) {
          emit q.notice(changed.failure().sentence);
          return;
        }
        presets = std::move(changed->second);
        emit q.presetsChanged();
        if (then) then(changed->first);
      });
}

void ChatController::Impl::setValue(const QString& key, const QString& value) {
  const auto known = values.constFind(key);
  if (known != values.constEnd() && *known == value) return;
  values.insert(key, value);
  states.put(QStringLiteral("value ") + key, [key, value](Store& store) { store.settings().set(key, value); });
}

void ChatController::setSystemPrompt(const QString& text) {
  impl_->changeSettings([&](ConversationSettings& settings) { settings.systemPrompt = text; });
  impl_->updateContext();
}

void ChatController::setParams(const engine::SamplingParams& params) {
  impl_->changeSettings([&](ConversationSettings& settings) { settings.params = engine::clamped(params); });
}

void ChatController::setSeed(std::optional<quint64> seed) {
  impl_->changeSettings([&](ConversationSettings& settings) { settings.seed = seed; });
}

void ChatController::setMaxTokens(int maxTokens) {
  impl_->changeSettings([&](ConversationSettings& settings) { settings.maxTokens = std::max(maxTokens, 0); });
}

void ChatController::setThinking(std::optional<bool> thinking) {
  impl_->changeSettings([&](ConversationSettings& settings) { settings.thinking = thinking; });
}

void ChatController::choosePreset(PresetId id) {
  const Preset* preset = findPreset(impl_->presets, id);
  if (preset == nullptr) return;
  impl_->changeSettings([&](ConversationSettings& settings) {
    settings.preset = id;
    settings.params = preset->params;
  });
  impl_->setValue(presetKey, QString::number(id.value));
}

void ChatController::chooseModelsOwn() {
  const auto& suggested = impl_->models.status().suggested;
  if (!suggested) return;
  impl_->changeSettings([&](ConversationSettings& settings) {
    settings.preset = {};
    settings.params = engine::clamped(*suggested);
  });
  impl_->setValue(presetKey, modelsOwn);
}

void ChatController::saveAsPreset(const QString& name) {
  impl_->changePresets([name, params = settings().params](PresetRepository& all) { return all.add(name, params); },
                       [this](PresetId id) { choosePreset(id); });
}

void ChatController::updatePreset(PresetId id) {
  impl_->changePresets([id, params = settings().params](PresetRepository& all) {
    all.update(id, params);
    return id;
  });
}

void ChatController::renamePreset(PresetId id, const QString& name) {
  impl_->changePresets([id, name](PresetRepository& all) {
    all.rename(id, name);
    return id;
  });
}

void ChatController::duplicatePreset(PresetId id, const QString& name) {
  impl_->changePresets([id, name](PresetRepository& all) { return all.duplicate(id, name); });
}

void ChatController::deletePreset(PresetId id) {
  impl_->changePresets(
      [id](PresetRepository& all) {
        all.remove(id);
        return id;
      },
      [this](PresetId gone) {
        impl_->changeSettings([gone](ConversationSettings& settings) {
          if (settings.preset == gone) settings.preset = {};
        });
      });
}

void ChatController::resetPreset(PresetId id) {
  impl_->changePresets(
      [id](PresetRepository& all) {
        all.reset(id);
        return id;
      },
      [this](PresetId changed) {
        if (settings().preset == changed) choosePreset(changed);
      });
}

const ConversationSettings& ChatController::settings() const {
  static const ConversationSettings none;
  return impl_->current ? impl_->current->tree.settings : none;
}

const std::vector<Preset>& ChatController::presets() const { return impl_->presets; }

QString ChatController::setting(const QString& key, const QString& fallback) const {
  return impl_->values.value(key, fallback);
}

void ChatController::setSetting(const QString& key, const QString& value) { impl_->setValue(key, value); }

}  // namespace sotto::app
