// The kernels for AVX-512 with VNNI; this file is compiled with those instructions where the compiler knows them.
#include "ops/kernels.h"

#if defined(__AVX512VNNI__) && defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512DQ__)
#include "ops/kernels_table.h"

namespace sotto::engine {

const Kernels* avx512_kernels() noexcept {
  static constexpr Kernels table = kernel_table("avx512-vnni");
  static const bool runs = avx2_kernels() != nullptr && __builtin_cpu_supports("avx512f") != 0 &&
                           __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
                           __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vnni") != 0;
  return runs ? &table : nullptr;
}

}  // namespace sotto::engine

#else

namespace sotto::engine {
const Kernels* avx512_kernels() noexcept { return nullptr; }
}  // namespace sotto::engine

#endif
