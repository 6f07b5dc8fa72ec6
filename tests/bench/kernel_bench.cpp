// The kernels of every instruction set that this machine has, one thread each, beside the machine's limits:
//     packaging/build kernel_bench && build/bin/kernel_bench
// GB/s are bytes of weights, GOP/s (or GFLOP/s) products and sums; `share` is of what one thread can read from memory
// (matrix times vector) or compute (everything else), measured in the same run.
#include <benchmark/benchmark.h>

#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ops/kernels.h"
#include "ops/parallel.h"
#include "ops/quantised_rows.h"
#include "sotto/engine/machine.h"

using namespace sotto::engine;

namespace {

constexpr std::size_t kColumns = 2048;
constexpr std::size_t kManyRows = 32768;  // more than caches hold: read from memory
constexpr std::size_t kFewRows = 512;

const MachineLimits& limits() {
  static const MachineLimits measured = measure_machine(1);
  return measured;
}

std::vector<float> floats(std::size_t n) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> any(-2, 2);
  std::vector<float> x(n);
  for (float& each : x) each = any(random);
  return x;
}

// Bytes below 64 are halves below 2, whatever a block makes of them.
std::vector<std::byte> bytes(std::size_t n) {
  std::mt19937 random(2);
  std::vector<std::byte> x(n);
  for (std::byte& each : x) each = std::byte(random() & 0x3FU);
  return x;
}

using Share = double MachineLimits::*;

void count(benchmark::State& state, double bytes, double ops, Share share) {
  const auto rate = [&state](double each) {
    return benchmark::Counter(each * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  };
  if (bytes > 0) state.counters["B/s"] = rate(bytes);
  if (ops > 0) state.counters["OP/s"] = rate(ops);
  state.counters["share"] = rate((share == &MachineLimits::read_bytes_per_s ? bytes : ops) / (limits().*share));
}

void packed(benchmark::State& state, const Kernels* table, TensorType type, std::size_t rows, std::size_t tokens) {
  const TensorTypeTraits& t = traits(type);
  const std::size_t row_bytes = kColumns / t.block_size * t.block_bytes, group = packed_bytes(type, kColumns);
  const std::vector<std::byte> source = bytes(kPackedRows * row_bytes);
  std::vector<std::uint8_t> weights(rows / kPackedRows * group);
  for (std::size_t g = 0; g < rows / kPackedRows; ++g) {
    pack_rows(type, source.data(), row_bytes, kPackedRows, kColumns, weights.data() + g * group);
  }
  ThreadTeam team(1);
  QuantisedBuffer buffer;
  const std::vector<float> x = floats(tokens * kColumns);
  const QuantisedRows& quantised = buffer.quantise(team, *table, x.data(), tokens, kColumns);
  std::vector<float> y(tokens * rows);
  const PackedProduct product = table->packed_product(type);
  for (auto _ : state) {
    product(weights.data(), rows / kPackedRows, quantised, tokens, y.data(), rows);
    benchmark::ClobberMemory();
  }
  count(state, static_cast<double>(weights.size()), 2.0 * static_cast<double>(rows * kColumns * tokens),
        tokens == 1 ? &MachineLimits::read_bytes_per_s : &MachineLimits::int8_ops_per_s);
}

void gemv(benchmark::State& state, const Kernels* table, TensorType type) {
  const TensorTypeTraits& t = traits(type);
  const std::size_t row_bytes = kColumns / t.block_size * t.block_bytes, rows = kManyRows / 2;
  const std::vector<std::byte> weights = bytes(rows * row_bytes);
  const std::vector<float> x = floats(kColumns), sums(kColumns / 32);
  std::vector<float> y(rows);
  for (auto _ : state) {
    table->gemv(type)(weights.data(), row_bytes, rows, kColumns, x.data(), sums.data(), y.data());
    benchmark::ClobberMemory();
  }
  count(state, static_cast<double>(weights.size()), 2.0 * static_cast<double>(rows * kColumns),
        &MachineLimits::read_bytes_per_s);
}

// A tile of attention: 32 queries times heads with 64 keys of 64 values.
void attention_tile(benchmark::State& state, const Kernels* table) {
  constexpr std::size_t rows = 32, keys = 64, width = 64;
  const std::vector<float> q = floats(rows * width), k = floats(keys * width);
  std::vector<std::uint16_t> half(keys * width);
  table->to_half(k.data(), half.data(), half.size());
  std::vector<float> scores(rows * keys);
  for (auto _ : state) {
    table->tile_f16(rows, keys, width, q.data(), width, half.data(), keys, scores.data(), keys, false);
    benchmark::ClobberMemory();
  }
  count(state, 0, 2.0 * rows * keys * width, &MachineLimits::f32_ops_per_s);
}

void softmax(benchmark::State& state, const Kernels* table) {
  std::vector<float> scores = floats(64);
  for (auto _ : state) {
    float maximum = -4, total = 1;
    benchmark::DoNotOptimize(table->softmax_step(scores.data(), scores.size(), &maximum, &total));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(scores.size()) * state.iterations());
}

void quantise(benchmark::State& state, const Kernels* table) {
  const std::vector<float> x = floats(kColumns);
  std::vector<std::int8_t> values(kColumns);
  std::vector<float> scales(kColumns / 32), sums(kColumns / 32);
  std::vector<std::int32_t> minus(kColumns / 32), halves(kColumns / 16);
  for (auto _ : state) {
    table->quantise_row(x.data(), kColumns, values.data(), scales.data(), sums.data(), minus.data(), halves.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(kColumns) * state.iterations());
}

void rms_norm(benchmark::State& state, const Kernels* table) {
  const std::vector<float> x = floats(kColumns), weight = floats(kColumns);
  std::vector<float> y(kColumns);
  for (auto _ : state) {
    table->rms_norm(x.data(), weight.data(), 1e-5F, y.data(), kColumns);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(kColumns) * state.iterations());
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, TensorType> types{
      {"q4_0", TensorType::q4_0}, {"q4_1", TensorType::q4_1}, {"q5_0", TensorType::q5_0}, {"q5_1", TensorType::q5_1},
      {"q8_0", TensorType::q8_0}, {"q4_k", TensorType::q4_k}, {"q5_k", TensorType::q5_k}, {"q6_k", TensorType::q6_k}};
  for (const Kernels* table : {portable_kernels(), avx2_kernels(), avx512_kernels()}) {
    if (table == nullptr) continue;
    const auto add = [&](const std::string& name, auto function, auto... arguments) {
      benchmark::RegisterBenchmark((std::string(table->name) + "/" + name).c_str(), function, table, arguments...);
    };
    for (const auto& [name, type] : types) {
      add("decode/" + name, packed, type, kManyRows, std::size_t{1});
      add("8 tokens/" + name, packed, type, kManyRows, std::size_t{8});
      add("prefill/" + name, packed, type, kFewRows, std::size_t{144});
    }
    add("decode/f16", gemv, TensorType::f16);
    add("decode/iq4_xs", gemv, TensorType::iq4_xs);
    add("attention tile", attention_tile);
    add("softmax", softmax);
    add("quantise", quantise);
    add("rms_norm", rms_norm);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("one thread reads, GB/s", std::to_string(limits().read_bytes_per_s / 1e9));
  benchmark::AddCustomContext("and computes, int8 GOP/s", std::to_string(limits().int8_ops_per_s / 1e9));
  benchmark::AddCustomContext("f32 GFLOP/s", std::to_string(limits().f32_ops_per_s / 1e9));
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
