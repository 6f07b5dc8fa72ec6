#include "ops/op_context.h"

#include <algorithm>
#include <new>

namespace sotto::engine {

namespace {
constexpr std::align_val_t kAlignment{64};
}

void FloatBuffer::Free::operator()(float* p) const noexcept { ::operator delete[](p, kAlignment); }

void FloatBuffer::resize(std::size_t size) {
  if (!try_resize(size)) throw std::bad_alloc();
}

bool FloatBuffer::try_resize(std::size_t size) noexcept {
  if (size <= size_) return true;
  auto* memory = static_cast<float*>(::operator new[](size * sizeof(float), kAlignment, std::nothrow));
  if (memory == nullptr) return false;
  data_.reset(memory);
  std::fill_n(memory, size, 0.0F);
  size_ = size;
  return true;
}

}  // namespace sotto::engine
