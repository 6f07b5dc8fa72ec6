// Well-known small models that Sotto can run, for a first start without one. Nothing is fetched by us: their pages are
// opened in the browser when the person wants it.
#pragma once

#include <QString>
#include <array>

namespace sotto::ui {

struct StarterModel {
  const char* name;
  const char* file;     // to choose on the page
  quint64 bytes;        // of that file
  const char* address;  // the page
};

[[nodiscard]] const std::array<StarterModel, 3>& starterModels();

// "4.9 GB"
[[nodiscard]] QString dataSize(quint64 bytes);

}  // namespace sotto::ui
