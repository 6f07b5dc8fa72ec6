// Included once by each kernels_*.cpp: fills a table from the code compiled for that file's instruction set.
#pragma once

#include "ops/gemv_kernels.h"
#include "ops/kernels.h"
#include "ops/limit_kernels.h"
#include "ops/panel_kernels.h"
#include "ops/quantise_kernels.h"
#include "ops/tile_kernels.h"
#include "ops/vector_kernels.h"

namespace sotto::engine {
namespace {

constexpr Kernels kernel_table(const char* name) {
  constexpr double chains = kChains * 16;  // lanes
  return {name,
          gemv_for,
          packed_product_for,
          quantise_row,
          tile<float>,
          tile<Half>,
          softmax_step,
          scale_by,
          add_into,
          activate,
          rms_norm,
          layer_norm,
          to_half,
          {int8_rounds, chains * 8},
          {f32_rounds, chains * 2},
          read_bytes};
}

}  // namespace
}  // namespace sotto::engine
