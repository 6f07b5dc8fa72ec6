// Settings, what is known about model files, and search: the store's small tables.
#include <QTest>

#include "settings/settings_repository.h"
#include "storage/conversation_repository.h"
#include "storage/message_repository.h"
#include "storage/model_repository.h"
#include "storage/search_index.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

class Settings : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString data_;
  std::unique_ptr<Store> store_;

  void reopen() {
    store_.reset();
    store_ = openStore(data_);
  }

 private slots:
  void init() {
    static int run = 0;
    data_ = dir_.filePath(QString::number(++run));
    store_ = openStore(data_);
  }
  void cleanup() { store_.reset(); }

  void areKept() {
    store_->settings().set(QStringLiteral("ui/theme"), QStringLiteral("dark"));
    store_->settings().set(QStringLiteral("ui/theme"), QStringLiteral("light"));
    store_->settings().set(QStringLiteral("model/last"), QStringLiteral("/models/\u4e2d\u6587 a.gguf"));
    store_->settings().set(QStringLiteral("empty"), QString());
    reopen();
    QCOMPARE(store_->settings().value(QStringLiteral("ui/theme")), QStringLiteral("light"));
    QCOMPARE(store_->settings().value(QStringLiteral("empty")), QString());
    QVERIFY(!store_->settings().value(QStringLiteral("none")));
    store_->settings().remove(QStringLiteral("ui/theme"));
    store_->settings().remove(QStringLiteral("ui/theme"));
    const QHash<QString, QString> all{{QStringLiteral("model/last"), QStringLiteral("/models/\u4e2d\u6587 a.gguf")},
                                      {QStringLiteral("empty"), QString()}};
    QCOMPARE(store_->settings().all(), all);
  }

  void rememberAHashForAFileAsItWas() {
    const FileStamp file{QStringLiteral("/models/a.gguf"), 5'000'000'000, 1'700'000'000'123'456'789};
    QVERIFY(!store_->models().hash(file));
    store_->models().setHash(file, QStringLiteral("abc"));
    reopen();
    QCOMPARE(store_->models().hash(file), QStringLiteral("abc"));
    FileStamp changed = file;
    changed.modified += 1;
    QVERIFY(!store_->models().hash(changed));
    changed = file;
    changed.size -= 1;
    QVERIFY(!store_->models().hash(changed));
    store_->models().setHash(changed, QStringLiteral("def"));
    QCOMPARE(store_->models().hash(changed), QStringLiteral("def"));
    QVERIFY(!store_->models().hash(file));  // one a path
  }

  void listRecentModelsNewestFirst() {
    for (int i = 0; i < 15; ++i) store_->models().addRecent(QStringLiteral("/m/%1.gguf").arg(i), at(i));
    store_->models().addRecent(QStringLiteral("/m/3.gguf"), at(100));
    QCOMPARE(store_->models().recent(3), (QStringList{"/m/3.gguf", "/m/14.gguf", "/m/13.gguf"}));
    QCOMPARE(store_->models().recent().size(), 10);
    store_->models().removeRecent(QStringLiteral("/m/3.gguf"));
    QCOMPARE(store_->models().recent(1), QStringList{"/m/14.gguf"});
  }

  void findWordsInAllBranches() {
    auto& conversations = store_->conversations();
    const ConversationId one = conversations.create(QStringLiteral("one"), {}, at(1));
    const ConversationId two = conversations.create(QStringLiteral("two"), {}, at(1));
    const MessageId root = store_->messages().add(one, userMessage(QStringLiteral("How does a lighthouse work?")));
    const MessageId reply =
        store_->messages().add(one, finishedReply(root, QStringLiteral("A lighthouse has a lamp; caf\u00e9 au lait.")));
    const MessageId branch = store_->messages().add(one, finishedReply(root, QStringLiteral("Lamps turn. AND OR NOT")));
    const MessageId other = store_->messages().add(two, userMessage(QStringLiteral("lighthouse lamp")));
    (void)store_->messages().add(two, streamingReply(other));

    const auto ids = [&](const QString& text) {
      QList<qint64> found;
      for (const SearchHit& hit : store_->search().find(text)) found << hit.message.value;
      std::sort(found.begin(), found.end());
      return found;
    };
    using Ids = QList<qint64>;
    QCOMPARE(ids(QStringLiteral("lighthouse")), (Ids{root.value, reply.value, other.value}));
    QCOMPARE(ids(QStringLiteral("lamp")), (Ids{reply.value, branch.value, other.value}));  // a beginning
    QCOMPARE(ids(QStringLiteral("LIGHTHOUSE lam")), (Ids{reply.value, other.value}));
    QCOMPARE(ids(QStringLiteral("cafe")), (Ids{reply.value}));
    QCOMPARE(ids(QStringLiteral("and not")), (Ids{branch.value}));
    QCOMPARE(ids(QStringLiteral("nowhere")), Ids{});
    for (const char* odd : {"", "   ", "\"", "*", "a\" OR \"b", "NEAR(", "content:", "-", "'", "(", "^lamp"}) {
      (void)store_->search().find(QLatin1StringView(odd));  // must not throw
    }
    (void)store_->search().find(QString(QChar(u'\0')));
    const SearchHit hit = store_->search().find(QStringLiteral("caf\u00e9")).front();
    QCOMPARE(hit.conversation, one);
    QVERIFY(hit.snippet.contains(QStringLiteral("caf\u00e9")));

    conversations.moveToTrash(one, at(2));
    QCOMPARE(ids(QStringLiteral("lighthouse")), (Ids{other.value}));
    conversations.restore(one);
    QCOMPARE(ids(QStringLiteral("lighthouse")).size(), 3);
    QCOMPARE(store_->search().find(QStringLiteral("lighthouse"), 2).size(), size_t{2});
  }
};

QTEST_GUILESS_MAIN(Settings)
#include "test_settings.moc"
