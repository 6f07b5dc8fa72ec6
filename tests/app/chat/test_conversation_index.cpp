// The list of conversations stays in order without being sorted anew.
#include <QRandomGenerator>
#include <QTest>
#include <algorithm>

#include "chat/conversation_index.h"

using namespace sotto::app;

namespace {

ConversationSummary summary(qint64 id, qint64 updated) {
  ConversationSummary line;
  line.id = {id};
  line.title = QString::number(id);
  line.updatedAt = QDateTime::fromMSecsSinceEpoch(updated, Qt::UTC);
  return line;
}

bool inOrder(const ConversationIndex& index) {
  return std::is_sorted(index.all().begin(), index.all().end(), [](const auto& a, const auto& b) {
    return a.updatedAt != b.updatedAt ? a.updatedAt > b.updatedAt : a.id > b.id;
  });
}

}  // namespace

class ConversationListStaysInOrder : public QObject {
  Q_OBJECT

 private slots:
  void putsTheNewestFirst() {
    ConversationIndex index;
    index.reset({summary(1, 100), summary(2, 300), summary(3, 200)});
    QCOMPARE(index.all().front().id.value, 2);
    index.put(summary(1, 400));
    QCOMPARE(index.all().front().id.value, 1);
    QCOMPARE(index.all().size(), size_t{3});
    QVERIFY(inOrder(index));
  }

  void findsAndRemoves() {
    ConversationIndex index;
    index.reset({summary(1, 100), summary(2, 100), summary(3, 100)});
    QCOMPARE(index.find({2})->title, QStringLiteral("2"));
    QVERIFY(index.find({4}) == nullptr);
    QCOMPARE(index.remove({2})->id.value, 2);
    QVERIFY(!index.remove({2}));
    QCOMPARE(index.all().size(), size_t{2});
    index.put(summary(2, 100));
    QCOMPARE(index.all()[1].id.value, 2);
  }

  void agreesWithSortingTenThousand() {
    QRandomGenerator random(1);
    ConversationIndex index;
    std::vector<ConversationSummary> lines;
    for (qint64 id = 1; id <= 10000; ++id) lines.push_back(summary(id, random.bounded(5000)));
    index.reset(lines);
    for (int step = 0; step < 2000; ++step) {
      const qint64 id = random.bounded(1, 10001);
      if (step % 5 == 0) {
        index.remove({id});
      } else {
        index.put(summary(id, random.bounded(6000)));
      }
    }
    QVERIFY(inOrder(index));
    for (const ConversationSummary& each : index.all()) QCOMPARE(index.find(each.id), &each);
  }
};

QTEST_GUILESS_MAIN(ConversationListStaysInOrder)
#include "test_conversation_index.moc"
