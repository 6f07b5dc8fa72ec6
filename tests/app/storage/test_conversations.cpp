// Conversations survive being closed and opened, as the trees that they are; the list, the trash and its end.
#include <QTest>

#include "presets/preset_repository.h"
#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/message_repository.h"
#include "storage/storage_error.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

class Conversations : public QObject {
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

  void comeBackAsTheTreesThatTheyWere() {
    ConversationTree tree;
    tree.title = QStringLiteral("A walk in the woods \U0001F332");
    tree.createdAt = at(1000);
    tree.updatedAt = at(9000);
    tree.extra = R"({"folder":"travel"})";
    tree.settings.systemPrompt = QStringLiteral("Be brief.\nקצר");
    tree.settings.preset = store_->presets().list().at(2).id;
    tree.settings.params.temperature = 0.85F;
    tree.settings.params.greedy = true;
    tree.settings.seed = ~quint64{0};
    tree.settings.maxTokens = 77;
    tree.id = store_->conversations().create(tree.title, tree.settings, tree.createdAt);

    const auto keep = [&](Message message) {
      message.id = store_->messages().add(tree.id, message);
      tree.add(message);
      return message.id;
    };
    const MessageId root = keep(userMessage(QStringLiteral("Where to?"), {}, 2000));
    Message reply = finishedReply(root, QStringLiteral("North. \u00e9\u4e2d\U0001F600"), 3000);
    reply.seed = quint64{1} << 63;
    reply.extra = R"({"mood":{"level":3}})";
    const MessageId first = keep(reply);
    keep(finishedReply(root, QStringLiteral("South."), 4000));
    const MessageId other = keep(userMessage(QStringLiteral("And then?"), first, 5000));
    Message failed = streamingReply(other, 6000);
    failed.state = MessageState::failed;
    failed.stopReason = StopReason::error;
    failed.error = QStringLiteral("The model's file is gone.");
    keep(failed);
    Message system = userMessage(QStringLiteral("A second root."), {}, 9000);
    system.role = Role::system;
    keep(system);
    store_->conversations().setActiveLeaf(tree.id, other);
    tree.setActiveLeaf(other);

    reopen();
    const auto loaded = store_->conversations().load(tree.id);
    QVERIFY(loaded);
    QCOMPARE(loaded->title, tree.title);
    QCOMPARE(loaded->createdAt, tree.createdAt);
    QCOMPARE(loaded->updatedAt, tree.updatedAt);
    QVERIFY(loaded->settings == tree.settings);
    QVERIFY(loaded->messages() == tree.messages());
    QCOMPARE(loaded->activeLeaf(), tree.activeLeaf());
    QCOMPARE(loaded->activePath().size(), size_t{3});

    // As a new conversation, message for message.
    tree.settings.preset = {};
    const ConversationId copy = store_->conversations().add(tree);
    const auto copied = store_->conversations().load(copy);
    QVERIFY(copied);
    QCOMPARE(copied->updatedAt, tree.updatedAt);
    QCOMPARE(copied->extra, tree.extra);
    QCOMPARE(copied->messages().size(), tree.messages().size());
    QCOMPARE(copied->find(copied->activeLeaf())->content, QStringLiteral("And then?"));
    QVERIFY(copied->settings == tree.settings);
  }

  void areListedNewestFirstWithCounters() {
    auto& conversations = store_->conversations();
    const ConversationId old = conversations.create(QStringLiteral("old"), {}, at(1000));
    const ConversationId young = conversations.create(QStringLiteral("young"), {}, at(2000));
    QCOMPARE(conversations.list().front().id, young);
    QCOMPARE(conversations.list().front().messages, 0);

    const MessageId root = store_->messages().add(old, userMessage(QStringLiteral("a"), {}, 3000));
    Message reply = finishedReply(root, QStringLiteral("b"), 3000);
    reply.model = QStringLiteral("Llama");
    (void)store_->messages().add(old, reply);
    ConversationSummary top = conversations.list().front();
    QCOMPARE(top.id, old);
    QCOMPARE(top.messages, 2);
    QCOMPARE(top.branches, 1);
    QCOMPARE(top.model, QStringLiteral("Llama"));
    QCOMPARE(top.updatedAt, at(3000));

    (void)store_->messages().add(old, finishedReply(root, QStringLiteral("another reply"), 4000));
    (void)store_->messages().add(old, userMessage(QStringLiteral("another root"), {}, 5000));
    top = *conversations.summary(old);
    QCOMPARE(top.messages, 4);
    QCOMPARE(top.branches, 3);
    QCOMPARE(top.model, QStringLiteral("Tiny"));

    conversations.rename(young, QStringLiteral("Young again"));
    QCOMPARE(conversations.list().back().title, QStringLiteral("Young again"));
  }

  void refuseWhatIsNotThere() {
    auto& conversations = store_->conversations();
    const ConversationId one = conversations.create(QStringLiteral("one"), {}, at(1));
    const ConversationId two = conversations.create(QStringLiteral("two"), {}, at(1));
    const MessageId inOne = store_->messages().add(one, userMessage(QStringLiteral("a")));

    QVERIFY(!conversations.load({999}));
    QVERIFY_EXCEPTION_THROWN(conversations.rename({999}, QStringLiteral("x")), StorageError);
    QVERIFY_EXCEPTION_THROWN(conversations.setActiveLeaf(two, inOne), StorageError);
    QVERIFY_EXCEPTION_THROWN((void)store_->messages().add(two, userMessage(QStringLiteral("b"), inOne)), StorageError);
    QVERIFY_EXCEPTION_THROWN((void)store_->messages().add({999}, userMessage(QStringLiteral("b"))), StorageError);
    QVERIFY_EXCEPTION_THROWN(store_->messages().appendChunk(inOne, {{}, "text", {}}), StorageError);
    QCOMPARE(conversations.summary(two)->messages, 0);
  }

  void goToTheTrashAndComeBack() {
    auto& conversations = store_->conversations();
    const ConversationId id = conversations.create(QStringLiteral("kept"), {}, at(1));
    (void)store_->messages().add(id, userMessage(QStringLiteral("hello")));
    conversations.moveToTrash(id, at(5000));
    QVERIFY(conversations.list().empty());
    QVERIFY(!conversations.load(id));
    QCOMPARE(conversations.trash().size(), size_t{1});
    QCOMPARE(conversations.trash().front().deletedAt, at(5000));
    QCOMPARE(rows(databasePath(data_), QStringLiteral("SELECT count(*) FROM v_messages")), QStringList{"0"});

    reopen();
    store_->conversations().restore(id);
    QVERIFY(store_->conversations().trash().empty());
    QCOMPARE(store_->conversations().load(id)->messages().front().content, QStringLiteral("hello"));
    QCOMPARE(rows(databasePath(data_), QStringLiteral("SELECT content FROM v_messages")), QStringList{"hello"});
  }

  void leaveTheTrashForGoodAfterThirtyDays() {
    auto& conversations = store_->conversations();
    const QDateTime now = at(1'700'000'000'000);
    const ConversationId expired = conversations.create(QStringLiteral("expired"), {}, at(1));
    const ConversationId fresh = conversations.create(QStringLiteral("fresh"), {}, at(1));
    // Deeper than any recursion that SQLite allows.
    MessageId last;
    store_->transaction(Durability::full, [&] {
      for (int i = 0; i < 3000; ++i) last = store_->messages().add(expired, userMessage(QStringLiteral("turn"), last));
    });
    conversations.setActiveLeaf(expired, last);
    Message reply = streamingReply(last);
    reply.id = store_->messages().add(expired, reply);
    store_->messages().appendChunk(reply.id, {{1}, "text", {}});
    conversations.moveToTrash(expired, now.addDays(-30).addSecs(-1));
    conversations.moveToTrash(fresh, now.addDays(-30).addSecs(1));

    QVERIFY(conversations.deleteOneExpired(now));
    QVERIFY(!conversations.deleteOneExpired(now));
    QCOMPARE(conversations.trash().size(), size_t{1});
    QCOMPARE(conversations.trash().front().id, fresh);
    const QString path = databasePath(data_);
    QCOMPARE(rows(path, QStringLiteral("SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM reply_chunks)")),
             QStringList{"0|0"});
    QCOMPARE(rows(path, QStringLiteral("SELECT count(*) FROM message_search WHERE message_search MATCH 'turn'")),
             QStringList{"0"});
    // An id is never given twice.
    QVERIFY(conversations.create(QStringLiteral("new"), {}, at(1)).value > fresh.value);
  }
};

QTEST_GUILESS_MAIN(Conversations)
#include "test_conversations.moc"
