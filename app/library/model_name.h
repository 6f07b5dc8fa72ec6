// What a model is called in the window, in the list of conversations and in exports.
#pragma once

#include <QString>

namespace sotto::app {

// The name that the file gives itself (general.name), unless it tells no model from another: nothing, the architecture
// ("llama"), a word such as "model" or "hf", a checksum. Then the file's name without the quantisation at its end, or
// the folder's where the file is a "model.gguf". Of a name with slashes, as "meta-llama/Llama-2-7b", the last part.
[[nodiscard]] QString modelName(const QString& given, const QString& architecture, const QString& path);

}  // namespace sotto::app
