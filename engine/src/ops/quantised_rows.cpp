#include "ops/quantised_rows.h"

#include <algorithm>

#include "ops/kernels.h"
#include "ops/parallel.h"

namespace sotto::engine {

const QuantisedRows& QuantisedBuffer::quantise(ThreadTeam& team, const Kernels& kernel, const float* x,
                                               std::size_t tokens, std::size_t columns) {
  const auto room = [](auto& buffer, std::size_t size) {
    if (buffer.size() < size) buffer.resize(size);
    return buffer.data();
  };
  const std::size_t blocks = columns / 32;
  std::int8_t* values = room(values_, tokens * columns);
  float* scales = room(scales_, tokens * blocks);
  float* sums = room(sums_, tokens * blocks);
  std::int32_t* minus_sums = room(minus_sums_, tokens * blocks);
  std::int32_t* minus_halves = room(minus_halves_, tokens * blocks * 2);
  const std::size_t grain = std::max<std::size_t>(1, 32768 / columns);
  team.parallel_for(tokens, grain, [&](std::size_t first, std::size_t last) {
    for (std::size_t t = first; t < last; ++t) {
      kernel.quantise_row(x + t * columns, columns, values + t * columns, scales + t * blocks, sums + t * blocks,
                          minus_sums + t * blocks, minus_halves + 2 * t * blocks);
    }
  });
  return rows_ = {columns, values, scales, sums, minus_sums, minus_halves};
}

}  // namespace sotto::engine
