#include "npy.h"

#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <string>

#include "errors.h"

namespace sotto::cli {

static_assert(std::endian::native == std::endian::little, "rows are written as they lie in memory");

NpyWriter::NpyWriter(const std::filesystem::path& path, std::size_t rows, std::size_t columns) : target_(path) {
  if (path.empty()) throw Failure("The name of the file to write is empty.");
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  const bool direct = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  written_ = target_;
  if (!direct) written_ += ".part" + std::to_string(getpid());
  file_.open(written_, std::ios::binary | std::ios::trunc);
  if (!file_) fail();

  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                       std::to_string(columns) + "), }";
  constexpr std::size_t prefix = 10;  // magic, version, length of the header
  header.append(63 - (prefix + header.size()) % 64, ' ');
  header += '\n';
  std::string start("\x93NUMPY\x01\x00", 8);
  start += static_cast<char>(header.size() & 0xFF);
  start += static_cast<char>(header.size() >> 8);
  file_ << start << header;
}

NpyWriter::~NpyWriter() {
  if (written_.empty() || written_ == target_) return;
  file_.close();
  std::error_code ignored;
  std::filesystem::remove(written_, ignored);
}

void NpyWriter::fail() const {
  throw Failure("The file " + target_.string() + " cannot be written: " + std::strerror(errno) + ".");
}

void NpyWriter::row(std::span<const float> values) {
  file_.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
  if (!file_) fail();
}

void NpyWriter::finish() {
  file_.close();
  if (!file_) fail();
  if (written_ != target_ && std::rename(written_.c_str(), target_.c_str()) != 0) fail();
  written_.clear();
}

}  // namespace sotto::cli
