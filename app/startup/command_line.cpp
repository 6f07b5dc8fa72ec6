#include "startup/command_line.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>
#include <QTextStream>
#include <memory>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/open_database.h"
#include "storage/storage_error.h"
#include "storage/store.h"
#include "transfer/export_conversation.h"

namespace sotto::app {

namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(sotto::app::CommandLine)
};

const QString dataDirName = QStringLiteral("data-dir");
const QString modelName = QStringLiteral("model");
const QString newName = QStringLiteral("new");
const QString listName = QStringLiteral("list");
const QString exportName = QStringLiteral("export");
const QString formatName = QStringLiteral("format");
const QString outName = QStringLiteral("out");
const QString versionName = QStringLiteral("version");
const QString helpName = QStringLiteral("help");

void addWindowOptions(QCommandLineParser& parser) {
  parser.addOption({dataDirName, Words::tr("Keep everything in this folder."), QStringLiteral("DIR")});
  parser.addOption({modelName, Words::tr("Open this GGUF model; starter is the one that comes with Sotto."),
                    QStringLiteral("FILE")});
  parser.addOption({newName, Words::tr("Begin with a new chat.")});
}

void addAllOptions(QCommandLineParser& parser) {
  parser.setApplicationDescription(Words::tr("A language model of your own, on your own computer."));
  addWindowOptions(parser);
  parser.addOption({listName, Words::tr("List the conversations: id, title, messages.")});
  parser.addOption({exportName, Words::tr("Export the conversation with this id, or all."), QStringLiteral("ID|all")});
  parser.addOption({formatName, Words::tr("The format to export in."), QStringLiteral("json|md|txt")});
  parser.addOption(
      {outName, Words::tr("The file to export to; with --export all the folder."), QStringLiteral("PATH")});
  parser.addOption({{QStringLiteral("v"), versionName}, Words::tr("Print the version.")});
  parser.addOption({{QStringLiteral("h"), helpName}, Words::tr("Print this help.")});
}

// Options with one dash are Qt's; these take a value.
QStringList withoutQtOptions(const QStringList& arguments) {
  static const QStringList withValue{QStringLiteral("-platform"),        QStringLiteral("-platformpluginpath"),
                                     QStringLiteral("-platformtheme"),   QStringLiteral("-plugin"),
                                     QStringLiteral("-style"),           QStringLiteral("-stylesheet"),
                                     QStringLiteral("-qwindowgeometry"), QStringLiteral("-qwindowicon"),
                                     QStringLiteral("-qwindowtitle"),    QStringLiteral("-session"),
                                     QStringLiteral("-display"),         QStringLiteral("-geometry")};
  QStringList kept;
  for (qsizetype i = 0; i < arguments.size(); ++i) {
    const QString& each = arguments[i];
    if (withValue.contains(each)) {
      ++i;
    } else if (each != QLatin1String("-reverse") &&
               !(each.startsWith(QLatin1Char('-')) && withValue.contains(each.section(QLatin1Char('='), 0, 0)))) {
      kept << each;
    }
  }
  return kept;
}

QString absolute(const QString& path) {
  return path.isEmpty() ? QString() : QDir::cleanPath(QFileInfo(path).absoluteFilePath());
}

StartOptions startOptions(const QCommandLineParser& parser) {
  StartOptions options;
  options.dataDir = parser.isSet(dataDirName) ? absolute(parser.value(dataDirName)) : defaultDataDirectory();
  const QString model = parser.value(modelName);
  options.modelFile = model == QLatin1String(StartOptions::starter) ? model : absolute(model);
  options.newChat = parser.isSet(newName);
  return options;
}

// One line of a table: what would break it becomes a blank.
QString cell(QString text) {
  for (QChar& c : text) {
    if (c.category() == QChar::Other_Control || c == QChar::LineSeparator || c == QChar::ParagraphSeparator) {
      c = QLatin1Char(' ');
    }
  }
  return text;
}

struct Commands {
  const QCommandLineParser& parser;
  QTextStream& out;
  QTextStream& err;

  int fail(const QString& sentence) {
    err << sentence << Qt::endl;
    return 1;
  }

  // Nobody starts Sotto again here, as the window's sentence about a damaged database asks for.
  int fail(const Failure& failure, const QString& dataDir) {
    const bool damaged = failure.kind == Failure::Kind::damaged;
    return fail((damaged ? damagedDatabase(databasePath(dataDir)) : failure).sentence);
  }

  // One sentence is all that is said.
  static void muteLog() { QLoggingCategory::setFilterRules(QStringLiteral("sotto.*=false")); }

  int list(const QString& dataDir) {
    muteLog();
    const auto store = Store::open(dataDir, Store::Mode::readOnly);
    if (!store.ok()) {
      // Nothing was ever stored here.
      return store.failure().kind == Failure::Kind::missing ? 0 : fail(store.failure().sentence);
    }
    const auto all = attempt([&] { return (*store)->conversations().list(); });
    if (!all.ok()) return fail(all.failure(), dataDir);
    for (const ConversationSummary& each : *all) {
      out << each.id.value << '\t' << cell(each.title) << '\t' << each.messages << '\n';
    }
    out.flush();
    return 0;
  }

  int exportTo(const QString& dataDir) {
    muteLog();
    const QString what = parser.value(exportName);
    const auto format = exportFormatFromString(parser.value(formatName));
    if (!format) return fail(Words::tr("--export needs --format json, md or txt."));
    const QString path = absolute(parser.value(outName));
    if (path.isEmpty())
      return fail(Words::tr("--export needs --out with the file or, for all, the folder to write to."));
    bool isNumber = false;
    const ConversationId id{what.toLongLong(&isNumber)};
    const bool all = what == QLatin1String("all");
    if (!all && (!isNumber || !id.valid())) {
      return fail(Words::tr("--export needs the id of a conversation, as --list shows it, or all."));
    }
    const auto store = Store::open(dataDir, Store::Mode::readOnly);
    if (!store.ok()) return fail(store.failure().sentence);
    const auto report =
        all ? exportAllNow(**store, *format, path) : exportOneNow(**store, id, *format, path, Overwrite::no);
    if (!report.ok()) return fail(report.failure(), dataDir);
    out << report->path << Qt::endl;
    return 0;
  }
};

}  // namespace

QStringList StartOptions::toArguments() const {
  QStringList arguments;
  if (!modelFile.isEmpty()) arguments << QStringLiteral("--model") << modelFile;
  if (newChat) arguments << QStringLiteral("--new");
  return arguments;
}

StartOptions StartOptions::fromArguments(const QStringList& arguments) {
  QCommandLineParser parser;
  addWindowOptions(parser);
  // What a stranger sent counts as far as it is understood; the data directory is ours already.
  (void)parser.parse(QStringList{QString()} + arguments);
  StartOptions options = startOptions(parser);
  options.dataDir.clear();
  return options;
}

CommandLine runCommandLine(const QStringList& arguments, QTextStream& out, QTextStream& err) {
  QCommandLineParser parser;
  addAllOptions(parser);
  Commands commands{parser, out, err};
  CommandLine result;
  if (!parser.parse(withoutQtOptions(arguments))) {
    QString sentence = parser.errorText();
    if (!sentence.endsWith(QLatin1Char('.'))) sentence += QLatin1Char('.');
    result.exitCode = commands.fail(sentence);
    return result;
  }
  result.start = startOptions(parser);
  if (parser.isSet(helpName)) {
    // Without an application object the parser does not know our name.
    out << parser.helpText().replace(QLatin1String("<executable_name>"), QLatin1String("sotto"));
    out.flush();
    result.exitCode = 0;
  } else if (parser.isSet(versionName)) {
    out << "sotto " << SOTTO_VERSION << Qt::endl;
    result.exitCode = 0;
  } else if (!parser.positionalArguments().isEmpty()) {
    result.exitCode = commands.fail(Words::tr("Sotto does not understand “%1”; sotto --help lists what it does.")
                                        .arg(parser.positionalArguments().first()));
  } else if (parser.isSet(listName)) {
    result.exitCode = commands.list(result.start.dataDir);
  } else if (parser.isSet(exportName)) {
    result.exitCode = commands.exportTo(result.start.dataDir);
  } else if (parser.isSet(formatName) || parser.isSet(outName)) {
    result.exitCode = commands.fail(Words::tr("--format and --out belong to --export."));
  }
  return result;
}

}  // namespace sotto::app
