// What the window shows of the model.
#pragma once

#include <QString>
#include <optional>

#include "sotto/engine/model.h"
#include "sotto/engine/sampling.h"

namespace sotto::app {

enum class ModelState {
  none,
  loading,
  ready,
  failed
};

struct ModelStatus {
  ModelState state = ModelState::none;
  QString path;
  QString name;  // for the chip: "Llama 3.2 1B Instruct"
  QString quantisation;
  quint64 fileBytes = 0;
  int contextLength = 0;                            // of the session, tokens
  engine::TemplateUse ownTemplate = {};             // the model's, or its family's
  engine::TemplateUse chatTemplate = {};            // in use: that, or what somebody wrote in its place
  double progress = 0;                              // while loading, 0 to 1
  QString error;                                    // failed: the user's sentence
  std::optional<engine::SamplingParams> suggested;  // "Model's own"

  // Without a template it goes on with the last message alone.
  [[nodiscard]] bool templated() const { return chatTemplate.origin != engine::TemplateUse::Origin::none; }
};

}  // namespace sotto::app
