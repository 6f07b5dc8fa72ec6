// NumPy's .npy format, version 1.0: a float32 matrix in C order, written row by row.
// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays".
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>

namespace sotto::cli {

// Writes beside the target and takes its place in `finish`, so that the target is never half written; what is not a
// regular file (a pipe, /dev/null) is written directly. Throws Failure naming the file.
class NpyWriter {
 public:
  NpyWriter(const std::filesystem::path& path, std::size_t rows, std::size_t columns);
  ~NpyWriter();  // removes what was not finished
  NpyWriter(const NpyWriter&) = delete;
  NpyWriter& operator=(const NpyWriter&) = delete;

  void row(std::span<const float> values);  // `columns` of them, `rows` times
  void finish();

 private:
  [[noreturn]] void fail() const;

  std::filesystem::path target_;
  std::filesystem::path written_;
  std::ofstream file_;
};

}  // namespace sotto::cli
