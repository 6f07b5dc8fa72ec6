// Exports: Markdown and text as people read them, file names that are safe everywhere, files written whole or not at
// all.
#include <sys/stat.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>

#include "storage/conversation_repository.h"
#include "storage/message_repository.h"
#include "storage/storage_worker.h"
#include "support/app/full_disk.h"
#include "support/app/storage_fixture.h"
#include "transfer/conversation_text.h"
#include "transfer/exporter.h"

using namespace sotto::app;
using namespace sotto::test;

namespace {

QByteArray bytesOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// What the walk below is to become; not empty.
QByteArray expected(const char* name) {
  return bytesOf(QStringLiteral(SOTTO_SOURCE_DIR "/tests/app/transfer/expected/") + QLatin1StringView(name));
}

void write(const QString& path, const QByteArray& bytes) {
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the test's file");
  file.write(bytes);
}

QStringList filesIn(const QString& folder) {
  return QDir(folder).entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
}

ConversationTree walk() {
  ConversationTree tree;
  tree.id = {1};
  tree.title = QStringLiteral("A \"walk\":\nnorth");
  tree.createdAt = at(1000);
  tree.updatedAt = at(2000);
  tree.settings.systemPrompt = QStringLiteral("Be brief.\n--- not the end");
  const auto add = [&tree](Message message, qint64 id) {
    message.id = {id};
    tree.add(message);
  };
  add(userMessage(QStringLiteral("Where to?")), 1);
  add(finishedReply({1}, QStringLiteral("# North\n\n- pines\n\n")), 2);
  add(finishedReply({1}, QStringLiteral("South, the other branch.")), 3);
  add(userMessage(QStringLiteral("And then?"), {2}), 4);
  Message cut = finishedReply({4}, QStringLiteral("Then h"));
  cut.state = MessageState::interrupted;
  add(cut, 5);
  tree.setActiveLeaf({5});
  return tree;
}

}  // namespace

class Export : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString folder_;
  const ExportContext context_{QStringLiteral("Sotto 1"), at(5000), {}};

  // A store with conversations of these titles.
  QString storeWith(const QStringList& titles) {
    const QString data = folder_ + QStringLiteral("-data");
    const auto store = openStore(data);
    for (const QString& title : titles) {
      const ConversationId id = store->conversations().create(title, {}, at(1));
      (void)store->messages().add(id, userMessage(QStringLiteral("in ") + title));
    }
    return data;
  }

 private slots:
  void init() {
    static int run = 0;
    folder_ = dir_.filePath(QString::number(++run));
    QVERIFY(QDir().mkpath(folder_));
  }

  void writesMarkdown() { QCOMPARE(toMarkdown(walk(), context_), expected("walk.md")); }

  void writesPlainText() { QCOMPARE(toPlainText(walk(), context_), expected("walk.txt")); }

  void marksWhatAModelThought() {
    ConversationTree tree;
    const auto add = [&tree](Message message, qint64 id) {
      message.id = {id};
      tree.add(message);
    };
    add(userMessage(QStringLiteral("<think>mine</think>")), 1);
    add(finishedReply({1}, QStringLiteral("<think>\nHm.\n\nSo.\n</think>\n\nYes.")), 2);
    tree.setActiveLeaf({2});
    const QByteArray markdown = toMarkdown(tree, context_);
    QVERIFY(
        markdown.endsWith("## User\n\n<think>mine</think>\n\n## Assistant\n\n"
                          "> **Thought**\n>\n> Hm.\n>\n> So.\n\nYes.\n"));
    QVERIFY(toPlainText(tree, context_).endsWith("\nAssistant:\n(thought)\nHm.\n\nSo.\n(answer)\nYes.\n"));
    tree.find({2})->content = QStringLiteral("<think>Only");
    QVERIFY(toMarkdown(tree, context_).endsWith("> **Thought**\n>\n> Only\n"));
    QVERIFY(toPlainText(tree, context_).endsWith("(thought)\nOnly\n"));
  }

  void writesAnyTextAsUtf8() {
    ConversationTree tree;
    tree.title = QString(QChar(0xD800)) + QChar(u'\0') + QStringLiteral("\u2028\u0085\x1b");
    tree.createdAt = tree.updatedAt = at(1);
    Message message = userMessage(QStringLiteral("\U0001F600") + QChar(0xDC00));
    message.id = {1};
    tree.add(message);
    const QByteArray markdown = toMarkdown(tree, context_);
    QVERIFY(QUtf8StringView(markdown).isValidUtf8());
    QVERIFY(markdown.contains("title: \"\xef\xbf\xbd\\u0000\\u2028\\u0085\\u001b\"\n"));
    QVERIFY(markdown.contains("\xf0\x9f\x98\x80\xef\xbf\xbd"));  // without an active leaf: the newest branch
    QVERIFY(QUtf8StringView(toPlainText(tree, context_)).isValidUtf8());
    QVERIFY(!toMarkdown(ConversationTree(), context_).isEmpty());
  }

  void namesFilesSafely_data() {
    QTest::addColumn<QString>("title");
    QTest::addColumn<QString>("name");
    QTest::newRow("plain") << "A walk"
                           << "A walk.md";
    QTest::newRow("separators") << "a/b\\c:d*e?f\"g<h>i|j"
                                << "a-b-c-d-e-f-g-h-i-j.md";
    QTest::newRow("up and away") << "../../etc/passwd"
                                 << "etc-passwd.md";
    QTest::newRow("hidden") << ".bashrc"
                            << "bashrc.md";
    QTest::newRow("option") << "-rf"
                            << "rf.md";
    QTest::newRow("dots at the end") << "Wait... . ."
                                     << "Wait.md";
    QTest::newRow("empty") << ""
                           << "Conversation.md";
    QTest::newRow("blank") << " \t\n "
                           << "Conversation.md";
    QTest::newRow("only dots") << "..."
                               << "Conversation.md";
    QTest::newRow("lines") << "one\ntwo\r\n three"
                           << "one two three.md";
    QTest::newRow("control") << QStringLiteral("a\x1b[31m\x07") + QChar(u'\0') + QStringLiteral("b\x7f") << "a[31mb.md";
    QTest::newRow("direction") << QStringLiteral("in\u202egpj.exe") << "ingpj.exe.md";
    QTest::newRow("surrogate") << QStringLiteral("a") + QChar(0xD800) + QStringLiteral("b")
                               << QStringLiteral("a\ufffdb.md");
    QTest::newRow("device") << "con"
                            << "_con.md";
    QTest::newRow("device with extension") << "LPT1.txt"
                                           << "_LPT1.txt.md";
    QTest::newRow("no device") << "console"
                               << "console.md";
    QTest::newRow("emoji") << QStringLiteral("\U0001F469\u200d\U0001F680 go")
                           << QStringLiteral("\U0001F469\u200d\U0001F680 go.md");
    QTest::newRow("composed") << QStringLiteral("e\u0301") << QStringLiteral("\u00e9.md");
  }
  void namesFilesSafely() {
    QFETCH(QString, title);
    QTEST(fileNameFor(title, QStringLiteral("md")), "name");
    write(folder_ + u'/' + fileNameFor(title, QStringLiteral("md")), "x");
    QCOMPARE(filesIn(folder_), QStringList{fileNameFor(title, QStringLiteral("md"))});
  }

  void cutsNamesBetweenCharacters_data() {
    QTest::addColumn<QString>("piece");
    QTest::newRow("a") << "a";
    QTest::newRow("two bytes") << QStringLiteral("\u00e9");
    QTest::newRow("three bytes") << QStringLiteral("\u4e2d");
    QTest::newRow("four bytes") << QStringLiteral("\U0001F600");
    QTest::newRow("a family") << QStringLiteral("\U0001F469\u200d\U0001F469\u200d\U0001F467");
    QTest::newRow("combining") << QStringLiteral("q\u0323\u0307");
    QTest::newRow("blanks") << "b ";
  }
  void cutsNamesBetweenCharacters() {
    QFETCH(QString, piece);
    const QString extension = QStringLiteral("json");
    for (int shift = 0; shift < 5; ++shift) {
      for (const int number : {1, 2, 1000}) {
        const QString name = fileNameFor(QString(shift, u'x') + piece.repeated(300), extension, number);
        const qsizetype bytes = name.toUtf8().size();
        QVERIFY(bytes <= 200);
        QVERIFY(bytes > 200 - 1 - piece.toUtf8().size() - 4);
        QString base = name.chopped(5);
        if (number > 1) base.chop(QStringLiteral(" (%1)").arg(number).size());
        base.remove(0, shift);
        QVERIFY(!base.endsWith(u' '));
        QCOMPARE(base, piece.repeated(base.size() / piece.size() + 1).left(base.size()));
        if (piece != QStringLiteral("b ")) QCOMPARE(base.size() % piece.size(), 0);
      }
    }
    // One character of more than 200 bytes is cut within, but never within a code point.
    const QString marks = fileNameFor(u'z' + QString(500, QChar(0x0323)), extension);
    QVERIFY(marks.toUtf8().size() <= 200 && marks.isValidUtf16());
  }

  void numbersNamesThatAreTaken() {
    write(folder_ + QStringLiteral("/walk.MD"), "x");
    write(folder_ + QStringLiteral("/Walk (3).md"), "x");
    TakenNames taken(folder_);
    QCOMPARE(taken.take(QStringLiteral("Walk"), QStringLiteral("md")), QStringLiteral("Walk (2).md"));
    QCOMPARE(taken.take(QStringLiteral("WALK"), QStringLiteral("md")), QStringLiteral("WALK (4).md"));
    QCOMPARE(taken.take(QStringLiteral("Walk"), QStringLiteral("txt")), QStringLiteral("Walk.txt"));
  }

  // Thousands of conversations of one title, or one title of megabytes, must not stop an export.
  void namesTakeLittleTime() {
    QElapsedTimer clock;
    clock.start();
    TakenNames taken(folder_);
    QString last;
    for (int i = 0; i < 4000 && clock.elapsed() < 10000; ++i) {
      last = taken.take(QStringLiteral("New chat"), QStringLiteral("md"));
    }
    QCOMPARE(last, QStringLiteral("New chat (4000).md"));
    clock.restart();
    QCOMPARE(fileNameFor(QString(10'000'000, u'x'), QStringLiteral("md")), QString(197, u'x') + QStringLiteral(".md"));
    QVERIFY2(clock.elapsed() < 500, qPrintable(QString::number(clock.elapsed())));
  }

  void neverWritesOverAFileUnasked() {
    const QString path = folder_ + QStringLiteral("/mine.md");
    write(path, "mine");
    const auto refused = saveFile(path, "theirs", Overwrite::no);
    QVERIFY(!refused.ok() && refused.failure().kind == Failure::Kind::exists);
    QVERIFY(refused.failure().sentence.contains(path));
    QCOMPARE(bytesOf(path), QByteArray("mine"));
    QVERIFY(saveFile(path, "theirs", Overwrite::yes).ok());
    QCOMPARE(bytesOf(path), QByteArray("theirs"));
    QVERIFY(saveFile(folder_ + QStringLiteral("/new.md"), "new", Overwrite::no).ok());
    QCOMPARE(bytesOf(folder_ + QStringLiteral("/new.md")), QByteArray("new"));
    // A link that leads nowhere is something, too.
    QVERIFY(QFile::link(folder_ + QStringLiteral("/nowhere"), folder_ + QStringLiteral("/link.md")));
    QVERIFY(!saveFile(folder_ + QStringLiteral("/link.md"), "x", Overwrite::no).ok());
    QCOMPARE(filesIn(folder_).size(), 3);
  }

  void saysWhatIsWrongWithAPlace() {
    QVERIFY(saveFile(folder_, "x", Overwrite::yes).failure().kind == Failure::Kind::invalid);
    QVERIFY(saveFile(folder_ + QStringLiteral("/no/such/file"), "x", Overwrite::yes).failure().kind ==
            Failure::Kind::missing);
    QVERIFY(saveFile(QStringLiteral("/proc/sotto.md"), "x", Overwrite::yes).failure().kind == Failure::Kind::readOnly);
    const QString pipe = folder_ + QStringLiteral("/pipe");
    QVERIFY(::mkfifo(QFile::encodeName(pipe).constData(), 0600) == 0);
    QVERIFY(saveFile(pipe, "x", Overwrite::yes).failure().kind == Failure::Kind::invalid);
    QVERIFY(!prepareExportFolder(pipe).ok());
  }

  void leavesTheOldFileWholeOnAFullDisk() {
    const QString path = folder_ + QStringLiteral("/export.json");
    const QByteArray big(200'000, 'x');
    for (const bool limited : {true, false}) {
      SmallDisk disk(folder_, 64);
      if (!limited && !disk.mounted())
        QSKIP("Only root can mount a small disk; the limit on file size is tested anyway.");
      write(path, "old");
      for (const Overwrite overwrite : {Overwrite::yes, Overwrite::no}) {
        const QString target = overwrite == Overwrite::yes ? path : folder_ + QStringLiteral("/second.json");
        std::optional<FileSizeLimit> limit;
        if (limited) limit.emplace(100'000);
        const auto saved = saveFile(target, big, overwrite);
        limit.reset();
        QVERIFY(!saved.ok());
        QVERIFY2(saved.failure().kind == Failure::Kind::diskFull, qPrintable(saved.failure().sentence));
        QVERIFY(saved.failure().sentence.contains(target));
        QCOMPARE(bytesOf(path), QByteArray("old"));
        QCOMPARE(filesIn(folder_), QStringList{QStringLiteral("export.json")});  // nothing half done
      }
    }
  }

  void exportsAllWithNamesOfTheirOwn() {
    const QString data = storeWith({"Walk", "walk", "a/b", "", "Walk"});
    write(folder_ + QStringLiteral("/Walk.txt"), "mine");
    const auto store = openStore(data);
    store->conversations().moveToTrash(store->conversations().create(QStringLiteral("gone"), {}, at(1)), at(2));
    const auto report = exportAllNow(*store, ExportFormat::text, folder_);
    QVERIFY(report.ok());
    QCOMPARE(report->conversations, 5);
    QCOMPARE(filesIn(folder_),
             (QStringList{"Conversation.txt", "Walk (2).txt", "Walk (4).txt", "Walk.txt", "a-b.txt", "walk (3).txt"}));
    QCOMPARE(bytesOf(folder_ + QStringLiteral("/Walk.txt")), QByteArray("mine"));
    QVERIFY(bytesOf(folder_ + QStringLiteral("/a-b.txt")).contains("in a/b"));
    QVERIFY(exportAllNow(*store, ExportFormat::json, folder_ + QStringLiteral("/new")).ok());
    QCOMPARE(filesIn(folder_ + QStringLiteral("/new")).size(), 5);

    QVERIFY(
        exportOneNow(*store, {999}, ExportFormat::json, folder_ + QStringLiteral("/x"), Overwrite::no).failure().kind ==
        Failure::Kind::missing);
    const ConversationId id = store->conversations().list().front().id;
    const auto intoFolder = exportOneNow(*store, id, ExportFormat::markdown, folder_, Overwrite::yes);
    QVERIFY(intoFolder.ok());
    QVERIFY(QFileInfo(intoFolder->path).absolutePath() == folder_);
  }

  void exportsBesideTheWindow() {
    const QString data = storeWith({"one", "two", "three"});
    StorageWorker worker;
    worker.open({data, Store::Mode::readWrite, true}, this, [](const auto&) {});
    {
      auto* exporter = new Exporter(worker, this);
      QSignalSpy finished(exporter, &Exporter::finished);
      QSignalSpy gone(exporter, &QObject::destroyed);
      exporter->exportAll(ExportFormat::markdown, folder_);
      QTRY_COMPARE(finished.size(), 1);
      QCOMPARE(finished[0][0].toString(), folder_);
      QCOMPARE(finished[0][1].toInt(), 3);
      QCOMPARE(filesIn(folder_), (QStringList{"one.md", "three.md", "two.md"}));
      QTRY_COMPARE(gone.size(), 1);
    }
    {
      auto* exporter = new Exporter(worker, this);
      QSignalSpy finished(exporter, &Exporter::finished);
      const QString path = folder_ + QStringLiteral("/one.md");
      exporter->exportOne({1}, ExportFormat::json, path, Overwrite::yes);
      QTRY_COMPARE(finished.size(), 1);
      QCOMPARE(finished[0][0].toString(), path);
      QVERIFY(readConversationJson(bytesOf(path), {}).ok());
    }
    for (const qint64 id : {1, 77}) {
      auto* exporter = new Exporter(worker, this);
      QSignalSpy failed(exporter, &Exporter::failed);
      exporter->exportOne({id}, ExportFormat::json, folder_ + QStringLiteral("/one.md"), Overwrite::no);
      QTRY_COMPARE(failed.size(), 1);
      QVERIFY(!failed[0][0].toString().isEmpty());
    }
    // Destroyed in the middle: ends in order.
    auto* exporter = new Exporter(worker, this);
    exporter->exportAll(ExportFormat::text, folder_);
    QTest::qWait(1);
    delete exporter;
  }

  void knowsItsFormats() {
    QVERIFY(exportFormatFromString(u"md") == ExportFormat::markdown);
    QVERIFY(exportFormatFromString(u"txt") == ExportFormat::text);
    QVERIFY(exportFormatFromString(u"json") == ExportFormat::json);
    QVERIFY(!exportFormatFromString(u"pdf"));
    QVERIFY(!exportFormatFromString(u"MD"));
  }
};

QTEST_GUILESS_MAIN(Export)
#include "test_export.moc"
