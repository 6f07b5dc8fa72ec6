#include "model/packing.h"

#include <sys/mman.h>

#include <algorithm>
#include <span>
#include <vector>

#include "ops/packed_layout.h"
#include "ops/parallel.h"
#include "sotto/engine/error.h"

namespace sotto::engine {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kPiece = std::size_t{2} << 20;  // some 20 ms of a slow disk

std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

// Reads `size` mapped bytes from the disk.
void populate(const std::byte* start, std::size_t size) {
#ifdef MADV_POPULATE_READ
  const std::size_t before = reinterpret_cast<std::uintptr_t>(start) % kPage;  // it wants to begin on a page
  if (madvise(const_cast<std::byte*>(start - before), size + before, MADV_POPULATE_READ) == 0) return;
#endif
  for (std::size_t i = 0; i < size; i += kPage) static_cast<void>(*static_cast<const volatile std::byte*>(start + i));
}

void give_back(std::span<const std::byte> bytes) noexcept {
  const auto begin = (reinterpret_cast<std::uintptr_t>(bytes.data()) + kPage - 1) / kPage * kPage;
  const auto end = reinterpret_cast<std::uintptr_t>(bytes.data() + bytes.size()) / kPage * kPage;
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

class Reading {
 public:
  Reading(const GgufFile& file, std::uint64_t total, const std::function<void(double)>& progress,
          const std::stop_token& stop)
      : file_(file), total_(total), progress_(progress), stop_(stop) {}

  // False when stopped.
  bool read(std::span<const std::byte> bytes) {
    for (std::size_t start = 0; start < bytes.size(); start += kPiece) {
      if (stop_.stop_requested()) return false;
      const std::size_t size = std::min(kPiece, bytes.size() - start);
      populate(bytes.data() + start, size);
      file_.check_unchanged();
      done_ += size;
      const int percent = static_cast<int>(static_cast<double>(done_) / static_cast<double>(total_) * 100);
      if (progress_ && percent > reported_) progress_(percent / 100.0);
      reported_ = percent;
    }
    return true;
  }

 private:
  const GgufFile& file_;
  std::uint64_t total_, done_ = 0;
  const std::function<void(double)>& progress_;
  const std::stop_token& stop_;
  int reported_ = 0;
};

std::vector<Linear*> packables(const Weights& weights) {
  std::vector<Linear*> all = weights.linears();
  std::erase_if(all, [](const Linear* each) { return each->packable_bytes() == 0; });
  return all;
}

// Piece by piece, so that there are never two copies of more than one. False when stopped.
bool pack_matrix(Linear& matrix, ThreadTeam& team, Reading& reading, std::uint8_t* memory) {
  const std::span<const std::byte> source = matrix.source();
  const auto rows = static_cast<std::size_t>(matrix.outputs());
  const std::size_t row_bytes = source.size() / rows;
  const std::size_t piece = std::max<std::size_t>(1, kPiece / (row_bytes * kPackedRows)) * kPackedRows;
  for (std::size_t first = 0; first < rows; first += piece) {
    const std::size_t last = std::min(rows, first + piece);
    if (!reading.read(source.subspan(first * row_bytes, (last - first) * row_bytes))) return false;
    matrix.pack(team, memory, first, last);
    // With the page that the piece before shared with this one.
    const std::size_t from = first * row_bytes - std::min(first * row_bytes, kPage);
    give_back(source.subspan(from, last * row_bytes - from));
  }
  matrix.use_packed(memory);
  return true;
}

}  // namespace

void give_back_around(std::span<const std::byte> bytes, std::span<const std::byte> all) noexcept {
  constexpr std::size_t reach = std::size_t{2} << 20;  // no mapping at once is larger
  const auto begin = static_cast<std::size_t>(bytes.data() - all.data());
  const std::size_t from = begin - std::min(begin, reach);
  give_back(all.subspan(from, std::min(all.size(), begin + bytes.size() + reach) - from));
}

PackedMemory::PackedMemory(std::size_t bytes) {
  if (bytes == 0) return;
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw Error(ErrorCode::memory, "There is no memory for the model's weights.");
  madvise(memory, bytes, MADV_HUGEPAGE);
  data_ = {static_cast<std::uint8_t*>(memory), UnmapMemory{bytes}};
}

void UnmapMemory::operator()(std::uint8_t* p) const noexcept { munmap(p, bytes); }

std::uint64_t tensor_bytes(const GgufFile& file) noexcept {
  std::uint64_t total = 0;
  for (const GgufTensor& tensor : file.tensors()) total += tensor.bytes;  // no overflow: they do not overlap
  return total;
}

std::uint64_t weight_bytes(const GgufFile& file, const Weights& weights, bool packed) {
  std::uint64_t total = tensor_bytes(file);
  if (!packed) return total;
  for (const Linear* each : packables(weights)) {
    const std::uint64_t before = each->source().size(), after = each->packable_bytes();
    total += after > before ? after - before : 0;
  }
  return total;
}

ReadWeights read_weights(const GgufFile& file, const Weights& weights, bool pack,
                         const std::function<void(double)>& progress, const std::stop_token& stop) {
  Reading reading(file, tensor_bytes(file), progress, stop);
  ReadWeights result;
  std::vector<std::span<const std::byte>> packed;
  if (pack) {
    const std::vector<Linear*> linears = packables(weights);
    std::size_t bytes = 0;
    for (const Linear* each : linears) bytes += aligned(each->packable_bytes());
    result.memory = PackedMemory(bytes);
    ThreadTeam team;
    std::uint8_t* next = result.memory.data();
    for (Linear* each : linears) {
      if (!pack_matrix(*each, team, reading, next)) return result;
      packed.push_back(each->source());
      next += aligned(each->packable_bytes());
    }
  }
  std::ranges::sort(packed, {}, [](auto bytes) { return bytes.data(); });
  for (const GgufTensor& tensor : file.tensors()) {
    // A tensor is one matrix or several, all of them packed or none.
    const auto at = std::ranges::lower_bound(packed, tensor.data, {}, [](auto bytes) { return bytes.data(); });
    if (at != packed.end() && at->data() == tensor.data && tensor.bytes > 0) continue;
    if (!reading.read({tensor.data, tensor.bytes})) return result;
  }
  file.check_unchanged(true);
  result.done = !stop.stop_requested();
  return result;
}

}  // namespace sotto::engine
