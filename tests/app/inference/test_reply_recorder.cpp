// What a write of a growing reply held is not lost when the write fails.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <utility>
#include <vector>

#include "inference/reply_recorder.h"
#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/message_repository.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

class RecordedReplies : public QObject {
  Q_OBJECT

  struct Write {
    std::function<void(Store&)> work;
    std::function<void(const Result<void>&)> done;
  };

 private slots:
  void keepChangesOfParametersThatCouldNotBeStored() {
    const QTemporaryDir dir;
    const QString data = dir.filePath(QStringLiteral("data"));
    const auto store = openStore(data);
    const ConversationId conversation = store->conversations().create(QStringLiteral("Chat"), {}, at(1));
    Message reply = streamingReply(store->messages().add(conversation, userMessage(QStringLiteral("Why?"))));
    reply.id = store->messages().add(conversation, reply);

    std::vector<Write> writes;
    int reports = 0;
    const auto recorder =
        std::make_shared<ReplyRecorder>(reply, ReplyRecorder::Link{
                                                   .post =
                                                       [&](std::chrono::milliseconds, auto work, auto done) {
                                                         writes.push_back({std::move(work), std::move(done)});
                                                       },
                                                   .report = [&](const std::optional<Failure>&) { ++reports; },
                                               });
    const auto grow = [&](int token, float temperature) {
      ReplyDelta delta{.job = 1};
      delta.tokens = {token};
      delta.text = "a";
      delta.timeline = {{.token = token, .params = {.temperature = temperature}, .textOffset = token}};
      recorder->append(delta);
    };
    const auto timeline = [&] {
      const QString text = rows(databasePath(data), QStringLiteral("SELECT sampling_timeline FROM v_messages "
                                                                   "WHERE role = 'assistant'"))
                               .front();
      return QJsonDocument::fromJson(text.toUtf8()).array();
    };

    grow(1, 1.25F);
    QCOMPARE(writes.size(), size_t{1});
    QVERIFY_EXCEPTION_THROWN(store->transaction(Durability::full,
                                                [&] {
                                                  writes[0].work(*store);
                                                  throw std::runtime_error("the disk is full");
                                                }),
                             std::runtime_error);
    writes[0].done(Failure{Failure::Kind::diskFull, QStringLiteral("The disk is full.")});
    QCOMPARE(reports, 1);
    QCOMPARE(timeline().size(), 1);
    // Stored with the next text, though that brings no change.
    ReplyDelta more{.job = 1};
    more.tokens = {2};
    more.text = "b";
    recorder->append(more);
    QCOMPARE(writes.size(), size_t{2});
    writes[1].work(*store);
    writes[1].done({});
    QCOMPARE(timeline().size(), 2);
    QCOMPARE(timeline()[1].toObject()["params"].toObject()["temperature"].toDouble(), 1.25);
    // One that came while another was written is not lost either.
    grow(3, 1.5F);
    writes[2].work(*store);
    grow(4, 1.75F);
    writes[2].done({});
    recorder->flush();
    writes.back().work(*store);
    writes.back().done({});
    QCOMPARE(timeline().size(), 4);
    QCOMPARE(rows(databasePath(data), QStringLiteral("SELECT content FROM v_messages WHERE role = 'assistant'")),
             QStringList{QStringLiteral("abaa")});
  }
};

QTEST_GUILESS_MAIN(RecordedReplies)
#include "test_reply_recorder.moc"
