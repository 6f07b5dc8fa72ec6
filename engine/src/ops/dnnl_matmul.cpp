#include "ops/dnnl_matmul.h"

#include <array>
#include <dnnl.hpp>
#include <map>

#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

using Shape = std::array<int, 4>;  // m, n, k, ldy

struct Primitive {
  dnnl::matmul matmul;
  dnnl::memory x, w, y;
};

dnnl::matmul::primitive_desc describe(const dnnl::engine& engine, const dnnl::memory::desc& x,
                                      const dnnl::memory::desc& w, const dnnl::memory::desc& y) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, x, w, y};
#else
  return {dnnl::matmul::desc(x, w, y), engine};
#endif
}

}  // namespace

struct DnnlMatmul::Impl {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::map<Shape, Primitive> cache;
  std::string implementation;

  Primitive& primitive(const Shape& shape) {
    const auto found = cache.find(shape);
    if (found != cache.end()) return found->second;
    using dnnl::memory;
    const auto [m, n, k, ldy] = shape;
    const memory::desc x({m, k}, memory::data_type::f32, memory::dims{k, 1});
    const memory::desc w({k, n}, memory::data_type::f32, memory::dims{1, k});
    const memory::desc y({m, n}, memory::data_type::f32, memory::dims{ldy, 1});
    const auto description = describe(engine, x, w, y);
    implementation = description.impl_info_str();
    if (implementation.find("ref") != std::string::npos) {
      throw Error(
          ErrorCode::unsupported,
          "This processor is not supported: oneDNN has only its reference implementation of the matrix product for it");
    }
    return cache
        .emplace(shape, Primitive{dnnl::matmul(description), memory(x, engine, nullptr), memory(w, engine, nullptr),
                                  memory(y, engine, nullptr)})
        .first->second;
  }
};

DnnlMatmul::DnnlMatmul() : impl_(std::make_unique<Impl>()) {}
DnnlMatmul::~DnnlMatmul() = default;

void DnnlMatmul::run(int m, int n, int k, int ldy, const float* x, const float* w, float* y) {
  try {
    Primitive& p = impl_->primitive({m, n, k, ldy});
    p.x.set_data_handle(const_cast<float*>(x));  // read only; the C interface has no const
    p.w.set_data_handle(const_cast<float*>(w));
    p.y.set_data_handle(y);
    p.matmul.execute(impl_->stream, {{DNNL_ARG_SRC, p.x}, {DNNL_ARG_WEIGHTS, p.w}, {DNNL_ARG_DST, p.y}});
    impl_->stream.wait();
  } catch (const dnnl::error& e) {
    throw Error(e.status == dnnl_out_of_memory ? ErrorCode::memory : ErrorCode::unsupported,
                std::string("oneDNN could not compute a matrix product: ") + e.what());
  }
}

const std::string& DnnlMatmul::implementation() const noexcept { return impl_->implementation; }
int DnnlMatmul::primitives_created() const noexcept { return static_cast<int>(impl_->cache.size()); }

}  // namespace sotto::engine
