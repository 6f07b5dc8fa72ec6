// The tree's top level is what was agreed, and the engine stands alone: no Qt, no SQLite.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

namespace {

const QSet<QString> kFolders{"app", "engine", "packaging", "resources", "tests", "ui"};
const QSet<QString> kFiles{"CMakeLists.txt", "CMakePresets.json", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md",
                           "CHANGELOG.md",   "SECURITY.md",       "LICENSE",   ".clang-format",   ".clang-tidy",
                           ".editorconfig",  ".gitignore",        ".ci"};

// What the tree holds at its top: what git tracks, or in a tree without git what lies there but for builds.
QSet<QString> topLevel(const QDir& root) {
  QSet<QString> names;
  QProcess git;
  git.setWorkingDirectory(root.path());
  git.start("git", {"-c", "safe.directory=*", "ls-files", "-z"});
  if (root.exists(".git") && git.waitForFinished() && git.exitCode() == 0) {
    for (const QByteArray& path : git.readAllStandardOutput().split('\0'))
      if (!path.isEmpty()) names.insert(QString::fromUtf8(path.split('/').first()));
  } else {
    for (const QString& name : root.entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot))
      if (!name.startsWith("build") && name != ".git") names.insert(name);
  }
  return names;
}

QString run(const QString& program, const QStringList& arguments, int* exitCode) {
  QProcess process;
  process.setProcessChannelMode(QProcess::MergedChannels);
  process.start(program, arguments);
  if (!process.waitForFinished(60000)) process.kill();
  *exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
  return QString::fromUtf8(process.readAll());
}

}  // namespace

class TestTree : public QObject {
  Q_OBJECT

 private slots:
  void topLevelIsAsAgreed();
  void picturesOfTheReadmeAreThere();
  void engineConfiguresWithoutQt();
  void engineLinksNeitherQtNorSqlite();
};

void TestTree::topLevelIsAsAgreed() {
  const QDir root(SOTTO_SOURCE_DIR);
  const QSet<QString> agreed = kFolders | kFiles;
  const QSet<QString> found = topLevel(root);
  const auto listed = [](const QSet<QString>& names) { return QStringList(names.values()).join(' ').toUtf8(); };
  QVERIFY2((found - agreed).isEmpty(), listed(found - agreed).constData());
  QVERIFY2((agreed - found).isEmpty(), listed(agreed - found).constData());
  for (const QString& folder : kFolders) QVERIFY2(QFileInfo(root.filePath(folder)).isDir(), qPrintable(folder));
  QVERIFY(QFileInfo(root.filePath(".ci/run")).isExecutable());
}

void TestTree::picturesOfTheReadmeAreThere() {
  const QDir root(SOTTO_SOURCE_DIR);
  QFile readme(root.filePath("README.md"));
  QVERIFY(readme.open(QIODevice::ReadOnly));
  const QString text = QString::fromUtf8(readme.readAll());
  const QRegularExpression picture("(?:src|srcset)=\"([^\"]+)\"");
  int found = 0;
  for (auto each = picture.globalMatch(text); each.hasNext(); ++found) {
    const QString path = each.next().captured(1);
    QFile file(root.filePath(path));
    QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(path));
    const QByteArray bytes = file.readAll();
    QVERIFY2(bytes.size() > 10'000 && bytes.size() < 200'000, qPrintable(path));
    QVERIFY2(bytes.startsWith("\x89PNG\r\n\x1a\n"), qPrintable(path));
    const auto number = [&bytes](qsizetype at) { return qFromBigEndian<quint32>(bytes.constData() + at); };
    QCOMPARE(number(16), 1440U);
    QCOMPARE(number(20), 900U);
  }
  QCOMPARE(found, 2);  // light and dark
}

void TestTree::engineConfiguresWithoutQt() {
  const QTemporaryDir build;
  int exitCode = 0;
  const QString output = run(
      "cmake",
      {"-S", SOTTO_SOURCE_DIR, "-B", build.path(), "-G", "Ninja", "-DSOTTO_BUILD_APP=OFF", "-DSOTTO_BUILD_TESTS=OFF",
       "-DCMAKE_DISABLE_FIND_PACKAGE_Qt6=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_SQLiteCpp=ON"},
      &exitCode);
  QVERIFY2(exitCode == 0, qPrintable(output));

  QFile commands(build.filePath("compile_commands.json"));
  QVERIFY(commands.open(QIODevice::ReadOnly));
  const QByteArray text = commands.readAll();
  QVERIFY(text.contains("engine/src/"));
  QVERIFY(!text.contains(SOTTO_SOURCE_DIR "/app/") && !text.contains(SOTTO_SOURCE_DIR "/ui/"));
  QVERIFY2(!text.toLower().contains("qt6"), "a source of the engine is compiled with Qt's headers in reach");
}

void TestTree::engineLinksNeitherQtNorSqlite() {
  int exitCode = 0;
  const QString cli = QStringLiteral(SOTTO_BIN_DIR "/sotto-cli");
  QVERIFY2(QFile::exists(cli), "sotto-cli was not built");
  const QString libraries = run("readelf", {"-d", cli}, &exitCode);
  QVERIFY2(exitCode == 0, qPrintable(libraries));
  QVERIFY2(libraries.contains("libdnnl"), qPrintable(libraries));  // it is the engine, linked
  for (const char* stranger : {"libQt", "libsqlite", "libcurl"})
    QVERIFY2(!libraries.contains(stranger), qPrintable(libraries));
}

QTEST_GUILESS_MAIN(TestTree)
#include "test_tree.moc"
