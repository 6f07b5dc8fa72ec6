#include "library/starter_models.h"

#include <QLocale>

namespace sotto::ui {

const std::array<StarterModel, 3>& starterModels() {
  // Sizes as their pages give them.
  static const std::array<StarterModel, 3> models{{
      {"Llama 3.2 1B Instruct", "Llama-3.2-1B-Instruct-Q4_K_M.gguf", 810'000'000,
       "https://huggingface.co/bartowski/Llama-3.2-1B-Instruct-GGUF"},
      {"TinyLlama 1.1B Chat", "tinyllama-1.1b-chat-v1.0.Q4_K_M.gguf", 670'000'000,
       "https://huggingface.co/TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF"},
      {"Llama 3.2 3B Instruct", "Llama-3.2-3B-Instruct-Q4_K_M.gguf", 2'020'000'000,
       "https://huggingface.co/bartowski/Llama-3.2-3B-Instruct-GGUF"},
  }};
  return models;
}

QString dataSize(quint64 bytes) {
  const int decimals = bytes < 1'000'000'000 ? 0 : 1;
  return QLocale().formattedDataSize(static_cast<qint64>(bytes), decimals, QLocale::DataSizeSIFormat);
}

}  // namespace sotto::ui
