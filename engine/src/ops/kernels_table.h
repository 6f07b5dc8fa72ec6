// Included once by each kernels_*.cpp: fills a table from the code compiled for that file's instruction set.
#pragma once

#include "ops/gemv_kernels.h"
#include "ops/kernels.h"
#include "ops/packed_kernels.h"
#include "ops/quantise_kernels.h"
#include "ops/vector_kernels.h"

namespace sotto::engine {
namespace {

constexpr Kernels kernel_table(const char* name) {
  return {name,     gemv_for, packed_product_for, quantise_row, tile<float>, tile<Half>, softmax_step,
          scale_by, add_into, activate,           rms_norm,     layer_norm,  to_half};
}

}  // namespace
}  // namespace sotto::engine
