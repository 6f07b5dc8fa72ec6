#include "ops/kernels.h"

#include <cstdlib>
#include <string_view>

namespace sotto::engine {

const Kernels& kernels() noexcept {
  static const Kernels& best = []() -> const Kernels& {
    const char* cap = std::getenv("SOTTO_ISA");  // NOLINT(concurrency-mt-unsafe): nobody changes it
    bool allowed = cap == nullptr;
    for (const Kernels* table : {avx512_kernels(), avx2_kernels()}) {
      const std::string_view name = table == avx512_kernels() ? "avx512-vnni" : "avx2";
      allowed = allowed || name == cap;
      if (allowed && table != nullptr) return *table;
    }
    return *portable_kernels();
  }();
  return best;
}

}  // namespace sotto::engine
