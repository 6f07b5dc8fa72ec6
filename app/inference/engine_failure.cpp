#include "inference/engine_failure.h"

#include <QCoreApplication>
#include <QLocale>
#include <new>

#include "sotto/engine/session.h"

namespace sotto::app {

// The engine's messages go without a full stop.
QString sentence(const QString& what) {
  QString text = what.trimmed();
  if (!text.isEmpty() && !QStringLiteral(".!?\u2026").contains(text.back())) text += QLatin1Char('.');
  return text;
}

namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(sotto::app::EngineFailure)
};

EngineFailure describe(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const engine::PromptTooLong& error) {
    const QLocale locale;
    return {Words::tr("The conversation is %1 tokens too long for the model's context of %2; shorten your message or "
                      "start a new chat.")
                .arg(locale.toString(error.by()), locale.toString(error.context())),
            error.code()};
  } catch (const engine::Error& error) {
    if (error.where() == "tokenizer.chat_template" && error.code() == engine::ErrorCode::format) {
      return {Words::tr("%1; Chat template in the model's menu changes it.").arg(QString::fromUtf8(error.what())),
              error.code()};
    }
    return {sentence(QString::fromUtf8(error.what())), error.code()};
  } catch (const std::bad_alloc&) {
    return {Words::tr("There is not enough memory; close other programs or open a smaller model."),
            engine::ErrorCode::memory};
  } catch (const std::exception& error) {
    return {Words::tr("The engine failed unexpectedly (%1); try again.").arg(QString::fromUtf8(error.what())), {}};
  } catch (...) {
    return {Words::tr("The engine failed unexpectedly; try again."), {}};
  }
}

}  // namespace

EngineFailure describeFailure(const std::exception_ptr& failure) noexcept {
  try {
    return describe(failure);
  } catch (...) {
    return {};  // no memory even for the sentence
  }
}

}  // namespace sotto::app
