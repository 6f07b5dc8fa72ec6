#include "ops/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace sotto::engine {

int physical_cores() {
  static const int cores = [] {
    cpu_set_t allowed;
    CPU_ZERO(&allowed);
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
      return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    }
    std::set<std::string> siblings;  // CPUs of one core have the same list
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(cpu, &allowed) == 0) continue;
      std::ifstream list("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list");
      std::string line;
      siblings.insert(std::getline(list, line) ? line : std::to_string(cpu));
    }
    return std::max(1, static_cast<int>(siblings.size()));
  }();
  return cores;
}

namespace {

// How long an idle thread looks for the next piece of work before it sleeps: the gaps between the operations of one
// token are shorter, those between tokens and replies are not.
constexpr std::chrono::microseconds kSpin{40};

template <class Condition>
bool spin_until(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (condition()) return true;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

}  // namespace

// Work is open while the caller claims pieces of it; helpers that come later than that are not waited for, so a core
// that another process holds costs nothing but its share.
struct ThreadTeam::Pool {
  std::mutex mutex;
  std::condition_variable work, done;
  std::atomic<std::uint64_t> round{0};  // changed under the mutex
  std::atomic<int> active{0};           // helpers at work; changed under the mutex
  bool open = false, quit = false;
  std::atomic<std::size_t> next{0};
  std::size_t count = 0, grain = 1;
  const void* context = nullptr;
  Piece piece = nullptr;
  std::vector<std::jthread> helpers;

  void claim() {
    for (;;) {
      const std::size_t first = next.fetch_add(grain);
      if (first >= count) return;
      piece(context, first, std::min(count, first + grain));
    }
  }
  void help() {
    std::uint64_t seen = 0;
    for (;;) {
      spin_until([&] { return round.load() != seen; });
      std::unique_lock lock(mutex);
      work.wait(lock, [&] { return quit || round.load() != seen; });
      if (quit) return;
      seen = round.load();
      if (!open) continue;
      ++active;
      lock.unlock();
      claim();
      lock.lock();
      if (--active == 0) done.notify_one();
    }
  }
};

ThreadTeam::ThreadTeam(int threads)
    : threads_(threads > 0 ? std::min(threads, 256) : physical_cores()), pool_(std::make_unique<Pool>()) {
  pool_->helpers.reserve(static_cast<std::size_t>(threads_));
  try {
    for (int i = 1; i < threads_; ++i) pool_->helpers.emplace_back([pool = pool_.get()] { pool->help(); });
  } catch (const std::system_error&) {
    // The system gives no more threads: fewer do the same work.
    threads_ = static_cast<int>(pool_->helpers.size()) + 1;
  }
}

ThreadTeam::~ThreadTeam() {
  {
    const std::lock_guard lock(pool_->mutex);
    pool_->quit = true;
    ++pool_->round;  // ends the spinning
  }
  pool_->work.notify_all();
  pool_->helpers.clear();  // joins
}

void ThreadTeam::run(std::size_t count, std::size_t grain, const void* context, Piece piece) {
  if (count <= grain || threads_ == 1) {
    for (std::size_t i = 0; i < count; i += grain) piece(context, i, std::min(count, i + grain));
    return;
  }
  {
    const std::lock_guard lock(pool_->mutex);
    pool_->count = count;
    pool_->grain = grain;
    pool_->context = context;
    pool_->piece = piece;
    pool_->next = 0;
    pool_->open = true;
    ++pool_->round;
  }
  pool_->work.notify_all();
  pool_->claim();
  std::unique_lock lock(pool_->mutex);
  pool_->open = false;
  if (pool_->active.load() == 0) return;
  lock.unlock();
  spin_until([this] { return pool_->active.load() == 0; });
  lock.lock();
  pool_->done.wait(lock, [this] { return pool_->active.load() == 0; });
}

}  // namespace sotto::engine
