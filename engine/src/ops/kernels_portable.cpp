// The kernels for any machine.
#include "ops/kernels_table.h"

namespace sotto::engine {

const Kernels* portable_kernels() noexcept {
  static constexpr Kernels table = kernel_table("portable");
  return &table;
}

}  // namespace sotto::engine
