#include "ops/kernels.h"

namespace sotto::engine {

const Kernels& kernels() noexcept {
  static const Kernels& best = avx2_kernels() != nullptr ? *avx2_kernels() : *portable_kernels();
  return best;
}

}  // namespace sotto::engine
