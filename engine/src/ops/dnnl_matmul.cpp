#include "ops/dnnl_matmul.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <dnnl.hpp>
#include <map>
#include <utility>
#include <vector>

#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

using Shape = std::array<int, 3>;  // m, n, k

// Rows that oneDNN's gemm ("gemm:jit", where there is no AVX-512) computes at a time. It takes six in one order of
// summing, what is left over in another, and cuts a matrix of more than 144 rows in two wherever that ends: of 48 and
// 96 rows each comes out the same wherever it stands.
constexpr int kGemmRows = 96;

dnnl::matmul::primitive_desc describe(const dnnl::engine& engine, const dnnl::memory::desc& x,
                                      const dnnl::memory::desc& w, const dnnl::memory::desc& y) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);  // oneDNN's own belongs to the thread that created it
#if DNNL_VERSION_MAJOR >= 3
  return {engine, x, w, y, attributes};
#else
  return {dnnl::matmul::desc(x, w, y), attributes, engine};
#endif
}

}  // namespace

struct DnnlMatmul::Primitive {
  struct Compiled {
    dnnl::engine engine;
    dnnl::memory::desc x, w, y, scratchpad;
    dnnl::matmul matmul;
    Shape shape;
    bool is_gemm = false;
  };
  std::vector<const Compiled*> parts;  // of the rows, one after the other
};

struct DnnlMatmul::Impl {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  std::map<Shape, Primitive> cache;
  std::map<Shape, Primitive::Compiled> compiled;
  std::string implementation;

  const Primitive::Compiled& compile(const Shape& shape);
};

DnnlMatmul::DnnlMatmul() : impl_(std::make_unique<Impl>()) {}
DnnlMatmul::~DnnlMatmul() = default;

const DnnlMatmul::Primitive::Compiled& DnnlMatmul::Impl::compile(const Shape& shape) {
  const auto found = compiled.find(shape);
  if (found != compiled.end()) return found->second;
  const auto [m, n, k] = shape;
  omp_set_num_threads(1);
  try {
    using dnnl::memory;
    const memory::desc x({m, k}, memory::data_type::f32, memory::dims{k, 1});
    const memory::desc w({k, n}, memory::data_type::f32, memory::dims{1, k});
    const memory::desc y({m, n}, memory::data_type::f32, memory::dims{n, 1});
    const auto description = describe(engine, x, w, y);
    implementation = description.impl_info_str();
    if (implementation.find("ref") != std::string::npos) {
      throw Error(
          ErrorCode::unsupported,
          "This processor is not supported: oneDNN has only its reference implementation of the matrix product for it");
    }
    return compiled
        .emplace(shape, Primitive::Compiled{engine, x, w, y, description.scratchpad_desc(), dnnl::matmul(description),
                                            shape, implementation.starts_with("gemm")})
        .first->second;
  } catch (const dnnl::error& e) {
    throw Error(e.status == dnnl_out_of_memory ? ErrorCode::memory : ErrorCode::unsupported,
                std::string("oneDNN could not prepare a matrix product: ") + e.what());
  }
}

const DnnlMatmul::Primitive& DnnlMatmul::prepare(int m, int n, int k) {
  const Shape shape{m, n, k};
  const auto found = impl_->cache.find(shape);
  if (found != impl_->cache.end()) return found->second;
  Primitive primitive;
  const int most = impl_->compile({std::min(m, kGemmRows), n, k}).is_gemm ? kGemmRows : m;
  for (int row = 0; row < m; row += most) primitive.parts.push_back(&impl_->compile({std::min(most, m - row), n, k}));
  return impl_->cache.emplace(shape, std::move(primitive)).first->second;
}

bool DnnlMatmul::run(const Primitive& primitive, const float* x, const float* w, float* y) noexcept {
  try {
    omp_set_num_threads(1);  // of this thread only
    thread_local std::vector<std::byte> scratchpad;
    for (const Primitive::Compiled* p : primitive.parts) {
      if (scratchpad.size() < p->scratchpad.get_size()) scratchpad.resize(p->scratchpad.get_size());
      dnnl::stream stream(p->engine);
      p->matmul.execute(stream,
                        {{DNNL_ARG_SRC, {p->x, p->engine, const_cast<float*>(x)}},  // read only; C has no const here
                         {DNNL_ARG_WEIGHTS, {p->w, p->engine, const_cast<float*>(w)}},
                         {DNNL_ARG_DST, {p->y, p->engine, y}},
                         {DNNL_ARG_SCRATCHPAD, {p->scratchpad, p->engine, scratchpad.data()}}});
      stream.wait();
      const auto [m, n, k] = p->shape;
      x += static_cast<std::size_t>(m) * static_cast<std::size_t>(k);
      y += static_cast<std::size_t>(m) * static_cast<std::size_t>(n);
    }
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

const std::string& DnnlMatmul::implementation() const noexcept { return impl_->implementation; }
int DnnlMatmul::primitives_created() const noexcept { return static_cast<int>(impl_->compiled.size()); }

}  // namespace sotto::engine
