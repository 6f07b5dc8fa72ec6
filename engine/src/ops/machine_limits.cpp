#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <vector>

#include "ops/kernels.h"
#include "ops/parallel.h"
#include "sotto/engine/machine.h"

namespace sotto::engine {
namespace {

constexpr int kRuns = 5;

// The shortest time of several runs, in seconds.
double shortest(const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < kRuns; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

}  // namespace

MachineLimits measure_machine(int threads) {
  ThreadTeam team(threads);
  const Kernels& kernel = kernels();
  const auto pieces = static_cast<std::size_t>(team.threads()) * 16;
  std::atomic<std::uint32_t> result{0};
  MachineLimits limits;

  constexpr std::size_t bytes = std::size_t{256} << 20;
  constexpr std::size_t piece = std::size_t{1} << 20;
  std::vector<std::uint8_t> memory(bytes, 1);
  limits.read_bytes_per_s = static_cast<double>(bytes) / shortest([&] {
                              team.parallel_for(bytes, piece, [&](std::size_t first, std::size_t last) {
                                result += kernel.read_bytes(memory.data() + first, last - first);
                              });
                            });
  constexpr std::size_t rounds = 20'000;
  const auto rate = [&](const OpsLoop& loop) {
    const double seconds = shortest([&] {
      team.parallel_for(pieces, 1, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) result += loop.run(rounds);
      });
    });
    return static_cast<double>(pieces * rounds) * loop.ops_in_a_round / seconds;
  };
  limits.int8_ops_per_s = rate(kernel.int8_loop);
  limits.f32_ops_per_s = rate(kernel.f32_loop);
  return limits;
}

const char* kernel_name() noexcept { return kernels().name; }

}  // namespace sotto::engine
