#include "ops/parallel.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#ifdef SOTTO_JTHREAD
#include <condition_variable>
#include <mutex>
#include <vector>
#endif

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

#ifndef SOTTO_JTHREAD

struct ThreadTeam::Pool {};

ThreadTeam::ThreadTeam(int threads) : threads_(threads > 0 ? std::min(threads, 256) : physical_cores()) {}
ThreadTeam::~ThreadTeam() = default;

void ThreadTeam::use_for_library_calls() const { omp_set_num_threads(threads_); }

void ThreadTeam::run(std::size_t count, std::size_t grain, const void* context, Piece piece) {
  const std::size_t pieces = (count + grain - 1) / grain;
  if (pieces <= 1 || threads_ == 1) {
    for (std::size_t i = 0; i < count; i += grain) piece(context, i, std::min(count, i + grain));
    return;
  }
  const int team = static_cast<int>(std::min<std::size_t>(pieces, static_cast<std::size_t>(threads_)));
#pragma omp parallel for schedule(dynamic, 1) num_threads(team)
  for (std::size_t i = 0; i < pieces; ++i) piece(context, i * grain, std::min(count, (i + 1) * grain));
}

#else

// ThreadSanitizer does not understand libgomp's barriers; this pool does the same with what it understands.
struct ThreadTeam::Pool {
  std::mutex mutex;
  std::condition_variable work, done;
  std::uint64_t round = 0;
  int busy = 0;
  bool quit = false;
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
    std::unique_lock lock(mutex);
    for (;;) {
      work.wait(lock, [&] { return quit || round != seen; });
      if (quit) return;
      seen = round;
      lock.unlock();
      claim();
      lock.lock();
      if (--busy == 0) done.notify_one();
    }
  }
};

ThreadTeam::ThreadTeam(int threads)
    : threads_(threads > 0 ? std::min(threads, 256) : physical_cores()), pool_(std::make_unique<Pool>()) {
  for (int i = 1; i < threads_; ++i) pool_->helpers.emplace_back([pool = pool_.get()] { pool->help(); });
}

ThreadTeam::~ThreadTeam() {
  {
    const std::lock_guard lock(pool_->mutex);
    pool_->quit = true;
  }
  pool_->work.notify_all();
}

void ThreadTeam::use_for_library_calls() const { omp_set_num_threads(1); }

void ThreadTeam::run(std::size_t count, std::size_t grain, const void* context, Piece piece) {
  {
    const std::lock_guard lock(pool_->mutex);
    pool_->count = count;
    pool_->grain = grain;
    pool_->context = context;
    pool_->piece = piece;
    pool_->next = 0;
    pool_->busy = static_cast<int>(pool_->helpers.size());
    ++pool_->round;
  }
  pool_->work.notify_all();
  pool_->claim();
  std::unique_lock lock(pool_->mutex);
  pool_->done.wait(lock, [this] { return pool_->busy == 0; });
}

#endif

}  // namespace sotto::engine
