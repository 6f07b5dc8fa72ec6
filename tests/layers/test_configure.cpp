// CMake says in one sentence what is missing.
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

class TestConfigure : public QObject {
  Q_OBJECT

 private slots:
  void saysWhatIsMissing_data();
  void saysWhatIsMissing();

 private:
  // What configuring this tree says on standard error; ok tells whether it went well.
  static QString configure(const QStringList& options, bool& ok);
};

QString TestConfigure::configure(const QStringList& options, bool& ok) {
  const QTemporaryDir build;
  QProcess cmake;
  cmake.setStandardOutputFile(QProcess::nullDevice());
  cmake.start("cmake", QStringList{"-S", SOTTO_SOURCE_DIR, "-B", build.path(), "-G", "Ninja"} + options);
  ok = cmake.waitForFinished(120000) && cmake.exitStatus() == QProcess::NormalExit && cmake.exitCode() == 0;
  return QString::fromUtf8(cmake.readAllStandardError()).simplified();  // it breaks lines
}

void TestConfigure::saysWhatIsMissing_data() {
  QTest::addColumn<QStringList>("options");
  QTest::addColumn<QString>("missing");
  const auto without = [](const QString& package) { return "-DCMAKE_DISABLE_FIND_PACKAGE_" + package + "=ON"; };
  QTest::newRow("oneDNN") << QStringList{without("dnnl")} << "oneDNN (libdnnl-dev, ocl-icd-opencl-dev)";
  QTest::newRow("Qt") << QStringList{without("Qt6")} << "Qt 6.4 or later (qt6-base-dev)";
  QTest::newRow("two") << QStringList{without("nlohmann_json"), without("CLI11")}
                       << "nlohmann-json (nlohmann-json3-dev), CLI11 (libcli11-dev)";
  QTest::newRow("pkg-config") << QStringList{"-DPKG_CONFIG_EXECUTABLE=/nowhere/pkg-config"} << "pkg-config";
}

void TestConfigure::saysWhatIsMissing() {
  QFETCH(const QStringList, options);
  QFETCH(const QString, missing);
  bool ok = true;
  const QString error = configure(options + QStringList{"-DSOTTO_BUILD_APP=OFF"}, ok);
  QVERIFY(!ok);
  const QString sentence =
      "Sotto cannot be built because this is missing: " + missing + "; packaging/install-dependencies installs it.";
  QVERIFY2(error.contains(sentence), qPrintable(error));
  QCOMPARE(error.count("CMake Error"), 1);
}

QTEST_GUILESS_MAIN(TestConfigure)
#include "test_configure.moc"
