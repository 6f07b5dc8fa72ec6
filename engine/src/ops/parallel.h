// The engine's one way to use several cores. Work is cut into small pieces that idle threads claim, so that a core that
// is taken away by another process costs its share and no more.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace sotto::engine {

// One thread for each physical core that this process may run on.
[[nodiscard]] int physical_cores();

// Not OpenMP: libgomp's regions end when every thread of the team has come by, so one process that holds a core made
// decode ten times slower (ARCHITECTURE.md, Threads). oneDNN is called from within the pieces and told to stay in its
// thread. Thread guarantee: used from the one thread that owns it.
class ThreadTeam {
 public:
  // `threads` in 1..256; 0: physical_cores(). Fewer where the system gives no more.
  explicit ThreadTeam(int threads = 0);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  [[nodiscard]] int threads() const noexcept { return threads_; }

  // Calls body(first, last) for pieces of [0, count) of at most `grain` each, on all threads; returns when all are
  // done. `body` must not throw.
  template <class Body>
  void parallel_for(std::size_t count, std::size_t grain, const Body& body) {
    run(count, grain == 0 ? 1 : grain, &body, [](const void* context, std::size_t first, std::size_t last) {
      (*static_cast<const Body*>(context))(first, last);
    });
  }

 private:
  using Piece = void (*)(const void* context, std::size_t first, std::size_t last);
  void run(std::size_t count, std::size_t grain, const void* context, Piece piece);

  int threads_;
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace sotto::engine
