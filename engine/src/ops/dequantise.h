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

void dequantise_q4_k(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q5_k(const std::byte* source, float* target, std::size_t blocks);
void dequantise_q6_k(const std::byte* source, float* target, std::size_t blocks);

}  // namespace sotto::engine
