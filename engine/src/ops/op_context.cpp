#include "ops/op_context.h"

#include <algorithm>
#include <new>

namespace sotto::engine {

namespace {
constexpr std::align_val_t kAlignment{64};
}

void FloatBuffer::Free::operator()(float* p) const noexcept { ::operator delete[](p, kAlignment); }

void FloatBuffer::resize(std::size_t size) {
  if (size <= size_) return;
  data_.reset(static_cast<float*>(::operator new[](size * sizeof(float), kAlignment)));
  std::fill_n(data_.get(), size, 0.0F);
  size_ = size;
}

}  // namespace sotto::engine
