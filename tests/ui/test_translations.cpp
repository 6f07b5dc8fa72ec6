// Every word of the window can be translated: in a language that is made on the spot, in which all that a translator
// would get is put in brackets, nothing without brackets is to be seen. And English has its plural forms.
#include <QApplication>
#include <QLabel>
#include <QLibraryInfo>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QRadioButton>
#include <QStandardPaths>
#include <QTest>
#include <QTextEdit>
#include <QToolButton>
#include <QTranslator>

#include "chat/title.h"
#include "composer/context_meter.h"
#include "dialogs/confirm_dialog.h"
#include "sampling/preset_menu.h"
#include "sidebar/list_time.h"
#include "support/ui/window_bench.h"
#include "theme/label.h"
#include "transcript/change_marks.h"
#include "transcript/message_actions.h"
#include "translations.h"

using namespace sotto::app;
using namespace sotto::test;
using namespace sotto::ui;

namespace {

// Languages in the order of preference, as a desktop sets them. Read when the program starts.
const bool kPrefersGerman = qputenv("LANGUAGE", "de:en");

const QString kOpen = QStringLiteral("\u27e6");  // a bracket that no text of ours has

QString tool(const char* name) {
  const QString own = QStandardPaths::findExecutable(
      QLatin1String(name),
      {QLibraryInfo::path(QLibraryInfo::BinariesPath), QLibraryInfo::path(QLibraryInfo::LibraryExecutablesPath)});
  return own.isEmpty() ? QStandardPaths::findExecutable(QLatin1String(name)) : own;
}

// What it writes.
QString run(const char* program, const QStringList& arguments) {
  QProcess process;
  process.setProcessChannelMode(QProcess::MergedChannels);
  process.setWorkingDirectory(QStringLiteral(SOTTO_SOURCE_DIR));
  process.start(tool(program), arguments);
  const bool ended = process.waitForFinished(60'000) && process.exitCode() == 0;
  return ended ? QString::fromUtf8(process.readAll()) : QStringLiteral("failed: ") + process.errorString();
}

QString bracketed(const QString& ts) {
  static const QRegularExpression message(
      QStringLiteral("<source>([^<]*)</source>(.*?)<translation type=\"unfinished\">.*?</translation>"),
      QRegularExpression::DotMatchesEverythingOption);
  QString text = ts;
  QString result;
  qsizetype end = 0;
  for (auto each = message.globalMatch(text); each.hasNext();) {
    const auto match = each.next();
    result += QStringView(text).mid(end, match.capturedStart() - end);
    const QString words = kOpen + match.captured(1) + QStringLiteral("\u27e7");
    const bool plural = match.captured().contains(QStringLiteral("<numerusform>"));
    const QString form = QStringLiteral("<numerusform>%1</numerusform>").arg(words);
    result += QStringLiteral("<source>%1</source>%2<translation>%3</translation>")
                  .arg(match.captured(1), match.captured(2), plural ? form + form : words);
    end = match.capturedEnd();
  }
  return result + text.mid(end);
}

// Nothing for a translator: no letters, keys, names of people's own things.
bool isName(const QString& text) {
  static const QRegularExpression letters(QStringLiteral("\\p{L}"));
  static const QRegularExpression key(QStringLiteral("^((Ctrl|Shift|Alt)\\+)*([A-Z]|F[0-9]+|Esc|Up|Down|Enter|Del)$"));
  static const QStringList names{QStringLiteral("Sotto"), QStringLiteral("hello")};
  return !text.contains(letters) || key.match(text).hasMatch() || names.contains(text) ||
         text.startsWith(QLatin1Char('/')) || text.startsWith(QStringLiteral("https://")) ||
         text.contains(QStringLiteral("scripted")) || text.contains(QStringLiteral("Llama ")) ||
         text.contains(QStringLiteral("word37"));
}

class Words {
 public:
  void look(const QString& text, const QObject* where) {
    if (text.isEmpty()) return;
    ++seen;
    if (!text.contains(kOpen) && !isName(text)) strange << where->objectName() + QStringLiteral(": ") + text;
  }
  void look(QWidget* root) {
    look(root->windowTitle(), root);
    for (QWidget* widget : root->findChildren<QWidget*>()) {
      look(widget->toolTip(), widget);
      look(widget->accessibleDescription(), widget);
      if (auto* label = qobject_cast<QLabel*>(widget)) look(label->text(), widget);
      if (auto* label = qobject_cast<ElidedLabel*>(widget)) look(label->text(), widget);
      if (auto* button = qobject_cast<QAbstractButton*>(widget)) look(button->text(), widget);
      if (auto* field = qobject_cast<QLineEdit*>(widget)) look(field->placeholderText(), widget);
      if (auto* field = qobject_cast<QTextEdit*>(widget)) look(field->placeholderText(), widget);
      if (auto* field = qobject_cast<QPlainTextEdit*>(widget)) look(field->placeholderText(), widget);
      if (auto* menu = qobject_cast<QMenu*>(widget)) look(menu);
    }
  }
  void look(QMenu* menu) {
    emit menu->aboutToShow();
    for (const QAction* action : menu->actions()) look(action->text().section(QLatin1Char('\t'), 0, 0), menu);
  }
  int seen = 0;
  QStringList strange;
};

}  // namespace

class Translations : public QObject {
  Q_OBJECT

 private slots:
  void englishHasPluralForms() {
    installTranslations(qApp);
    const auto exported = [](int count) {
      return QCoreApplication::translate("sotto::ui::ConversationPane", "Exported %n conversations to %1", nullptr,
                                         count);
    };
    QCOMPARE(exported(1), QStringLiteral("Exported 1 conversation to %1"));
    QCOMPARE(exported(2), QStringLiteral("Exported 2 conversations to %1"));
    ReplyStatus status;
    status.phase = ReplyPhase::decode;
    status.generated = 1;
    QCOMPARE(progressInWords(status), QStringLiteral("1 token"));
    status.generated = 1200;
    QCOMPARE(progressInWords(status), QStringLiteral("1,200 tokens"));
  }

  // There is no German of ours, so the next language is taken, for Qt's words too.
  void noWindowIsInTwoLanguages() {
    QVERIFY(kPrefersGerman && QLocale().uiLanguages().startsWith(QStringLiteral("de")));
    const QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("qtbase_de.ts")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"(<?xml version="1.0" encoding="utf-8"?><!DOCTYPE TS><TS version="2.1" language="de"><context>
      <name>QPlatformTheme</name><message><source>Cancel</source><translation>Abbrechen</translation></message>
      </context></TS>)");
    file.close();
    const QString qm = folder.filePath(QStringLiteral("qtbase_de.qm"));
    const QString released = run("lrelease", {file.fileName(), "-qm", qm});
    QVERIFY2(QFile::exists(qm), qPrintable(released));
    installTranslations(qApp, folder.path());
    QCOMPARE(QCoreApplication::translate("QPlatformTheme", "Cancel"), QStringLiteral("Cancel"));
  }

  void aTranslatorGetsEveryWord() {
    QVERIFY2(!tool("lupdate").isEmpty() && !tool("lrelease").isEmpty(), "qt6-l10n-tools is missing");
    const QTemporaryDir folder;
    const QString ts = folder.filePath(QStringLiteral("sotto_de.ts"));
    const QString said = run("lupdate", {"-no-obsolete", "-target-language", "de", "app", "ui", "-ts", ts});
    QVERIFY2(!said.contains(QStringLiteral("lacks Q_OBJECT")) && !said.startsWith(QStringLiteral("failed")),
             qPrintable(said));
    QFile file(ts);
    QVERIFY(file.open(QIODevice::ReadWrite));
    const QString text = bracketed(QString::fromUtf8(file.readAll()));
    QVERIFY(!text.contains(QStringLiteral("unfinished")));
    file.resize(0);
    file.write(text.toUtf8());
    file.close();
    const QString qm = folder.filePath(QStringLiteral("sotto_de.qm"));
    const QString released = run("lrelease", {ts, "-qm", qm});
    QVERIFY2(QFile::exists(qm), qPrintable(released));
    QTranslator translator;
    QVERIFY(translator.load(qm));
    QCoreApplication::installTranslator(&translator);
    whatTheWindowShows();
    whatTheTranscriptSays();
    QCoreApplication::removeTranslator(&translator);
  }

 private:
  void whatTheWindowShows() {
    WindowBench bench;
    QVERIFY(bench.open());
    Words words;
    words.look(bench.window.get());  // without a model
    bench.chat->loadModel(QStringLiteral("/no/scripted.gguf"));
    QVERIFY(waitFor([&] { return bench.chat->modelStatus().state == ModelState::failed; }));
    words.look(bench.window.get());
    QVERIFY(bench.dropModel());
    QVERIFY(bench.type(QStringLiteral("hello")));
    QVERIFY(bench.waitIdle());
    bench.click("System prompt");
    bench.click("Settings");
    bench.chat->exportAll(QStringLiteral("md"), bench.directory.path());
    QVERIFY(waitFor([&] { return bench.notice().contains(kOpen); }));
    words.look(bench.window.get());
    words.look(bench.find<QPushButton>("Export")->menu());
    words.look(bench.find<QPushButton>("Model")->menu());
    words.look(bench.find<QPushButton>("Preset")->menu());
    QVERIFY2(words.strange.isEmpty(), qPrintable(words.strange.join(QLatin1Char('\n'))));
    QVERIFY2(words.seen > 150, qPrintable(QString::number(words.seen)));
  }

  void whatTheTranscriptSays() {
    Message reply;
    reply.role = Role::assistant;
    reply.content = QStringLiteral("text");
    reply.state = MessageState::complete;
    reply.stats.generatedTokens = 12;
    for (const StopReason reason :
         {StopReason::stopped, StopReason::length, StopReason::context, StopReason::stopString}) {
      reply.stopReason = reason;
      QVERIFY(endInWords(reply).contains(kOpen));
      for (const ActionItem& item : actionsOf(reply, {}, {}))
        QVERIFY2(item.text.contains(kOpen), qPrintable(item.text));
    }
    ReplyStatus status;
    for (const ReplyPhase phase : {ReplyPhase::queued, ReplyPhase::prefill, ReplyPhase::decode}) {
      status.phase = phase;
      QVERIFY(progressInWords(status).contains(kOpen));
    }
    TimelineEntry before;
    TimelineEntry after;
    after.params.top_k = before.params.top_k + 1;
    QVERIFY(describeChange(before, after).contains(kOpen));
    QVERIFY(listGroupTitle(ListGroup::today).contains(kOpen));
    QVERIFY(titleFromMessage({}).contains(kOpen));
  }
};

QTEST_MAIN(Translations)
#include "test_translations.moc"
