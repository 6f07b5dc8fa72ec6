// The kernels on f32 vectors, for the instruction set of the including file.
#pragma once

#include <cstddef>

#include "ops/activation.h"
#include "ops/simd.h"

namespace sotto::engine {
namespace {

float softmax_step(float* scores, std::size_t n, float* maximum, float* total) {
  Vec greatest = splat(*maximum);
  for (std::size_t i = 0; i < n; i += 8) greatest = max(load(scores + i), greatest);
  const float m = largest(greatest);
  if (m == -INFINITY) {  // nothing visible yet
    for (std::size_t i = 0; i < n; ++i) scores[i] = 0;
    return 1.0F;
  }
  float before[8];
  store(before, exp(splat(*maximum - m)));
  Vec s = zero();
  for (std::size_t i = 0; i < n; i += 8) {
    const Vec e = exp(sub(load(scores + i), splat(m)));
    store(scores + i, e);
    s = add(s, e);
  }
  *total = *total * before[0] + sum(s);
  *maximum = m;
  return before[0];
}

void scale_by(float* x, float factor, std::size_t n) {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) store(x + i, mul(load(x + i), splat(factor)));
  for (; i < n; ++i) x[i] *= factor;
}

void add_into(float* x, const float* y, std::size_t n) {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) store(x + i, add(load(x + i), load(y + i)));
  for (; i < n; ++i) x[i] += y[i];
}

[[gnu::always_inline]] inline Vec sigmoid(Vec x) { return div(splat(1.0F), add(splat(1.0F), exp(sub(zero(), x)))); }

// One step of eight; what is left over is padded.
template <class F>
[[gnu::always_inline]] inline void activate_with(F f, float* x, const float* up, std::size_t n) {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const Vec y = f(load(x + i));
    store(x + i, up != nullptr ? mul(y, load(up + i)) : y);
  }
  if (i == n) return;
  float rest[8] = {}, factor[8] = {};
  for (std::size_t j = i; j < n; ++j) rest[j - i] = x[j], factor[j - i] = up != nullptr ? up[j] : 1.0F;
  store(rest, mul(f(load(rest)), load(factor)));
  for (std::size_t j = i; j < n; ++j) x[j] = rest[j - i];
}

void activate(Activation kind, float* x, const float* up, std::size_t n) {
  switch (kind) {
    case Activation::silu:
      activate_with([](Vec v) { return div(v, add(splat(1.0F), exp(sub(zero(), v)))); }, x, up, n);
      break;
    case Activation::gelu:
      // 0.5 x (1 + tanh(u)) = x sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x^3)
      activate_with(
          [](Vec v) {
            const Vec cubic = fma(mul(mul(v, v), v), splat(0.044715F), v);
            return mul(v, sigmoid(mul(cubic, splat(1.5957691216F))));
          },
          x, up, n);
      break;
    case Activation::relu:
      activate_with([](Vec v) { return max(v, zero()); }, x, up, n);
      break;
    case Activation::relu_squared:
      activate_with(
          [](Vec v) {
            const Vec positive = max(v, zero());
            return mul(positive, positive);
          },
          x, up, n);
      break;
    case Activation::sigmoid:
      activate_with([](Vec v) { return sigmoid(v); }, x, up, n);
      break;
  }
}

// RMSNorm (Zhang and Sennrich 2019, equation 4) with epsilon inside the root.
void rms_norm(const float* x, const float* weight, float epsilon, float* y, std::size_t n) {
  Vec squares = zero();
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) squares = fma(load(x + i), load(x + i), squares);
  float total = sum(squares);
  for (; i < n; ++i) total += x[i] * x[i];
  const float factor = 1.0F / std::sqrt(total / static_cast<float>(n) + epsilon);
  i = 0;
  for (; i + 8 <= n; i += 8) store(y + i, mul(mul(load(x + i), splat(factor)), load(weight + i)));
  for (; i < n; ++i) y[i] = x[i] * factor * weight[i];
}

void layer_norm(const float* x, const float* weight, const float* bias, float epsilon, float* y, std::size_t n) {
  Vec sums = zero();
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) sums = add(sums, load(x + i));
  float total = sum(sums);
  for (; i < n; ++i) total += x[i];
  const float mean = total / static_cast<float>(n);
  Vec squares = zero();
  i = 0;
  for (; i + 8 <= n; i += 8) {
    const Vec difference = sub(load(x + i), splat(mean));
    squares = fma(difference, difference, squares);
  }
  float variance = sum(squares);
  for (; i < n; ++i) variance += (x[i] - mean) * (x[i] - mean);
  const float factor = 1.0F / std::sqrt(variance / static_cast<float>(n) + epsilon);
  for (i = 0; i < n; ++i) y[i] = (x[i] - mean) * factor * weight[i] + (bias != nullptr ? bias[i] : 0.0F);
}

void to_half(const float* x, std::uint16_t* y, std::size_t n) {
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8) store(y + i, load(x + i));
  if (i < n) {
    float in[8] = {};
    Half out[8];
    for (std::size_t j = i; j < n; ++j) in[j - i] = x[j];
    store(out, load(in));
    for (std::size_t j = i; j < n; ++j) y[j] = out[j - i];
  }
}

}  // namespace
}  // namespace sotto::engine
