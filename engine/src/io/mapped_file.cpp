#include "io/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <system_error>

#include "io/printable.h"
#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

// The mapped ranges, as the signal handler sees them. A slot is free while `begin` is 0; `end` is written before
// `begin` is published.
struct Range {
  std::atomic<std::uintptr_t> begin{0};
  std::atomic<std::uintptr_t> end{0};
  std::atomic<bool> taken{false};
  std::atomic<bool> damaged{false};
};
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

constexpr std::size_t kMostMappings = 1024;
constinit std::array<Range, kMostMappings> ranges;
struct sigaction previous_action;  // written once, before our handler can run
std::uintptr_t page_bytes = 4096;

// Zero pages from the faulting page to the end of its mapping: a file that shrank has nothing behind that page either.
// mmap is a plain system call on the systems that we run on, so it may be called here.
bool repair(std::uintptr_t address) noexcept {
  for (Range& range : ranges) {
    const std::uintptr_t begin = range.begin.load(std::memory_order_acquire);
    if (begin == 0 || address < begin) continue;
    const std::uintptr_t end = range.end.load(std::memory_order_relaxed);
    if (address >= end) continue;
    range.damaged.store(true, std::memory_order_release);
    const std::uintptr_t page = address & ~(page_bytes - 1);
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the address comes from the kernel as a number's worth of pointer
    void* const where = reinterpret_cast<void*>(page);
    return ::mmap(where, end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == where;
  }
  return false;
}

void pass_on(int number, siginfo_t* info, void* context) noexcept {
  if ((previous_action.sa_flags & SA_SIGINFO) != 0) {
    previous_action.sa_sigaction(number, info, context);
  } else if (previous_action.sa_handler == SIG_IGN && info->si_code <= 0) {
    // sent by a process, and to be ignored
  } else if (previous_action.sa_handler == SIG_DFL || previous_action.sa_handler == SIG_IGN) {
    // A fault cannot be ignored: with the default action in place the access is tried again and ends the process.
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(number, &standard, nullptr);
    if (info->si_code <= 0) ::raise(number);
  } else {
    previous_action.sa_handler(number);
  }
}

void on_bus_error(int number, siginfo_t* info, void* context) noexcept {
  const int saved = errno;
  const bool fault = info->si_code > 0;  // not sent by kill or sigqueue
  if (!fault || !repair(reinterpret_cast<std::uintptr_t>(info->si_addr))) pass_on(number, info, context);
  errno = saved;
}

void install_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    ::sigaction(SIGBUS, nullptr, &previous_action);
    struct sigaction ours = {};
    ours.sa_sigaction = on_bus_error;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&ours.sa_mask);
    ::sigaction(SIGBUS, &ours, nullptr);
  });
}

Range* take_range() noexcept {
  for (Range& range : ranges) {
    bool free = false;
    if (range.taken.compare_exchange_strong(free, true, std::memory_order_acq_rel)) return &range;
  }
  return nullptr;
}

bool same_time(const timespec& a, const timespec& b) noexcept { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

[[noreturn]] void fail_with_errno(const std::string& what, int number) {
  throw Error(ErrorCode::io, what + ": " + std::generic_category().message(number) + ".");
}

// Of a limit (ulimit -v) there are two numbers to tell; without one the system is at the end of its address space.
[[noreturn]] void fail_without_memory(const std::filesystem::path& path, std::size_t size) {
  const auto megabytes = [](std::uint64_t bytes) { return std::to_string((bytes + 999'999) / 1'000'000) + " MB"; };
  rlimit limit{};
  const bool limited = ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  throw Error(ErrorCode::memory, in_quotes(path.native()) + " needs " + megabytes(size) + " of memory, " +
                                     (limited ? "but this process may take " + megabytes(limit.rlim_cur) +
                                                    " at the most (ulimit -v); raise the limit"
                                              : "more than the system has; close other programs") +
                                     " or choose a smaller model.");
}

}  // namespace

struct MappedFile::Impl {
  int descriptor = -1;
  struct stat state = {};
  std::byte* data = nullptr;
  std::size_t size = 0;
  Range* range = nullptr;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (range != nullptr) range->begin.store(0, std::memory_order_release);
    if (data != nullptr) ::munmap(data, size);
    if (range != nullptr) range->taken.store(false, std::memory_order_release);
    if (descriptor >= 0) ::close(descriptor);
  }
};

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path), impl_(std::make_unique<Impl>()) {
  // O_NONBLOCK: opening a pipe must not wait for somebody to write to it.
  impl_->descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (impl_->descriptor < 0) fail_with_errno("Cannot open " + in_quotes(path.native()), errno);
  if (::fstat(impl_->descriptor, &impl_->state) != 0) fail_with_errno("Cannot read " + in_quotes(path.native()), errno);
  if (S_ISDIR(impl_->state.st_mode)) throw Error(ErrorCode::io, in_quotes(path.native()) + " is a folder, not a file.");
  if (!S_ISREG(impl_->state.st_mode))
    throw Error(ErrorCode::io, in_quotes(path.native()) + " is not an ordinary file.");
  impl_->size = static_cast<std::size_t>(impl_->state.st_size);
  if (impl_->size == 0) return;

  install_handler();
  impl_->range = take_range();
  if (impl_->range == nullptr)
    throw Error(ErrorCode::io, "Cannot open " + in_quotes(path.native()) + ": too many files are open.");
  void* const address = ::mmap(nullptr, impl_->size, PROT_READ, MAP_PRIVATE, impl_->descriptor, 0);
  if (address == MAP_FAILED && errno == ENOMEM) fail_without_memory(path, impl_->size);
  if (address == MAP_FAILED) fail_with_errno("Cannot map " + in_quotes(path.native()) + " into memory", errno);
  impl_->data = static_cast<std::byte*>(address);
  const auto begin = reinterpret_cast<std::uintptr_t>(address);
  impl_->range->damaged.store(false, std::memory_order_relaxed);
  impl_->range->end.store((begin + impl_->size + page_bytes - 1) & ~(page_bytes - 1), std::memory_order_relaxed);
  impl_->range->begin.store(begin, std::memory_order_release);
}

MappedFile::~MappedFile() = default;

std::span<const std::byte> MappedFile::bytes() const noexcept { return {impl_->data, impl_->size}; }

void MappedFile::check_unchanged(bool look) const {
  if (impl_->range != nullptr && impl_->range->damaged.load(std::memory_order_acquire)) {
    throw Error(ErrorCode::io,
                in_quotes(path_.native()) +
                    " shrank or became unreadable while it was in use; restore the file and load it again.");
  }
  if (!look) return;
  struct stat now = {};
  if (::fstat(impl_->descriptor, &now) != 0) fail_with_errno("Cannot read " + in_quotes(path_.native()), errno);
  if (now.st_size != impl_->state.st_size || !same_time(now.st_mtim, impl_->state.st_mtim)) {
    throw Error(ErrorCode::io, in_quotes(path_.native()) + " was changed while it was in use; load it again.");
  }
}

}  // namespace sotto::engine
