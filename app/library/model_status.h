// What the window shows of the model.
#pragma once

#include <QString>
#include <optional>

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
  bool templated = true;                            // as LoadedModelInfo::templated
  double progress = 0;                              // while loading, 0 to 1
  QString error;                                    // failed: the user's sentence
  std::optional<engine::SamplingParams> suggested;  // "Model's own"
};

}  // namespace sotto::app
