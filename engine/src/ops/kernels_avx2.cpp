// The kernels for AVX2, FMA and F16C; this file is compiled with those instructions where the compiler knows them.
#include "ops/kernels.h"

#if defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#include <cpuid.h>

#include "ops/kernels_table.h"

namespace sotto::engine {
namespace {

bool has_f16c() noexcept {  // clang 16's __builtin_cpu_supports does not know it
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}

}  // namespace

const Kernels* avx2_kernels() noexcept {
  static constexpr Kernels table = kernel_table("avx2");
  static const bool runs = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 && has_f16c();
  return runs ? &table : nullptr;
}

}  // namespace sotto::engine

#else

namespace sotto::engine {
const Kernels* avx2_kernels() noexcept { return nullptr; }
}  // namespace sotto::engine

#endif
