// The scripts that install, build and start Sotto, tried with the system's tools replaced by recording ones.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

namespace {

constexpr int kTimeoutMs = 30000;

struct Outcome {
  int exitCode = -1;
  QString out, err;
};

QString script(const char* name) { return QStringLiteral(SOTTO_SOURCE_DIR "/packaging/") + name; }

void write(const QString& path, const QByteArray& text) {
  QFile file(path);
  QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(path));
  file.write(text);
  file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
}

}  // namespace

class TestPackaging : public QObject {
  Q_OBJECT

 private slots:
  void init();
  void scriptsAreExecutable();
  void printsTheNamesOfEachSystem_data();
  void printsTheNamesOfEachSystem();
  void asksNobodyWhereNothingIsMissing();
  void rootInstallsWithAptGet();
  void plainUserInstallsThroughSudoAndIsTold();
  void plainUserWithoutSudoIsToldInOneSentence();
  void plainUserWithoutATerminalIsToldInOneSentence();
  void anUnknownSystemGetsTheList();
  void runWithoutDisplayTalksInTheTerminal_data();
  void runWithoutDisplayTalksInTheTerminal();
  void runRefusesAModelOptionWithoutAFile();
  void tidyReadsSourcesWithoutPrecompiledHeaders();
  void screenshotSaysWhatItNeeds_data();
  void screenshotSaysWhatItNeeds();

 private:
  // Runs a packaging script with only the recording tools and a few harmless ones within reach.
  Outcome start(const QString& program, const QStringList& arguments) const;
  void fake(const QString& tool, const QByteArray& body) { write(bin(tool), "#!/bin/bash\n" + body + '\n'); }
  [[nodiscard]] QString bin(const QString& tool) const { return folder_->filePath("bin/" + tool); }
  [[nodiscard]] QString system(const QByteArray& id, const QByteArray& version);
  [[nodiscard]] QString calls() const;  // of the recording tools

  std::unique_ptr<QTemporaryDir> folder_;
};

void TestPackaging::init() {
  folder_ = std::make_unique<QTemporaryDir>();
  QVERIFY(folder_->isValid());
  QVERIFY(QDir(folder_->path()).mkdir("bin"));
  for (const char* tool : {"bash", "env", "dirname", "sed", "tr", "cat"}) {
    const QString real = QStandardPaths::findExecutable(tool);
    QVERIFY2(!real.isEmpty(), tool);
    QVERIFY(QFile::link(real, bin(tool)));
  }
  fake("id", "echo 0");
  fake("dpkg-query", "exit 1");  // nothing is installed
  fake("apt-get", "echo \"apt-get $*\" >> \"$CALLS\"");
}

Outcome TestPackaging::start(const QString& program, const QStringList& arguments) const {
  QProcess process;
  QProcessEnvironment environment;
  environment.insert("PATH", folder_->filePath("bin"));
  environment.insert("CALLS", folder_->filePath("calls"));
  process.setProcessEnvironment(environment);
  process.setStandardInputFile(QProcess::nullDevice());
  process.start(bin("bash"), QStringList{program} + arguments);
  Outcome outcome;
  if (!process.waitForFinished(kTimeoutMs)) {
    process.kill();
    process.waitForFinished();
    return outcome;
  }
  outcome.exitCode = process.exitCode();
  outcome.out = QString::fromUtf8(process.readAllStandardOutput());
  outcome.err = QString::fromUtf8(process.readAllStandardError());
  return outcome;
}

QString TestPackaging::system(const QByteArray& id, const QByteArray& version) {
  const QString path = folder_->filePath("os-release");
  write(path, "PRETTY_NAME=\"A system\"\nID=" + id + "\nVERSION_ID=\"" + version + "\"\n");
  return path;
}

QString TestPackaging::calls() const {
  QFile file(folder_->filePath("calls"));
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

void TestPackaging::scriptsAreExecutable() {
  for (const char* name : {"install-dependencies", "build", "run", "test", "tidy", "check-debian13", "screenshot"})
    QVERIFY2(QFileInfo(script(name)).isExecutable(), name);
}

void TestPackaging::printsTheNamesOfEachSystem_data() {
  QTest::addColumn<QByteArray>("id");
  QTest::addColumn<QByteArray>("version");
  QTest::addColumn<QString>("clang");
  QTest::addColumn<bool>("known");
  QTest::newRow("Debian 12") << QByteArray("debian") << QByteArray("12") << "clang-16" << true;
  QTest::newRow("Debian 13") << QByteArray("debian") << QByteArray("13") << "clang-19" << true;
  QTest::newRow("Ubuntu 24.04") << QByteArray("ubuntu") << QByteArray("24.04") << "clang-18" << true;
  QTest::newRow("another") << QByteArray("fedora") << QByteArray("41") << "clang-16" << false;
}

void TestPackaging::printsTheNamesOfEachSystem() {
  QFETCH(const QByteArray, id);
  QFETCH(const QByteArray, version);
  QFETCH(const QString, clang);
  QFETCH(const bool, known);
  const QString osRelease = system(id, version);
  const Outcome plain = start(script("install-dependencies"), {"--print", "--os-release", osRelease});
  QCOMPARE(plain.exitCode, 0);
  QCOMPARE(plain.err.isEmpty(), known);
  const QStringList packages = plain.out.split('\n', Qt::SkipEmptyParts);
  for (const char* package :
       {"g++", "cmake", "ninja-build", "qt6-base-dev", "qt6-svg-dev", "libdnnl-dev", "libsqlitecpp-dev", "libpcre2-dev",
        "libutf8proc-dev", "nlohmann-json3-dev", "libcli11-dev", "libmd4c-dev", "fonts-inter", "xvfb"})
    QVERIFY2(packages.contains(package), package);
  QVERIFY2(packages.filter("clang").isEmpty(), "clang is for developers, who ask for it");

  const Outcome tidy = start(script("install-dependencies"), {"--print", "--os-release", osRelease, "tidy"});
  QVERIFY2(tidy.out.split('\n').contains(clang), qPrintable(tidy.out));
  QVERIFY(calls().isEmpty());
}

void TestPackaging::asksNobodyWhereNothingIsMissing() {
  fake("dpkg-query", "shift 3; for package; do echo \"installed:$package\"; done");
  const Outcome outcome = start(script("install-dependencies"), {"--os-release", system("debian", "12")});
  QCOMPARE(outcome.exitCode, 0);
  QVERIFY2(outcome.out.isEmpty() && outcome.err.isEmpty(), qPrintable(outcome.err));
  QVERIFY(calls().isEmpty());
}

void TestPackaging::rootInstallsWithAptGet() {
  fake("dpkg-query", "echo installed:cmake; echo config-files:xvfb; exit 1");
  const Outcome outcome = start(script("install-dependencies"), {"--os-release", system("debian", "12")});
  QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.err));
  QVERIFY(outcome.out.isEmpty());
  const QStringList lines = calls().split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 2);
  QVERIFY(lines[0].endsWith(" update"));
  const QStringList words = lines[1].split(' ');
  QVERIFY(words.contains("install") && words.contains("-y"));
  QVERIFY(words.contains("g++") && words.contains("xvfb"));
  QVERIFY2(!words.contains("cmake"), "it is installed already");
}

void TestPackaging::plainUserInstallsThroughSudoAndIsTold() {
  fake("id", "echo 1000");
  fake("sudo", "[ \"$1\" != -n ] || shift; echo sudo >> \"$CALLS\"; [ \"$1\" = true ] || exec \"$@\"");
  const Outcome outcome = start(script("install-dependencies"), {"--os-release", system("debian", "12"), "test"});
  QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.err));
  QVERIFY2(outcome.err.contains("xvfb xauth"), qPrintable(outcome.err));
  QVERIFY(calls().contains("sudo\napt-get"));
}

void TestPackaging::plainUserWithoutSudoIsToldInOneSentence() {
  fake("id", "echo 1000");
  const Outcome outcome = start(script("install-dependencies"), {"--os-release", system("debian", "12"), "test"});
  QCOMPARE(outcome.exitCode, 1);
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY2(outcome.err.contains(" apt-get update && apt-get install "), "a bare system has no lists yet");
  QVERIFY(outcome.err.contains("xvfb xauth"));
  QVERIFY(calls().isEmpty());
}

void TestPackaging::plainUserWithoutATerminalIsToldInOneSentence() {
  fake("id", "echo 1000");
  fake("sudo", "[ \"$1\" != -n ] || exit 1; echo sudo >> \"$CALLS\"");  // it would ask for a password
  const Outcome outcome = start(script("install-dependencies"), {"--os-release", system("debian", "12"), "test"});
  QCOMPARE(outcome.exitCode, 1);
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY(calls().isEmpty());
}

void TestPackaging::anUnknownSystemGetsTheList() {
  const Outcome outcome = start(script("install-dependencies"), {"--os-release", system("fedora", "41")});
  QCOMPARE(outcome.exitCode, 0);
  QVERIFY(outcome.err.contains("qt6-base-dev"));
  QVERIFY(calls().isEmpty());
}

void TestPackaging::runWithoutDisplayTalksInTheTerminal_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("called");
  QTest::newRow("nothing said") << QStringList() << "chat starter";
  QTest::newRow("the window's options") << QStringList{"--new", "--data-dir", "x"} << "chat starter";
  QTest::newRow("a model") << QStringList{"--model", "x.gguf", "--seed", "1"} << "chat x.gguf --seed 1";
  QTest::newRow("a model, in one word") << QStringList{"--model=x.gguf"} << "chat x.gguf";
}

void TestPackaging::runWithoutDisplayTalksInTheTerminal() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, called);
  const QDir tree(folder_->path());
  QVERIFY(tree.mkpath("packaging") && tree.mkpath("build/bin"));
  QVERIFY(QFile::copy(script("run"), tree.filePath("packaging/run")));
  write(tree.filePath("packaging/build"), "#!/bin/bash\n");
  write(tree.filePath("build/bin/sotto-cli"), "#!/bin/bash\necho \"$*\" >> \"$CALLS\"\n");
  const Outcome outcome = start(tree.filePath("packaging/run"), arguments);
  QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.err));
  QCOMPARE(calls().trimmed(), called);
}

void TestPackaging::runRefusesAModelOptionWithoutAFile() {
  const Outcome outcome = start(script("run"), {"--model"});
  QCOMPARE(outcome.exitCode, 1);
  QCOMPARE(outcome.err.count('\n'), 1);
}

// GCC's precompiled headers, which clang refuses.
void TestPackaging::tidyReadsSourcesWithoutPrecompiledHeaders() {
  const QDir tree(folder_->path());
  QVERIFY(tree.mkpath("packaging") && tree.mkpath("build"));
  QVERIFY(QFile::copy(script("tidy"), tree.filePath("packaging/tidy")));
  write(tree.filePath("packaging/build"), "#!/bin/bash\n");
  write(tree.filePath("a.cpp"), "");
  write(tree.filePath("build/compile_commands.json"),
        R"([{"command": "c++ -DA -Winvalid-pch -include /b/cmake_pch.hxx -o a.o -c a.cpp", "file": "a.cpp"}])");
  for (const char* tool : {"xargs", "realpath", "mkdir"})
    QVERIFY(QFile::link(QStandardPaths::findExecutable(tool), bin(tool)));
  fake("nproc", "echo 1");
  fake("clang-tidy-16", "while [ \"$1\" != -p ]; do shift; done; cat \"$2/compile_commands.json\" >> \"$CALLS\"");
  const Outcome outcome = start(tree.filePath("packaging/tidy"), {tree.filePath("a.cpp")});
  QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.err));
  QCOMPARE(calls(), QString(R"([{"command": "c++ -DA -o a.o -c a.cpp", "file": "a.cpp"}])"));
}

void TestPackaging::screenshotSaysWhatItNeeds_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("said");
  QTest::newRow("no model") << QStringList() << "--model FILE.gguf";
  QTest::newRow("no such model") << QStringList{"--model", "no/such.gguf"} << "no/such.gguf";
  QTest::newRow("no name of a model") << QStringList{"--model"} << "--model";
  QTest::newRow("one message") << QStringList{"--model", "MODEL", "--say", "Hello"} << "--say";
  QTest::newRow("misspelt") << QStringList{"--drak"} << "--drak";
}

void TestPackaging::screenshotSaysWhatItNeeds() {
  QFETCH(QStringList, arguments);
  QFETCH(const QString, said);
  // In a tree of its own, beside which no model lies.
  QVERIFY(QDir(folder_->path()).mkpath("tree/packaging"));
  const QString copy = folder_->filePath("tree/packaging/screenshot");
  QVERIFY(QFile::copy(script("screenshot"), copy));
  write(folder_->filePath("model.gguf"), "GGUF");
  arguments.replaceInStrings("MODEL", folder_->filePath("model.gguf"));
  const Outcome outcome = start(copy, arguments);
  QCOMPARE(outcome.exitCode, 1);
  QVERIFY(outcome.out.isEmpty());
  QVERIFY2(outcome.err.count('\n') == 1 && outcome.err.contains(said), qPrintable(outcome.err));
}

QTEST_GUILESS_MAIN(TestPackaging)
#include "test_packaging.moc"
