// oneDNN's f32 matmul behind one small class; the only user of oneDNN, and the only place that knows its versions: 2.6
// (Debian 12) describes an operation first, 3.x does not.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sotto::engine {

// Thread guarantee: prepare and the queries from one thread at a time; run from any number at once, in between. A call
// computes in its own thread.
class DnnlMatmul {
 public:
  DnnlMatmul();
  ~DnnlMatmul();
  DnnlMatmul(const DnnlMatmul&) = delete;
  DnnlMatmul& operator=(const DnnlMatmul&) = delete;

  struct Primitive;
  // For y[m][n] = x[m][k] W[n][k]^T; created at its first use and kept. For multiples of kRowPadding a row of y depends
  // neither on m nor on its place. Throws Error unsupported where oneDNN has no fast implementation.
  [[nodiscard]] const Primitive& prepare(int m, int n, int k);
  // False when oneDNN could not compute (out of memory).
  [[nodiscard]] static bool run(const Primitive& primitive, const float* x, const float* w, float* y) noexcept;

  // The implementation that oneDNN chose for the last primitive created ("brgemm:avx512_core", "gemm:jit"); never
  // "ref". For tests.
  [[nodiscard]] const std::string& implementation() const noexcept;
  [[nodiscard]] int primitives_created() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::engine
