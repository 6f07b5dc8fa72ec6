// The way of a reply: begun, grown in chunks, finished or found again after a crash; and what scripts see of it.
#include <QTest>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/message_repository.h"
#include "storage/message_rows.h"
#include "storage/model_repository.h"
#include "storage/storage_error.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

class Replies : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString data_;
  std::unique_ptr<Store> store_;
  ConversationId conversation_;
  MessageId question_;
  MessageId reply_;

  QStringList query(const QString& sql) { return rows(databasePath(data_), sql); }
  Message loaded(MessageId id) { return *store_->conversations().load(conversation_)->find(id); }

 private slots:
  void init() {
    static int run = 0;
    data_ = dir_.filePath(QString::number(++run));
    store_ = openStore(data_);
    conversation_ = store_->conversations().create(QStringLiteral("Chat"), {}, at(1));
    question_ = store_->messages().add(conversation_, userMessage(QStringLiteral("Why?")));
    reply_ = store_->messages().add(conversation_, streamingReply(question_));
  }
  void cleanup() { store_.reset(); }

  void growInChunksThatEverybodySees() {
    store_->messages().appendChunk(reply_, {{5}, "Because ", {}});
    store_->messages().appendChunk(reply_, {{6, 7}, "\xe4\xb8\xad\xf0\x9f\x98\x80", {}});
    const Message message = loaded(reply_);
    QCOMPARE(message.content, QStringLiteral("Because \u4e2d\U0001F600"));
    QCOMPARE(message.tokens, (std::vector<std::int32_t>{5, 6, 7}));
    QVERIFY(message.state == MessageState::streaming);
    QCOMPARE(query(QStringLiteral("SELECT content, state, stop_reason, seed FROM v_messages WHERE role = 'assistant'")),
             QStringList{QStringLiteral("Because \u4e2d\U0001F600|streaming|NULL|42")});
    // The row itself has not been rewritten.
    QCOMPARE(query(QStringLiteral("SELECT content FROM messages WHERE id = %1").arg(reply_.value)), QStringList{""});
    // And is not in the index yet.
    QCOMPARE(query(QStringLiteral("SELECT count(*) FROM message_search WHERE message_search MATCH 'because'")),
             QStringList{"0"});
  }

  void endInOneTransaction() {
    store_->messages().appendChunk(reply_, {{5}, "Beca", {}});
    Message end = finishedReply(question_, QStringLiteral("Because."));
    end.id = reply_;
    store_->messages().finish(end, at(7000));
    QVERIFY(loaded(reply_) == end);
    QCOMPARE(store_->conversations().summary(conversation_)->updatedAt, at(7000));
    QCOMPARE(query(QStringLiteral("SELECT count(*) FROM reply_chunks")), QStringList{"0"});
    QCOMPARE(query(QStringLiteral("SELECT rowid FROM message_search WHERE message_search MATCH 'because'")),
             QStringList{QString::number(reply_.value)});
    QVERIFY_EXCEPTION_THROWN(store_->messages().appendChunk(reply_, {{5}, "late", {}}), StorageError);

    end.modelHash.clear();  // not known to whoever finishes it again: the hash stays
    store_->messages().finish(end, at(8000));
    QVERIFY(!loaded(reply_).modelHash.isEmpty());
  }

  void getTheirModelsHashWhenItIsKnown() {
    const FileStamp file{.path = QStringLiteral("/m.gguf"), .size = 5, .modified = 6};
    const auto changed = FileStamp{.path = file.path, .size = file.size, .modified = 7};
    Message end = finishedReply(question_, QStringLiteral("Because."));
    end.id = reply_;
    store_->messages().finish(end, at(7000));
    // Another model, whose hash is not known, goes on with it.
    store_->messages().awaitModelHash(reply_, file);
    QVERIFY(loaded(reply_).modelHash.isEmpty());
    end.modelHash.clear();
    store_->messages().finish(end, at(8000));
    store_->models().setHash(changed, QStringLiteral("beef"));  // of a file that is not the same any more
    QVERIFY(loaded(reply_).modelHash.isEmpty());
    store_->models().setHash(file, QStringLiteral("feed"));
    QCOMPARE(loaded(reply_).modelHash, QStringLiteral("feed"));
    QCOMPARE(query(QStringLiteral("SELECT count(*) FROM unhashed_replies")), QStringList{"0"});

    // A third one, which is known, ends it: the second one's hash comes too late.
    store_->messages().awaitModelHash(reply_, changed);
    end.modelHash = QStringLiteral("cafe");
    store_->messages().finish(end, at(9000));
    store_->models().setHash(changed, QStringLiteral("beef"));
    QCOMPARE(loaded(reply_).modelHash, QStringLiteral("cafe"));
    QVERIFY_EXCEPTION_THROWN(store_->messages().awaitModelHash({4711}, file), StorageError);
  }

  void tellWhoBeginsToWriteThem() {
    Message begun = loaded(reply_);
    begun.model = QStringLiteral("Another");
    begun.modelHash = QStringLiteral("cafe");
    begun.timeline = {{.token = 0, .params = {.temperature = 1.75F}, .textOffset = 0}};
    store_->messages().setWriter(begun);
    QVERIFY(loaded(reply_) == begun);
    begun.modelHash.clear();
    store_->messages().setWriter(begun);
    QVERIFY(loaded(reply_) == begun);
    begun.id = {4711};
    QVERIFY_EXCEPTION_THROWN(store_->messages().setWriter(begun), StorageError);
  }

  void areContinued() {
    Message end = finishedReply(question_, QStringLiteral("alpha"));
    end.id = reply_;
    end.state = MessageState::interrupted;
    end.stopReason = StopReason::interrupted;
    store_->messages().finish(end, at(7000));
    store_->messages().reopen(reply_);
    QVERIFY_EXCEPTION_THROWN(store_->messages().reopen(reply_), StorageError);     // it is streaming already
    QVERIFY_EXCEPTION_THROWN(store_->messages().reopen(question_), StorageError);  // not a reply
    QCOMPARE(query(QStringLiteral("SELECT count(*) FROM message_search WHERE message_search MATCH 'alpha'")),
             QStringList{"0"});
    store_->messages().appendChunk(reply_, {{9}, " beta", {}});
    QCOMPARE(query(QStringLiteral("SELECT content, state FROM v_messages WHERE message_id = %1").arg(reply_.value)),
             QStringList{"alpha beta|streaming"});

    Message whole = loaded(reply_);
    QCOMPARE(whole.tokens, (std::vector<std::int32_t>{1, 2, 30000, 128000, 9}));
    whole.state = MessageState::complete;
    whole.stopReason = StopReason::length;
    store_->messages().finish(whole, at(9000));
    QVERIFY(loaded(reply_) == whole);
    QCOMPARE(query(QStringLiteral("SELECT count(*) FROM message_search WHERE message_search MATCH 'alpha beta'")),
             QStringList{"1"});
    // Throws where the index is not what the messages say.
    execute(databasePath(data_),
            QStringLiteral("INSERT INTO message_search (message_search) VALUES ('integrity-check')"));
  }

  void keepTheirSpeedAfterACrash() {
    Message end = finishedReply(question_, QStringLiteral("alpha"));
    end.id = reply_;
    end.stats.decodeSeconds = 15;
    store_->messages().finish(end, at(7000));
    store_->messages().reopen(reply_);
    store_->messages().appendChunk(reply_, {{5, 6}, " beta", {}, 2.0});
    store_->messages().appendChunk(reply_, {{7}, " gamma", {}, 3.5});
    store_.reset();

    store_ = openStore(data_);
    QCOMPARE(store_->recover(), 1);
    QCOMPARE(loaded(reply_).stats.decodeSeconds, 18.5);  // of the whole reply, as its number of tokens is
  }

  void areFoundAgainAfterACrash() {
    sotto::engine::SamplingParams moved;
    moved.temperature = 1.9F;
    store_->messages().appendChunk(reply_, {{5}, "Because \xe4\xb8", {}});
    store_->messages().appendChunk(reply_, {{6}, "\xad and \xf0\x9f\x98", {{0, {}}, {1, moved}}});
    const MessageId second = store_->messages().add(conversation_, streamingReply(question_));
    store_.reset();

    store_ = openStore(data_);
    QCOMPARE(store_->recover(), 2);
    QCOMPARE(store_->recover(), 0);
    const Message message = loaded(reply_);
    QCOMPARE(message.content, QStringLiteral("Because \u4e2d and "));
    QVERIFY(message.state == MessageState::interrupted);
    QVERIFY(message.stopReason == StopReason::interrupted);
    QCOMPARE(message.tokens, (std::vector<std::int32_t>{5, 6}));
    QCOMPARE(message.stats.generatedTokens, 2);
    QCOMPARE(message.timeline.size(), size_t{2});
    QVERIFY(message.timeline[1].params == moved);
    QCOMPARE(loaded(second).content, QString());
    QCOMPARE(query(QStringLiteral("SELECT count(*) FROM reply_chunks")), QStringList{"0"});
    QCOMPARE(query(QStringLiteral("SELECT count(*) FROM message_search WHERE message_search MATCH 'because'")),
             QStringList{"1"});
  }

  void loseOnlyAPartialCharacter_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("kept");
    QTest::newRow("empty") << QByteArray() << QByteArray();
    QTest::newRow("ascii") << QByteArray("ab") << QByteArray("ab");
    QTest::newRow("whole") << QByteArray("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80")
                           << QByteArray("\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80");
    QTest::newRow("1 of 2") << QByteArray("a\xc3") << QByteArray("a");
    QTest::newRow("2 of 3") << QByteArray("a\xe4\xb8") << QByteArray("a");
    QTest::newRow("3 of 4") << QByteArray("a\xf0\x9f\x98") << QByteArray("a");
    QTest::newRow("only a part") << QByteArray("\xf0\x9f") << QByteArray();
  }
  void loseOnlyAPartialCharacter() {
    QFETCH(QByteArray, bytes);
    QTEST(withoutPartialCharacter(bytes), "kept");
  }

  void areDescribedForScripts() {
    Message end = finishedReply(question_, QStringLiteral("Because."));
    end.id = reply_;
    end.createdAt = at(2000);
    store_->messages().finish(end, at(7000));
    const QStringList columns = query(QStringLiteral("SELECT name FROM pragma_table_info('v_messages')"));
    QCOMPARE(columns.join(u','),
             QStringLiteral(
                 "conversation_id,conversation_title,message_id,parent_id,role,content,state,stop_reason,created_at,"
                 "model,seed,sampling_timeline"));
    const QString id = QString::number(conversation_.value);
    QCOMPARE(query(QStringLiteral(
                 "SELECT conversation_id, conversation_title, parent_id, role, content, state, stop_reason, "
                 "created_at, model, seed FROM v_messages ORDER BY message_id")),
             (QStringList{id + "|Chat|NULL|user|Why?|complete|NULL|1970-01-01T00:00:01.000Z|NULL|NULL",
                          id + "|Chat|" + QString::number(question_.value) +
                              "|assistant|Because.|complete|end|1970-01-01T00:00:02.000Z|Tiny|42"}));

    const QString text =
        query(QStringLiteral("SELECT sampling_timeline FROM v_messages WHERE role = 'assistant'")).front();
    const QJsonArray timeline = QJsonDocument::fromJson(text.toUtf8()).array();
    QCOMPARE(timeline.size(), 2);
    QCOMPARE(timeline[0].toObject()["token"].toInt(-1), 0);
    QCOMPARE(timeline[1].toObject()["token"].toInt(-1), 2);
    const QJsonObject params = timeline[1].toObject()["params"].toObject();
    QStringList names = params.keys();
    names.sort();
    QCOMPARE(names, (QStringList{"frequency_penalty", "greedy", "min_p", "penalty_window", "presence_penalty",
                                 "repeat_penalty", "temperature", "top_k", "top_p"}));
    QVERIFY(text.contains(QStringLiteral("\"temperature\":1.3,")));
    QCOMPARE(params["top_k"].toInt(-1), 0);
  }

  void haveTimesToTheMillisecond() {
    for (const qint64 time : {qint64{1}, qint64{999}, qint64{1001}, qint64{1732233600123}, qint64{4102444799999}}) {
      const MessageId id = store_->messages().add(conversation_, userMessage(QStringLiteral("t"), {}, time));
      QCOMPARE(query(QStringLiteral("SELECT created_at FROM v_messages WHERE message_id = %1").arg(id.value)),
               QStringList{at(time).toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss.zzzZ"))});
    }
  }

  void keepAnyText() {
    QString text =
        QStringLiteral("\ufeff\ufeffa\u0000b \u202e\u05e9\u05dc\u05d5\u05dd\u202c \U0001F469\u200d\U0001F680 ");
    text.append(QString(200'000, u'x'));
    const MessageId id = store_->messages().add(conversation_, userMessage(text));
    QCOMPARE(loaded(id).content, text);
    // The index takes it all, and gives it up again.
    Message reply = finishedReply(question_, text);
    reply.id = reply_;
    store_->messages().finish(reply, at(1));
    store_->messages().reopen(reply_);
    execute(databasePath(data_),
            QStringLiteral("INSERT INTO message_search (message_search) VALUES ('integrity-check')"));
    // A lone surrogate is not text: scripts would stumble over it.
    const QString broken = QStringLiteral("a") + QChar(0xD800) + QStringLiteral("b") + QChar(0xDC00);
    const MessageId other = store_->messages().add(conversation_, userMessage(broken));
    QCOMPARE(loaded(other).content, QStringLiteral("a\ufffdb\ufffd"));
  }
};

QTEST_GUILESS_MAIN(Replies)
#include "test_replies.moc"
