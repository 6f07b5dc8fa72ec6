// A mapped file that shrinks is an error and never a signal, and other people's SIGBUS handlers still get what is
// theirs.
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "io/gguf.h"
#include "io/mapped_file.h"
#include "sotto/engine/error.h"
#include "support/gguf_writer.h"

using namespace sotto::engine;
namespace fs = std::filesystem;

namespace {

volatile sig_atomic_t calls_of_the_other_handler = 0;
sigjmp_buf behind_the_fault;

void other_handler(int) {
  calls_of_the_other_handler = calls_of_the_other_handler + 1;
  siglongjmp(behind_the_fault, 1);
}

// A file of `bytes` bytes that are all 1.
fs::path make_file(const fs::path& path, std::size_t bytes) {
  sotto::test::write_file(path, std::string(bytes, '\1'));
  return path;
}

// Reads every byte, whatever the compiler thinks of it.
unsigned sum(std::span<const std::byte> bytes) {
  const volatile std::byte* const data = bytes.data();
  unsigned total = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) total += std::to_integer<unsigned>(data[i]);
  return total;
}

template <typename Action>
std::string io_error(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code() == ErrorCode::io ? error.what() : std::string("another code: ") + error.what();
  }
  return "no error";
}

#define VERIFY_CONTAINS(text, part) \
  QVERIFY2(QString::fromStdString(text).contains(part), qPrintable(QString::fromStdString(text)))

// A mapping that is not ours, of a file that has shrunk: touching it is a fault.
class ForeignMapping {
 public:
  explicit ForeignMapping(const fs::path& path) {
    const int file = ::open(make_file(path, kBytes).c_str(), O_RDWR | O_CLOEXEC);
    memory_ = ::mmap(nullptr, kBytes, PROT_READ, MAP_PRIVATE, file, 0);
    ::close(file);
    fs::resize_file(path, 0);
  }
  ~ForeignMapping() { ::munmap(memory_, kBytes); }
  ForeignMapping(const ForeignMapping&) = delete;
  ForeignMapping& operator=(const ForeignMapping&) = delete;
  void touch() const { (void)static_cast<const volatile char*>(memory_)[100]; }

 private:
  static constexpr std::size_t kBytes = 8192;
  void* memory_ = nullptr;
};

// Runs `action` in a child process with `handler` for SIGBUS; how the child ended.
template <typename Action>
int status_of_child(void (*handler)(int), Action action) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGBUS, handler);
    action();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

}  // namespace

class MappedFileTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void bytes_are_those_of_the_file();
  void what_cannot_be_mapped_is_said_data();
  void what_cannot_be_mapped_is_said();
  void a_shrinking_file_is_an_error_not_a_signal();
  void many_threads_may_meet_the_damage_at_once();
  void a_changed_file_is_noticed();
  void a_replaced_file_keeps_its_old_bytes();
  void other_handlers_still_get_their_faults();
  void a_new_mapping_in_an_old_place_is_not_damaged();
  void a_shrinking_model_file_is_an_error();

 private:
  [[nodiscard]] fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
  QTemporaryDir folder_;
};

// Before the first mapping of this process: children that install our handler over the default action, and the handler
// that all other tests here find in its place.
void MappedFileTest::initTestCase() {
  const fs::path ours = make_file(path("ours"), 100);
  const ForeignMapping foreign(path("foreign"));
  const int faulted = status_of_child(SIG_DFL, [&] {
    const MappedFile file(ours);
    foreign.touch();
  });
  QVERIFY(WIFSIGNALED(faulted) && WTERMSIG(faulted) == SIGBUS);
  const int killed = status_of_child(SIG_DFL, [&] {
    const MappedFile file(ours);
    ::raise(SIGBUS);
  });
  QVERIFY(WIFSIGNALED(killed) && WTERMSIG(killed) == SIGBUS);
  const int ignored = status_of_child(SIG_IGN, [&] {
    const MappedFile file(ours);
    ::raise(SIGBUS);
  });
  QVERIFY(WIFEXITED(ignored) && WEXITSTATUS(ignored) == 0);

  ::signal(SIGBUS, other_handler);
}

void MappedFileTest::bytes_are_those_of_the_file() {
  const MappedFile file(make_file(path("bytes"), 10000));
  QCOMPARE(file.bytes().size(), std::size_t{10000});
  QCOMPARE(sum(file.bytes()), 10000U);
  file.check_unchanged(true);
  const MappedFile empty(make_file(path("empty"), 0));
  QCOMPARE(empty.bytes().size(), std::size_t{0});
  empty.check_unchanged(true);
}

void MappedFileTest::what_cannot_be_mapped_is_said_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<QString>("message");
  QTest::newRow("missing") << "no such file"
                           << "No such file";
  QTest::newRow("folder") << "folder"
                          << "is a folder";
  QTest::newRow("pipe") << "pipe"
                        << "is not an ordinary file";  // and opening it does not wait for a writer
  QTest::newRow("no permission") << "locked"
                                 << "Permission denied";
  QTest::newRow("odd name") << "odd\n\"name"
                            << "odd\\x0A\\x22name";
}

void MappedFileTest::what_cannot_be_mapped_is_said() {
  QFETCH(QString, name);
  QFETCH(QString, message);
  const fs::path file = path("") / name.toStdString();
  if (name == "folder") fs::create_directory(file);
  if (name == "pipe") QCOMPARE(::mkfifo(file.c_str(), 0600), 0);
  if (name == "locked") {
    if (::geteuid() == 0) QSKIP("the superuser may read every file");
    make_file(file, 10);
    fs::permissions(file, fs::perms::none);
  }
  VERIFY_CONTAINS(io_error([&] { const MappedFile mapped(file); }), message);
}

void MappedFileTest::a_shrinking_file_is_an_error_not_a_signal() {
  const MappedFile file(make_file(path("shrinks"), 1000000));
  QCOMPARE(file.bytes()[999999], std::byte{1});
  fs::resize_file(path("shrinks"), 5000);
  file.check_unchanged();  // nobody has noticed yet
  VERIFY_CONTAINS(io_error([&] { file.check_unchanged(true); }), "was changed");
  QVERIFY(sum(file.bytes()) <= 8192);  // zeros where nothing is left
  VERIFY_CONTAINS(io_error([&] { file.check_unchanged(); }), "shrank");
  QCOMPARE(calls_of_the_other_handler, 0);
}

void MappedFileTest::many_threads_may_meet_the_damage_at_once() {
  for (int round = 0; round < 20; ++round) {
    const MappedFile file(make_file(path("threads"), 400000));
    fs::resize_file(path("threads"), 0);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&file] { (void)sum(file.bytes()); });
    for (std::thread& thread : threads) thread.join();
    VERIFY_CONTAINS(io_error([&] { file.check_unchanged(); }), "shrank");
  }
}

void MappedFileTest::a_changed_file_is_noticed() {
  const MappedFile file(make_file(path("changes"), 100));
  file.check_unchanged(true);
  fs::last_write_time(path("changes"), fs::last_write_time(path("changes")) + std::chrono::seconds(2));
  file.check_unchanged();
  VERIFY_CONTAINS(io_error([&] { file.check_unchanged(true); }), "was changed while it was in use");
}

void MappedFileTest::a_replaced_file_keeps_its_old_bytes() {
  const MappedFile file(make_file(path("old"), 100));
  fs::rename(make_file(path("new"), 10), path("old"));
  file.check_unchanged(true);
  QCOMPARE(sum(file.bytes()), 100U);
}

void MappedFileTest::other_handlers_still_get_their_faults() {
  const MappedFile file(make_file(path("ours"), 100));
  calls_of_the_other_handler = 0;
  const ForeignMapping foreign(path("foreign"));
  if (sigsetjmp(behind_the_fault, 1) == 0) foreign.touch();
  QCOMPARE(calls_of_the_other_handler, 1);
  if (sigsetjmp(behind_the_fault, 1) == 0) ::raise(SIGBUS);
  QCOMPARE(calls_of_the_other_handler, 2);
  file.check_unchanged(true);
}

void MappedFileTest::a_new_mapping_in_an_old_place_is_not_damaged() {
  for (int i = 0; i < 3; ++i) {
    {
      const MappedFile damaged(make_file(path("place"), 50000));
      fs::resize_file(path("place"), 0);
      (void)sum(damaged.bytes());
      QVERIFY(io_error([&] { damaged.check_unchanged(); }) != "no error");
    }
    const MappedFile whole(make_file(path("place"), 50000));
    QCOMPARE(sum(whole.bytes()), 50000U);
    whole.check_unchanged(true);
  }
}

void MappedFileTest::a_shrinking_model_file_is_an_error() {
  std::vector<std::string> words(20000, "a word of some length");
  std::vector<float> weights(20000, 1.0F);
  sotto::test::GgufWriter().set("words", words).set("name", "x").add("w", {20000}, weights).write(path("model"));
  const auto model = GgufFile::open(path("model"));
  QCOMPARE(model->strings("words")->size(), std::size_t{20000});
  fs::resize_file(path("model"), 4096);
  VERIFY_CONTAINS(io_error([&] { (void)model->strings("words"); }), "shrank");
  QVERIFY(sum({model->tensor("w")->data, model->tensor("w")->bytes}) == 0);
  VERIFY_CONTAINS(io_error([&] { model->check_unchanged(); }), "shrank");
}

QTEST_GUILESS_MAIN(MappedFileTest)
#include "test_mapped_file.moc"
