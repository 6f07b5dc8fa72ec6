// oneDNN's f32 matmul behind one small class; the only user of oneDNN, and the only place that knows its versions: 2.6
// (Debian 12) describes an operation first, 3.x does not.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sotto::engine {

// Thread guarantee: one thread at a time; a call uses as many threads as ThreadTeam::use_for_library_calls has set.
class DnnlMatmul {
 public:
  DnnlMatmul();
  ~DnnlMatmul();
  DnnlMatmul(const DnnlMatmul&) = delete;
  DnnlMatmul& operator=(const DnnlMatmul&) = delete;

  // y[m][0..n) = x[m][k] W[n][k]^T, rows of y `ldy` floats apart. The primitive for (m, n, k, ldy) is created at its
  // first use and kept.
  void run(int m, int n, int k, int ldy, const float* x, const float* w, float* y);

  // The implementation that oneDNN chose for the last primitive created ("brgemm:avx512_core", "gemm:jit"); never
  // "ref": run throws Error unsupported then. For tests.
  [[nodiscard]] const std::string& implementation() const noexcept;
  [[nodiscard]] int primitives_created() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::engine
