#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>

#include "ops/kernels.h"
#include "ops/parallel.h"
#include "sotto/engine/error.h"
#include "sotto/engine/machine.h"

namespace sotto::engine {
namespace {

constexpr int kRuns = 5;

// Memory as packed weights are in: in large pages, where the system gives them.
class Pages {
 public:
  explicit Pages(std::size_t bytes) : bytes_(bytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw Error(ErrorCode::memory, "There is no memory left to measure the machine with.");
    madvise(memory, bytes, MADV_HUGEPAGE);
    data_ = static_cast<std::uint8_t*>(memory);
    std::fill_n(data_, bytes, std::uint8_t{1});
  }
  ~Pages() { munmap(data_, bytes_); }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  [[nodiscard]] const std::uint8_t* data() const noexcept { return data_; }

 private:
  std::size_t bytes_;
  std::uint8_t* data_ = nullptr;
};

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
  const Pages memory(bytes);
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
