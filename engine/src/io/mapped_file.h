// A file mapped read-only. A file that shrinks while it is mapped would raise SIGBUS; a handler installed with the
// first mapping puts zero pages there instead and marks the mapping as damaged (faults outside our mappings go to the
// handler that was there before).
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace sotto::engine {

// Thread guarantee: immutable after construction, but for the damage mark, which is atomic.
class MappedFile {
 public:
  // Throws Error io naming the file: missing, a folder, no permission, not mappable. An empty file has no bytes.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  // Throws Error io when the file shrank under the mapping, or when its size or modification time is no longer what it
  // was when mapped. Cheap enough for once a token: an atomic load; the look at the file happens when `look` is set.
  void check_unchanged(bool look = false) const;

 private:
  std::filesystem::path path_;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sotto::engine
