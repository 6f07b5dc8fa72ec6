// What the inference worker needs of a model: the engine's session behind a face that other ways of generating (and the
// tests' slowed and failing ones) can wear too.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "inference/engine_event.h"
#include "sotto/engine/session.h"

namespace sotto::app {

// Thread guarantee: used by the engine thread only, destroyed there too.
class LoadedModel {
 public:
  LoadedModel() = default;
  LoadedModel(const LoadedModel&) = delete;
  LoadedModel& operator=(const LoadedModel&) = delete;
  virtual ~LoadedModel() = default;

  [[nodiscard]] virtual LoadedModelInfo info() const = 0;
  // As engine::Session::generate.
  virtual engine::GenerationResult generate(const engine::Request& request, const engine::LiveSampling& sampling,
                                            const engine::GenerationObserver& observer, std::stop_token stop) = 0;
  // As engine::Session::read_ahead; the answer is nobody's concern. Nothing, where a model cannot.
  virtual void readAhead(const engine::Request& request, std::stop_token stop) = 0;
  [[nodiscard]] virtual int countTokens(const engine::Request& request) const = 0;
  [[nodiscard]] virtual std::vector<engine::Token> encode(const std::string& text) const = 0;
  // The bytes of one token, perhaps part of a character.
  [[nodiscard]] virtual std::string piece(engine::Token token) const = 0;
  // Forgets what was evaluated, after a failure that may have left the state half written.
  virtual void reset() = 0;
};

// Loads `path` on the calling thread; null when stopped. Throws engine::Error.
using ModelLoader =
    std::function<std::unique_ptr<LoadedModel>(const QString& path, const engine::LoadOptions& options)>;

// The engine's: a Session with the default context, min(the model's, 8192).
[[nodiscard]] ModelLoader engineModelLoader(const engine::SessionOptions& options = {});

}  // namespace sotto::app
