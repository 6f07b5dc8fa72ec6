#include "ops/kernels.h"

#include <cstdlib>
#include <string_view>
#include <utility>

namespace sotto::engine {

const Kernels& kernels() noexcept {
  static const Kernels& best = []() -> const Kernels& {
    const char* cap = std::getenv("SOTTO_ISA");  // NOLINT(concurrency-mt-unsafe): nobody changes it
    bool allowed = cap == nullptr;
    const std::pair<std::string_view, const Kernels*> tables[] = {{"avx512-vnni", avx512_kernels()},
                                                                  {"avx2", avx2_kernels()}};
    for (const auto& [name, table] : tables) {
      allowed = allowed || name == cap;
      if (allowed && table != nullptr) return *table;
    }
    return *portable_kernels();
  }();
  return best;
}

}  // namespace sotto::engine
