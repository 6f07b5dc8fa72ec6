#include "layers/include_rules.h"

#include <QFileInfo>
#include <QRegularExpression>

namespace sotto::tests {
namespace {

struct Layer {
  QString path;           // of its files, from the root
  QStringList mayReach;   // own folders whose files it may include
  QStringList searched;   // its include path
  QStringList qtModules;  // that it may use
  QStringList mayNotUse;  // other libraries, by the start of their headers' names
};

const QStringList kStorage{"sqlite3", "SQLiteCpp/"};
const QStringList kNetwork{"sys/socket.h", "netinet/", "arpa/", "netdb.h", "curl/"};
const QStringList kEngineInsides{"dnnl", "oneapi/", "pcre2", "omp.h"};

// The first layer whose path begins the file's is the file's.
const QList<Layer>& layers() {
  static const QList<Layer> all{
      {"engine/include/", {"engine/include/"}, {"engine/include"}, {}, kStorage + kNetwork + kEngineInsides},
      {"engine/src/ops/",
       {"engine/include/", "engine/src/"},
       {"engine/include", "engine/src"},
       {},
       kStorage + kNetwork},
      {"engine/src/",
       {"engine/include/", "engine/src/"},
       {"engine/include", "engine/src"},
       {},
       kStorage + kNetwork + QStringList{"dnnl", "oneapi/"}},
      {"engine/tools/",
       {"engine/include/", "engine/tools/"},
       {"engine/include", "engine/tools"},
       {},
       kStorage + kNetwork + kEngineInsides},
      {"app/",
       {"engine/include/", "app/"},
       {"engine/include", "app"},
       {"QtCore", "QtGui", "QtNetwork", "QtDBus"},
       kEngineInsides},
      {"ui/",
       {"engine/include/", "app/", "ui/"},
       {"engine/include", "app", "ui"},
       {"QtCore", "QtGui", "QtNetwork", "QtDBus", "QtWidgets", "QtSvg", "QtSvgWidgets", "QtPrintSupport"},
       kStorage + kNetwork + kEngineInsides},
      {"tests/engine/",
       {"engine/", "tests/engine/", "tests/support/"},
       {"engine/include", "engine/src", "engine/tools", "tests"},
       {"QtCore", "QtTest"},
       kStorage + kNetwork},
      {"tests/fuzz/",
       {"engine/", "tests/fuzz/", "tests/support/"},
       {"engine/include", "engine/src", "tests"},
       {},
       kStorage + kNetwork},
      {"tests/app/",
       {"engine/include/", "app/", "tests/app/", "tests/support/"},
       {"engine/include", "app", "tests"},
       {"QtCore", "QtGui", "QtNetwork", "QtDBus", "QtTest"},
       kEngineInsides},
      {"tests/ui/",
       {"engine/include/", "app/", "ui/", "tests/ui/", "tests/app/", "tests/support/"},
       {"engine/include", "app", "ui", "tests"},
       {"QtCore", "QtGui", "QtNetwork", "QtDBus", "QtWidgets", "QtSvg", "QtSvgWidgets", "QtPrintSupport", "QtTest"},
       kEngineInsides},
  };
  return all;
}

const Layer* layerOf(const QString& file) {
  for (const Layer& layer : layers())
    if (file.startsWith(layer.path)) return &layer;
  return nullptr;
}

bool startsWithAny(const QString& text, const QStringList& starts) {
  return std::any_of(starts.begin(), starts.end(), [&](const QString& start) { return text.startsWith(start); });
}

}  // namespace

QList<Include> includesOf(const QString& source) {
  static const QRegularExpression directive(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  QList<Include> found;
  bool inComment = false;
  int number = 0;
  for (const QString& line : source.split('\n')) {
    ++number;
    if (!inComment) {
      const auto match = directive.match(line);
      if (match.hasMatch()) found.append({match.captured(2), match.captured(1) == "\"", number});
    }
    const auto opened = line.lastIndexOf("/*"), closed = line.lastIndexOf("*/");
    if (opened > closed) inComment = true;
    if (closed > opened) inComment = false;
  }
  return found;
}

QString IncludeRules::objection(const QString& file, const Include& include) const {
  if (layerOf(file) == nullptr) return {};
  const QString& name = include.name;
  if (include.quoted && (name.endsWith(".moc") || QFileInfo(name).fileName().startsWith("moc_"))) return {};
  return include.quoted ? ownObjection(file, name) : systemObjection(file, name);
}

QString IncludeRules::qtModuleOf(const QString& name) const {
  if (name.contains('/')) {
    const QString module = name.section('/', 0, 0);
    return module.startsWith("Qt") ? module : QString();
  }
  for (const QString& module : qtHeaders_.entryList({"Qt*"}, QDir::Dirs, QDir::Name))
    if (qtHeaders_.exists(module + '/' + name)) return module;
  static const QRegularExpression qtName("^(Q[A-Z][A-Za-z]+|q[a-z]+\\.h)$");  // also where this Qt lacks the module
  return qtName.match(name).hasMatch() ? QStringLiteral("an unknown Qt module") : QString();
}

QString IncludeRules::systemObjection(const QString& file, const QString& name) const {
  const Layer& layer = *layerOf(file);
  const QString module = qtModuleOf(name);
  if (!module.isEmpty()) {
    if (layer.qtModules.contains(module)) return {};
    return layer.path + " may not use " + module;
  }
  if (startsWithAny(name, layer.mayNotUse)) return layer.path + " may not use " + name;
  if (name.startsWith("sotto/")) return QStringLiteral("our own headers are included in quotes");
  return {};
}

QString IncludeRules::ownObjection(const QString& file, const QString& name) const {
  const Layer& layer = *layerOf(file);
  QStringList candidates{QFileInfo(file).path() + '/' + name};
  for (const QString& folder : layer.searched) candidates.append(folder + '/' + name);
  for (const QString& candidate : candidates) {
    const QString path = QDir::cleanPath(candidate);
    if (!QFileInfo(root_.filePath(path)).isFile()) continue;
    if (startsWithAny(path, layer.mayReach)) return {};
    return layer.path + " may not include " + path;
  }
  // Not of ours as this layer may see it: a library's header in quotes, or one of another layer.
  for (const char* folder : {"engine/src", "engine/tools", "engine/include", "app", "ui", "tests"})
    if (QFileInfo(root_.filePath(QDir::cleanPath(QString(folder) + '/' + name))).isFile())
      return layer.path + " may not include " + folder + "/" + name;
  return systemObjection(file, name);
}

}  // namespace sotto::tests
