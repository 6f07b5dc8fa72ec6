// Matrix times vector on weights as they stand in the file, for the instruction set of the including file.
// Each type gives the partial products of one block; f32 activations, f32 sums. Block layouts: ggml's ggml-common.h.
// Types whose blocks have a minimum m or an offset o use sum((d q - m) x) = d sum(q x) - m sum(x), with the sums of x
// computed once for all rows.
#pragma once

#include <cstddef>
#include <cstring>

#include "ops/dequantise.h"
#include "ops/kernels.h"
#include "ops/simd.h"
#include "ops/tensor_type.h"

namespace sotto::engine {
namespace {

[[gnu::always_inline]] inline float read_half(const std::uint8_t* p) {
  Half h = 0;
  std::memcpy(&h, p, 2);
  return half_to_float(h);
}

// What a row is summed in: `lanes_` vector partial sums, `rest` the minimum terms.
struct Partial {
  Vec lanes_ = zero();
  float rest = 0;
};

struct F32Block {
  static constexpr std::size_t columns = 8, bytes = 32;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float*, Partial& out) {
    out.lanes_ = fma(load(reinterpret_cast<const float*>(b)), load(x), out.lanes_);
  }
};

struct F16Block {
  static constexpr std::size_t columns = 8, bytes = 16;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float*, Partial& out) {
    out.lanes_ = fma(load(reinterpret_cast<const Half*>(b)), load(x), out.lanes_);
  }
};

struct Bf16Block {
  static constexpr std::size_t columns = 8, bytes = 16;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float*, Partial& out) {
    out.lanes_ = fma(from_bf16(reinterpret_cast<const std::uint16_t*>(b)), load(x), out.lanes_);
  }
};

struct Q8_0Block {
  static constexpr std::size_t columns = 32, bytes = 34;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float*, Partial& out) {
    const auto* q = reinterpret_cast<const std::int8_t*>(b + 2);
    Vec s = mul(from_signed_bytes(q), load(x));
    for (int i = 8; i < 32; i += 8) s = fma(from_signed_bytes(q + i), load(x + i), s);
    out.lanes_ = fma(splat(read_half(b)), s, out.lanes_);
  }
};

// Sum of q x over 32 columns; nibbles: low ones are columns 0-15, high ones 16-31; `high` gives bit 4 of column i.
[[gnu::always_inline]] inline Vec nibble_products(const std::uint8_t* q, const float* x) {
  Vec s = zero();
  for (int i = 0; i < 16; i += 8) {
    const Lanes both = widen(q + i);
    s = fma(to_float(both & lanes(15)), load(x + i), s);
    s = fma(to_float(both >> 4), load(x + 16 + i), s);
  }
  return s;
}
[[gnu::always_inline]] inline Vec five_bit_products(const std::uint8_t* q, const std::uint8_t* high, const float* x) {
  std::int32_t bits = 0;
  std::memcpy(&bits, high, 4);
  Vec s = zero();
  for (int i = 0; i < 16; i += 8) {
    const Lanes both = widen(q + i);
    const Lanes low_bit = ((lanes(bits) >> count_from(i)) & lanes(1)) << 4;
    const Lanes high_bit = ((lanes(bits) >> count_from(16 + i)) & lanes(1)) << 4;
    s = fma(to_float((both & lanes(15)) | low_bit), load(x + i), s);
    s = fma(to_float((both >> 4) | high_bit), load(x + 16 + i), s);
  }
  return s;
}

struct Q4_0Block {
  static constexpr std::size_t columns = 32, bytes = 18;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float* sums, Partial& out) {
    const float d = read_half(b);
    out.lanes_ = fma(splat(d), nibble_products(b + 2, x), out.lanes_);
    out.rest -= 8 * d * sums[0];
  }
};

struct Q4_1Block {
  static constexpr std::size_t columns = 32, bytes = 20;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float* sums, Partial& out) {
    out.lanes_ = fma(splat(read_half(b)), nibble_products(b + 4, x), out.lanes_);
    out.rest += read_half(b + 2) * sums[0];
  }
};

struct Q5_0Block {
  static constexpr std::size_t columns = 32, bytes = 22;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float* sums, Partial& out) {
    const float d = read_half(b);
    out.lanes_ = fma(splat(d), five_bit_products(b + 6, b + 2, x), out.lanes_);
    out.rest -= 16 * d * sums[0];
  }
};

struct Q5_1Block {
  static constexpr std::size_t columns = 32, bytes = 24;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float* sums, Partial& out) {
    out.lanes_ = fma(splat(read_half(b)), five_bit_products(b + 8, b + 4, x), out.lanes_);
    out.rest += read_half(b + 2) * sums[0];
  }
};

// The 6-bit scale and minimum of sub-block j of a Q4_K or Q5_K block, packed in 12 bytes.
[[gnu::always_inline]] inline void k_scale(int j, const std::uint8_t* s, float& scale, float& minimum) {
  if (j < 4) {
    scale = static_cast<float>(s[j] & 63);
    minimum = static_cast<float>(s[j + 4] & 63);
  } else {
    scale = static_cast<float>((s[j + 4] & 15) | ((s[j - 4] >> 6) << 4));
    minimum = static_cast<float>((s[j + 4] >> 4) | ((s[j] >> 6) << 4));
  }
}

struct Q4_KBlock {
  static constexpr std::size_t columns = 256, bytes = 144;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float* sums, Partial& out) {
    Vec total = zero();
    float minima = 0;
    for (int j = 0; j < 8; j += 2) {
      const std::uint8_t* q = b + 16 + 16 * j;  // low nibbles: sub-block j, high ones: j + 1
      float scale[2], minimum[2];
      k_scale(j, b + 4, scale[0], minimum[0]);
      k_scale(j + 1, b + 4, scale[1], minimum[1]);
      Vec low = zero(), high = zero();
      for (int i = 0; i < 32; i += 8) {
        const Lanes both = widen(q + i);
        low = fma(to_float(both & lanes(15)), load(x + 32 * j + i), low);
        high = fma(to_float(both >> 4), load(x + 32 * j + 32 + i), high);
      }
      total = fma(splat(scale[0]), low, total);
      total = fma(splat(scale[1]), high, total);
      minima += minimum[0] * sums[j] + minimum[1] * sums[j + 1];
    }
    out.lanes_ = fma(splat(read_half(b)), total, out.lanes_);
    out.rest -= read_half(b + 2) * minima;
  }
};

struct Q5_KBlock {
  static constexpr std::size_t columns = 256, bytes = 176;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float* sums, Partial& out) {
    Vec total = zero();
    float minima = 0;
    for (int j = 0; j < 8; j += 2) {
      const std::uint8_t* q = b + 48 + 16 * j;
      float scale[2], minimum[2];
      k_scale(j, b + 4, scale[0], minimum[0]);
      k_scale(j + 1, b + 4, scale[1], minimum[1]);
      Vec low = zero(), high = zero();
      for (int i = 0; i < 32; i += 8) {
        const Lanes both = widen(q + i);
        const Lanes bits = widen(b + 16 + i);  // bit j of byte i: the fifth bit of column i of sub-block j
        low = fma(to_float((both & lanes(15)) | (((bits >> j) & lanes(1)) << 4)), load(x + 32 * j + i), low);
        high = fma(to_float((both >> 4) | (((bits >> (j + 1)) & lanes(1)) << 4)), load(x + 32 * j + 32 + i), high);
      }
      total = fma(splat(scale[0]), low, total);
      total = fma(splat(scale[1]), high, total);
      minima += minimum[0] * sums[j] + minimum[1] * sums[j + 1];
    }
    out.lanes_ = fma(splat(read_half(b)), total, out.lanes_);
    out.rest -= read_half(b + 2) * minima;
  }
};

struct Q6_KBlock {
  static constexpr std::size_t columns = 256, bytes = 210;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float*, Partial& out) {
    const auto* scales = reinterpret_cast<const std::int8_t*>(b + 192);
    Vec total = zero();
    for (int half = 0; half < 2; ++half) {
      const std::uint8_t* low = b + 64 * half;
      const std::uint8_t* high = b + 128 + 32 * half;
      const float* y = x + 128 * half;
      const std::int8_t* sc = scales + 8 * half;
      for (int part = 0; part < 2; ++part) {  // a scale covers 16 columns
        const int i = 16 * part;
        Vec s[4] = {zero(), zero(), zero(), zero()};
        for (int l = i; l < i + 16; l += 8) {
          const Lanes a = widen(low + l), c = widen(low + 32 + l), h = widen(high + l);
          const Lanes q[4] = {(a & lanes(15)) | ((h & lanes(3)) << 4), (c & lanes(15)) | (((h >> 2) & lanes(3)) << 4),
                              (a >> 4) | (((h >> 4) & lanes(3)) << 4), (c >> 4) | ((h >> 6) << 4)};
          for (int k = 0; k < 4; ++k) s[k] = fma(sub(to_float(q[k]), splat(32)), load(y + 32 * k + l), s[k]);
        }
        for (int k = 0; k < 4; ++k) total = fma(splat(static_cast<float>(sc[2 * k + part])), s[k], total);
      }
    }
    out.lanes_ = fma(splat(read_half(b + 208)), total, out.lanes_);
  }
};

// Types without a kernel of their own: a block becomes f32 first.
template <auto dequantise, std::size_t width, std::size_t size, std::size_t blocks = 1>
struct ViaFloats {
  static constexpr std::size_t columns = width, bytes = size;
  [[gnu::always_inline]] static void add(const std::uint8_t* b, const float* x, const float*, Partial& out) {
    float values[width];
    dequantise(reinterpret_cast<const std::byte*>(b), values, blocks);
    for (std::size_t i = 0; i < width; i += 8) out.lanes_ = fma(load(values + i), load(x + i), out.lanes_);
  }
};

template <class Block>
void gemv(const std::byte* weights, std::size_t row_bytes, std::size_t rows, std::size_t columns, const float* x,
          const float* sums, float* y) {
  // Small blocks: so many sums at once that none waits for the one before.
  constexpr std::size_t chains = Block::columns == 8 ? 4 : 1;
  for (std::size_t r = 0; r < rows; ++r) {
    const auto* b = reinterpret_cast<const std::uint8_t*>(weights + r * row_bytes);
    Partial p;
    std::size_t c = 0;
    if constexpr (chains > 1) {
      Partial more[chains];
      for (; c + chains * Block::columns <= columns; c += chains * Block::columns, b += chains * Block::bytes) {
        for (std::size_t i = 0; i < chains; ++i) {
          Block::add(b + i * Block::bytes, x + c + i * Block::columns, sums + c / 32, more[i]);
        }
      }
      p.lanes_ = add(add(more[0].lanes_, more[1].lanes_), add(more[2].lanes_, more[3].lanes_));
    }
    for (; c + Block::columns <= columns; c += Block::columns, b += Block::bytes)
      Block::add(b, x + c, sums + c / 32, p);
    if constexpr (Block::columns == 8) {  // unquantised rows may have any length
      if (c < columns) {
        std::uint8_t last[Block::bytes] = {};
        float last_x[8] = {};
        std::memcpy(last, b, (columns - c) * (Block::bytes / 8));
        std::memcpy(last_x, x + c, (columns - c) * sizeof(float));
        Block::add(last, last_x, sums, p);
      }
    }
    y[r] = sum(p.lanes_) + p.rest;
  }
}

Kernels::Gemv gemv_for(TensorType type) {
  switch (type) {
    case TensorType::f32:
      return gemv<F32Block>;
    case TensorType::f16:
      return gemv<F16Block>;
    case TensorType::bf16:
      return gemv<Bf16Block>;
    case TensorType::q8_0:
      return gemv<Q8_0Block>;
    case TensorType::q4_0:
      return gemv<Q4_0Block>;
    case TensorType::q4_1:
      return gemv<Q4_1Block>;
    case TensorType::q5_0:
      return gemv<Q5_0Block>;
    case TensorType::q5_1:
      return gemv<Q5_1Block>;
    case TensorType::q4_k:
      return gemv<Q4_KBlock>;
    case TensorType::q5_k:
      return gemv<Q5_KBlock>;
    case TensorType::q6_k:
      return gemv<Q6_KBlock>;
    case TensorType::q2_k:
      return gemv<ViaFloats<dequantise_q2_k, 256, 84>>;
    case TensorType::q3_k:
      return gemv<ViaFloats<dequantise_q3_k, 256, 110>>;
    case TensorType::iq1_s:
      return gemv<ViaFloats<dequantise_iq1_s, 256, 50>>;
    case TensorType::iq1_m:
      return gemv<ViaFloats<dequantise_iq1_m, 256, 56>>;
    case TensorType::iq2_xxs:
      return gemv<ViaFloats<dequantise_iq2_xxs, 256, 66>>;
    case TensorType::iq2_xs:
      return gemv<ViaFloats<dequantise_iq2_xs, 256, 74>>;
    case TensorType::iq2_s:
      return gemv<ViaFloats<dequantise_iq2_s, 256, 82>>;
    case TensorType::iq3_xxs:
      return gemv<ViaFloats<dequantise_iq3_xxs, 256, 98>>;
    case TensorType::iq3_s:
      return gemv<ViaFloats<dequantise_iq3_s, 256, 110>>;
    case TensorType::iq4_nl:
      return gemv<ViaFloats<dequantise_iq4_nl, 32, 18>>;
    case TensorType::iq4_xs:
      return gemv<ViaFloats<dequantise_iq4_xs, 256, 136>>;
    case TensorType::tq1_0:
      return gemv<ViaFloats<dequantise_tq1_0, 256, 54>>;
    case TensorType::tq2_0:
      return gemv<ViaFloats<dequantise_tq2_0, 256, 66>>;
    case TensorType::mxfp4:
      return gemv<ViaFloats<dequantise_mxfp4, 32, 17>>;
    case TensorType::nvfp4:
      return gemv<ViaFloats<dequantise_nvfp4, 64, 36>>;
    case TensorType::q1_0:
      return gemv<ViaFloats<dequantise_q1_0, 128, 18>>;
    case TensorType::f64:
      return gemv<ViaFloats<dequantise_f64, 8, 64, 8>>;
    case TensorType::i8:
      return gemv<ViaFloats<dequantise_i8, 8, 8, 8>>;
    case TensorType::i16:
      return gemv<ViaFloats<dequantise_i16, 8, 16, 8>>;
    case TensorType::i32:
      return gemv<ViaFloats<dequantise_i32, 8, 32, 8>>;
    case TensorType::i64:
      return gemv<ViaFloats<dequantise_i64, 8, 64, 8>>;
    case TensorType::q8_1:
    case TensorType::q8_k:
      return nullptr;  // of activations, never in files
  }
  return nullptr;
}

}  // namespace
}  // namespace sotto::engine
