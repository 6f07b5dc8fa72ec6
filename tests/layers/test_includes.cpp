// Reads the #includes of the whole tree: layers point one way, ui -> app -> engine.
#include <QDirIterator>
#include <QFile>
#include <QLibraryInfo>
#include <QTest>

#include "layers/include_rules.h"

using sotto::tests::Include;
using sotto::tests::IncludeRules;
using sotto::tests::includesOf;

class TestIncludes : public QObject {
  Q_OBJECT

 private slots:
  void everyIncludeOfTheTreeIsAllowed_data();
  void everyIncludeOfTheTreeIsAllowed();
  void objectsToWhatTheLayersForbid_data();
  void objectsToWhatTheLayersForbid();
  void readsIncludesAndNotComments();
  void sourcesStaySmall();

 private:
  [[nodiscard]] static QStringList sourcesBelow(const QString& folder);
  const QDir root_{SOTTO_SOURCE_DIR};
  const IncludeRules rules_{root_, QDir(QLibraryInfo::path(QLibraryInfo::HeadersPath))};
};

QStringList TestIncludes::sourcesBelow(const QString& folder) {
  const QDir root(SOTTO_SOURCE_DIR);
  QStringList files;
  QDirIterator it(root.filePath(folder), {"*.h", "*.cpp", "*.hpp", "*.inl", "*.inc"}, QDir::Files,
                  QDirIterator::Subdirectories);
  while (it.hasNext()) files.append(root.relativeFilePath(it.next()));
  files.sort();
  return files;
}

void TestIncludes::everyIncludeOfTheTreeIsAllowed_data() {
  QTest::addColumn<QString>("folder");
  for (const char* folder : {"engine", "app", "ui", "tests"}) QTest::newRow(folder) << folder;
}

void TestIncludes::everyIncludeOfTheTreeIsAllowed() {
  QFETCH(const QString, folder);
  const QStringList files = sourcesBelow(folder);
  QVERIFY2(!files.isEmpty(), "no sources found: the test would be blind");
  QStringList objections;
  int seen = 0;
  for (const QString& file : files) {
    QFile source(root_.filePath(file));
    QVERIFY2(source.open(QIODevice::ReadOnly), qPrintable(file));
    for (const Include& include : includesOf(QString::fromUtf8(source.readAll()))) {
      ++seen;
      const QString objection = rules_.objection(file, include);
      if (!objection.isEmpty())
        objections.append(QStringLiteral("%1:%2: %3 (%4)").arg(file).arg(include.line).arg(objection, include.name));
    }
  }
  QVERIFY(seen > 0);
  QVERIFY2(objections.isEmpty(), qPrintable('\n' + objections.join('\n')));
}

void TestIncludes::objectsToWhatTheLayersForbid_data() {
  QTest::addColumn<QString>("file");
  QTest::addColumn<QString>("line");
  QTest::addColumn<bool>("allowed");
  const auto row = [](const char* file, const char* line, bool allowed) {
    QTest::addRow("%s: %s", file, line) << file << line << allowed;
  };
  row("engine/src/io/gguf.cpp", "#include <vector>", true);
  row("engine/src/io/gguf.cpp", "#include \"io/gguf.h\"", true);
  row("engine/src/io/gguf.cpp", "#include \"sotto/engine/error.h\"", true);
  row("engine/src/io/gguf.cpp", "#include <QString>", false);
  row("engine/src/io/gguf.cpp", "#include <QtCore/QString>", false);
  row("engine/src/io/gguf.cpp", "#include <qstring.h>", false);
  row("engine/src/io/gguf.cpp", "#include <sqlite3.h>", false);
  row("engine/src/io/gguf.cpp", "#include <SQLiteCpp/SQLiteCpp.h>", false);
  row("engine/src/io/gguf.cpp", "#include <sys/socket.h>", false);
  row("engine/src/io/gguf.cpp", "#include \"domain/message.h\"", false);
  row("engine/src/io/gguf.cpp", "#include \"../../../app/domain/message.h\"", false);
  row("engine/src/io/gguf.cpp", "#include <dnnl.hpp>", false);
  row("engine/src/ops/matmul.cpp", "#include <dnnl.hpp>", true);
  row("engine/include/sotto/engine/model.h", "#include \"sotto/engine/error.h\"", true);
  row("engine/include/sotto/engine/model.h", "#include \"io/gguf.h\"", false);
  row("engine/tools/main.cpp", "#include \"io/gguf.h\"", false);
  row("engine/tools/main.cpp", "#include <CLI/CLI.hpp>", true);
  row("app/chat/x.cpp", "#include \"domain/message.h\"", true);
  row("app/chat/x.cpp", "#include \"sotto/engine/model.h\"", true);
  row("app/chat/x.cpp", "#include <QLocalServer>", true);
  row("app/chat/x.cpp", "#include <QColor>", true);
  row("app/chat/x.cpp", "#include <SQLiteCpp/Database.h>", true);
  row("app/chat/x.cpp", "#include <QWidget>", false);
  row("app/chat/x.cpp", "#include <QtWidgets/QLabel>", false);
  row("app/chat/x.cpp", "#include <qpushbutton.h>", false);
  row("app/chat/x.cpp", "#include <QtWidgets>", false);
  row("app/chat/x.cpp", "#include <QSqlDatabase>", false);
  row("app/chat/x.cpp", "#include \"theme/theme.h\"", false);
  row("app/chat/x.cpp", "#include \"../../ui/theme/theme.h\"", false);
  row("app/chat/x.cpp", "#include \"io/gguf.h\"", false);
  row("app/chat/x.cpp", "#include \"../../engine/src/io/gguf.h\"", false);
  row("app/chat/x.cpp", "#include <dnnl.hpp>", false);
  row("ui/main_window.cpp", "#include <QWidget>", true);
  row("ui/main_window.cpp", "#include <QSvgRenderer>", true);
  row("ui/main_window.cpp", "#include \"chat/chat_controller.h\"", true);
  row("ui/main_window.cpp", "#include <sqlite3.h>", false);
  row("ui/main_window.cpp", "#include \"io/gguf.h\"", false);
  row("ui/main_window.cpp", "#include <QQuickView>", false);
  row("tests/engine/test_gguf.cpp", "#include \"io/gguf.h\"", true);
  row("tests/engine/test_gguf.cpp", "#include <QTest>", true);
  row("tests/engine/test_gguf.cpp", "#include <QGuiApplication>", false);
  row("tests/engine/test_gguf.cpp", "#include \"chat/chat_controller.h\"", false);
  row("tests/app/test_x.cpp", "#include \"io/gguf.h\"", false);
  row("tests/app/test_x.cpp", "#include <QWidget>", false);
  row("tests/ui/test_x.cpp", "#include \"theme/theme.h\"", true);
  row("tests/ui/test_x.cpp", "#include \"test_x.moc\"", true);
}

void TestIncludes::objectsToWhatTheLayersForbid() {
  QFETCH(const QString, file);
  QFETCH(const QString, line);
  QFETCH(const bool, allowed);
  const auto includes = includesOf(line);
  QCOMPARE(includes.size(), 1);
  const QString objection = rules_.objection(file, includes.first());
  QVERIFY2(objection.isEmpty() == allowed, qPrintable("objection: " + objection));
}

void TestIncludes::readsIncludesAndNotComments() {
  const auto includes =
      includesOf("// #include <a>\n/* no\n#include <b>\n*/\n #  include \"c/d.h\"  // why\nint x;\n#include <e>\n");
  QCOMPARE(includes.size(), 2);
  QCOMPARE(includes[0].name, "c/d.h");
  QVERIFY(includes[0].quoted);
  QCOMPARE(includes[0].line, 5);
  QCOMPARE(includes[1].name, "e");
  QVERIFY(!includes[1].quoted);
}

void TestIncludes::sourcesStaySmall() {
  QStringList tooLong;
  for (const char* folder : {"engine", "app", "ui"}) {
    for (const QString& file : sourcesBelow(folder)) {
      QFile source(root_.filePath(file));
      QVERIFY2(source.open(QIODevice::ReadOnly), qPrintable(file));
      const auto lines = source.readAll().count('\n');
      if (lines > 500) tooLong.append(QStringLiteral("%1 has %2 lines").arg(file).arg(lines));
    }
  }
  QVERIFY2(tooLong.isEmpty(), qPrintable(tooLong.join('\n')));
}

QTEST_GUILESS_MAIN(TestIncludes)
#include "test_includes.moc"
