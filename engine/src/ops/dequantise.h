// Blocks of quantised weights to f32, one function a type; called through tensor_type.h's table.
// Each takes `blocks` blocks at `source` (any alignment) and writes blocks * block_size floats. Pure.
// Source of the layouts: ggml's ggml-common.h.
#pragma once

#include <cstddef>

namespace sotto::engine {

void dequantise_f32(const std::byte* source, float* target, std::size_t blocks);
void dequantise_f16(const std::byte* source, float* target, std::size_t blocks);
void dequantise_bf16(const std::byte* source, float* target, std::size_t blocks);

void dequantise_q4_0(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q4_1(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q5_0(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q5_1(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q8_0(const std::byte* source, float* target, std::size_t blocks);

// Numbers that are no weights, as f32; what f32 cannot hold exactly is rounded.
void dequantise_f64(const std::byte* source, float* target, std::size_t blocks);
void dequantise_i8(const std::byte* source, float* target, std::size_t blocks);
void dequantise_i16(const std::byte* source, float* target, std::size_t blocks);
void dequantise_i32(const std::byte* source, float* target, std::size_t blocks);
void dequantise_i64(const std::byte* source, float* target, std::size_t blocks);

void dequantise_q2_k(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q3_k(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q4_k(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q5_k(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q6_k(const std::byte* source, float* target, std::size_t blocks);

// Code books (dequantise_iq.cpp).
void dequantise_iq1_s(const std::byte* source, float* target, std::size_t blocks);
void dequantise_iq1_m(const std::byte* source, float* target, std::size_t blocks);
void dequantise_iq2_xxs(const std::byte* source, float* target, std::size_t blocks);
void dequantise_iq2_xs(const std::byte* source, float* target, std::size_t blocks);
void dequantise_iq2_s(const std::byte* source, float* target, std::size_t blocks);
void dequantise_iq3_xxs(const std::byte* source, float* target, std::size_t blocks);
void dequantise_iq3_s(const std::byte* source, float* target, std::size_t blocks);
void dequantise_iq4_nl(const std::byte* source, float* target, std::size_t blocks);
void dequantise_iq4_xs(const std::byte* source, float* target, std::size_t blocks);

// Few bits (dequantise_small.cpp).
void dequantise_tq1_0(const std::byte* source, float* target, std::size_t blocks);
void dequantise_tq2_0(const std::byte* source, float* target, std::size_t blocks);
void dequantise_mxfp4(const std::byte* source, float* target, std::size_t blocks);
void dequantise_nvfp4(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q1_0(const std::byte* source, float* target, std::size_t blocks);

}  // namespace sotto::engine
