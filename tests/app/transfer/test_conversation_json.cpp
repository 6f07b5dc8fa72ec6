// Our own JSON: what is written reads back identical, whatever the conversation holds; hostile files end in a sentence.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTest>
#include <limits>

#include "presets/preset_repository.h"
#include "storage/conversation_repository.h"
#include "support/app/storage_fixture.h"
#include "transfer/conversation_json.h"

using namespace sotto::app;
using namespace sotto::test;

namespace {

// Random conversations, of everything that a message may hold.
class Maker {
 public:
  explicit Maker(quint32 seed) : random_(seed) {}

  ConversationTree tree(const std::vector<Preset>& presets) {
    ConversationTree tree;
    tree.id = {1 + random_.bounded(1'000'000)};
    tree.title = text(40);
    tree.createdAt = time();
    tree.updatedAt = time();
    tree.settings = {text(200), maybe() ? presets[static_cast<size_t>(random_.bounded(4))].id : PresetId{}, params(),
                     seed(), random_.bounded(5000), {}};
    if (maybe()) tree.settings.thinking = maybe();
    if (maybe())
      tree.extra = R"({"conversation":{"folder":"f","settings":{"x":[1,{"y":null}]}},"source":{"name":"elsewhere"}})";
    const int count = random_.bounded(30);
    for (int i = 0; i < count; ++i) tree.add(message(tree));
    if (count > 0) tree.setActiveLeaf(anyOf(tree));
    return tree;
  }

  QString text(int longest) {
    static const QStringList pieces{QStringLiteral("word "),
                                    QStringLiteral("\n"),
                                    QStringLiteral("\r\n\t"),
                                    QStringLiteral("\"\\/"),
                                    QString(QChar(u'\0')),
                                    QStringLiteral("\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c"),
                                    QStringLiteral("\u4e2d\u6587"),
                                    QStringLiteral("\U0001F469\u200d\U0001F469\u200d\U0001F467"),
                                    QString(QChar(0xD83D)),
                                    QString(QChar(0xDE00)),
                                    QStringLiteral("\ufeff\ufffe\uffff"),
                                    QStringLiteral("\u2028\u2029\u0085"),
                                    QStringLiteral("<script>&amp;</script>"),
                                    QStringLiteral("e\u0301"),
                                    QStringLiteral("\x1b[31m\x07\x7f")};
    QString text;
    const int length = random_.bounded(longest);
    while (text.size() < length) text += pieces[random_.bounded(static_cast<int>(pieces.size()))];
    return text;
  }

 private:
  bool maybe() { return random_.bounded(2) == 0; }
  QDateTime time() { return at(random_.bounded(4'000'000) * qint64{1'000'000} + random_.bounded(1000)); }
  float number(double low, double high) { return static_cast<float>(low + random_.generateDouble() * (high - low)); }
  std::optional<quint64> seed() { return maybe() ? std::optional(random_.generate64()) : std::nullopt; }
  MessageId anyOf(const ConversationTree& tree) {
    return tree.messages()[static_cast<size_t>(random_.bounded(static_cast<int>(tree.messages().size())))].id;
  }

  sotto::engine::SamplingParams params() {
    return {maybe(),         number(0, 10),   random_.bounded(200), number(0, 1),        number(0, 1),
            number(0.1, 10), number(-10, 10), number(-10, 10),      random_.bounded(512)};
  }

  Message message(const ConversationTree& tree) {
    Message message;
    lastId_ += 1 + random_.bounded(5);
    message.id = {lastId_};
    if (!tree.messages().empty() && random_.bounded(5) > 0) message.parent = anyOf(tree);
    message.role = static_cast<Role>(random_.bounded(3));
    message.content = text(random_.bounded(10) == 0 ? 5000 : 100);
    message.createdAt = time();
    if (maybe()) message.extra = R"({"model":{"vendor":"x"},"mood":"calm","stars":[1,2.5,null,"\u0000\ufeff"]})";
    if (message.role != Role::assistant) return message;
    message.state = static_cast<MessageState>(random_.bounded(4));
    message.stopReason = static_cast<StopReason>(random_.bounded(8));
    message.model = text(20);
    if (maybe()) message.modelHash = text(20);
    message.seed = seed();
    for (int token = 0; maybe(); token += 1 + random_.bounded(50)) message.timeline.push_back({token, params()});
    for (int i = random_.bounded(200); i > 0; --i) {
      message.tokens.push_back(random_.bounded(std::numeric_limits<std::int32_t>::max()));
    }
    if (maybe())
      message.stats = {random_.bounded(9999), random_.bounded(99), random_.bounded(999), random_.generateDouble(),
                       1e-7};
    if (maybe()) message.error = text(60);
    // `model` is written only when there is one; its unknown fields stay either way.
    return message;
  }

  QRandomGenerator random_;
  qint64 lastId_ = 0;
};

void verifySame(const ConversationTree& read, const ConversationTree& written) {
  QCOMPARE(read.id, written.id);
  QCOMPARE(read.title, written.title);
  QCOMPARE(read.createdAt, written.createdAt);
  QCOMPARE(read.updatedAt, written.updatedAt);
  QVERIFY(read.settings == written.settings);
  QCOMPARE(read.extra, written.extra);
  QCOMPARE(read.activeLeaf(), written.activeLeaf());
  QCOMPARE(read.messages().size(), written.messages().size());
  for (size_t i = 0; i < read.messages().size(); ++i) {
    const Message& a = read.messages()[i];
    const Message& b = written.messages()[i];
    QCOMPARE(a.extra, b.extra);
    QCOMPARE(a.content, b.content);
    QVERIFY2(a == b, qPrintable(QStringLiteral("message %1").arg(i)));
    QVERIFY(read.children(a.id) == written.children(b.id));
  }
}

}  // namespace

class ConversationJson : public QObject {
  Q_OBJECT

  std::vector<Preset> presets_;
  ExportContext context_;

  QByteArray edited(const QByteArray& json, const std::function<void(QJsonObject&)>& change) {
    QJsonObject document = QJsonDocument::fromJson(json).object();
    change(document);
    return QJsonDocument(document).toJson();
  }

 private slots:
  void initTestCase() {
    for (const Preset& preset : builtInPresets()) {
      presets_.push_back(preset);
      presets_.back().id = {static_cast<qint64>(presets_.size())};
    }
    context_ = {QStringLiteral("Sotto test"), at(123), presets_};
  }

  void readsBackIdentical_data() {
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 200; ++seed) QTest::addRow("%u", seed) << seed;
  }
  void readsBackIdentical() {
    QFETCH(quint32, seed);
    const ConversationTree tree = Maker(seed).tree(presets_);
    const QByteArray json = toConversationJson(tree, context_);
    const auto read = readConversationJson(json, presets_);
    QVERIFY2(read.ok(), json.constData());
    QCOMPARE(read->notUnderstood, 0);
    verifySame(read->tree, tree);
    QCOMPARE(toConversationJson(read->tree, context_), json);
  }

  void survivesTheDatabase() {
    QTemporaryDir dir;
    const auto store = openStore(dir.path());
    const std::vector<Preset> presets = store->presets().list();
    for (quint32 seed = 1; seed <= 20; ++seed) {
      // Once through the database, after which text is Unicode and nothing is being written.
      const ConversationId id = store->conversations().add(Maker(seed).tree(presets));
      const ConversationTree stored = *store->conversations().load(id);
      const QByteArray json = toConversationJson(stored, {QStringLiteral("Sotto"), at(1), presets});
      const auto read = readConversationJson(json, presets);
      QVERIFY(read.ok());
      verifySame(read->tree, stored);
      const ConversationTree again = *store->conversations().load(store->conversations().add(read->tree));
      QCOMPARE(again.messages().size(), stored.messages().size());
      for (size_t i = 0; i < again.messages().size(); ++i) {
        QCOMPARE(again.messages()[i].content, stored.messages()[i].content);
        QCOMPARE(again.messages()[i].extra, stored.messages()[i].extra);
        QVERIFY(again.messages()[i].seed == stored.messages()[i].seed);
      }
    }
  }

  void holdsHugeTexts() {
    ConversationTree tree;
    tree.createdAt = tree.updatedAt = at(1);
    Message message = userMessage(QStringLiteral("\u4e2d\"\\\n").repeated(3'000'000));
    message.id = {1};
    tree.add(message);
    const auto read = readConversationJson(toConversationJson(tree, context_), presets_);
    QVERIFY(read.ok());
    QVERIFY(read->tree.messages().front().content == message.content);
  }

  void isWhatTheFormatSays() {
    ConversationTree tree;
    tree.id = {5};
    tree.title = QStringLiteral("T");
    tree.createdAt = at(1000);
    tree.updatedAt = at(2000);
    tree.settings.preset = {2};
    Message question = userMessage(QStringLiteral("q"));
    question.id = {7};
    tree.add(question);
    Message reply = finishedReply({7}, QStringLiteral("a"));
    reply.id = {9};
    reply.stopReason = StopReason::stopString;
    tree.add(reply);
    tree.setActiveLeaf({9});
    const QJsonObject json = QJsonDocument::fromJson(toConversationJson(tree, context_)).object();
    QCOMPARE(json["format"].toString(), QStringLiteral("sotto-conversation"));
    QCOMPARE(json["version"].toInt(), 1);
    QCOMPARE(json["app"].toString(), QStringLiteral("Sotto test"));
    QCOMPARE(json["exported_at"].toString(), QStringLiteral("1970-01-01T00:00:00.123Z"));
    QCOMPARE(json["active_leaf"].toString(), QStringLiteral("9"));
    QCOMPARE(json["conversation"]["id"].toString(), QStringLiteral("5"));
    QCOMPARE(json["conversation"]["settings"]["preset"].toString(), QStringLiteral("Precise"));
    const QJsonArray messages = json["messages"].toArray();
    QCOMPARE(messages.size(), 2);
    QVERIFY(messages[0]["parent_id"].isNull());
    QVERIFY(!messages[0].toObject().contains(QStringLiteral("seed")));
    QCOMPARE(messages[1]["id"].toString(), QStringLiteral("9"));
    QCOMPARE(messages[1]["parent_id"].toString(), QStringLiteral("7"));
    QCOMPARE(messages[1]["role"].toString(), QStringLiteral("assistant"));
    QCOMPARE(messages[1]["created_at"].toString(), QStringLiteral("1970-01-01T00:00:02.000Z"));
    QCOMPARE(messages[1]["model"]["name"].toString(), QStringLiteral("Tiny"));
    QCOMPARE(messages[1]["model"]["sha256"].toString(), QStringLiteral("0123456789abcdef"));
    QCOMPARE(messages[1]["seed"].toInteger(), 42);
    QCOMPARE(messages[1]["stop_reason"].toString(), QStringLiteral("stop_string"));
    QCOMPARE(messages[1]["token_ids"].toArray().size(), 4);
    QCOMPARE(messages[1]["stats"]["generated_tokens"].toInt(), 4);
    const QJsonObject entry = messages[1]["sampling_timeline"].toArray()[1].toObject();
    QCOMPARE(entry["token_index"].toInt(), 2);
    QCOMPARE(entry["params"].toObject().size(), 9);
    QCOMPARE(entry["params"]["temperature"].toDouble(), 1.3);
  }

  void keepsFieldsOfTomorrow() {
    ConversationTree tree = Maker(11).tree(presets_);
    Message reply = finishedReply({}, QStringLiteral("a"));
    reply.id = {1'000'000};
    tree.add(reply);
    const QByteArray json = edited(toConversationJson(tree, context_), [](QJsonObject& document) {
      document["theme"] = QJsonObject{{"dark", true}};
      QJsonArray messages = document["messages"].toArray();
      QJsonObject last = messages.last().toObject();
      last["top_logprobs"] = QJsonArray{QJsonArray{1, -0.25}, QJsonArray{}};
      last["stop_reason"] = "bored";
      QJsonArray timeline = last["sampling_timeline"].toArray();
      QJsonObject entry = timeline[1].toObject();
      QJsonObject params = entry["params"].toObject();
      params["xtc_threshold"] = 0.1;
      entry["params"] = params;
      timeline[1] = entry;
      last["sampling_timeline"] = timeline;
      QJsonObject stats = last["stats"].toObject();
      stats["joules"] = 3;
      last["stats"] = stats;
      messages.last() = last;
      document["messages"] = messages;
    });
    const auto read = readConversationJson(json, presets_);
    QVERIFY(read.ok());
    QCOMPARE(read->notUnderstood, 0);
    QCOMPARE(QJsonDocument::fromJson(toConversationJson(read->tree, context_)), QJsonDocument::fromJson(json));
  }

  void refusesWhatItIsNot_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("zeros") << QByteArray(5000, '\0');
    QTest::newRow("text") << QByteArray("hello");
    QTest::newRow("array") << QByteArray("[1,2]");
    QTest::newRow("other format") << QByteArray(R"({"format":"chat","version":1})");
    QTest::newRow("no version") << QByteArray(R"({"format":"sotto-conversation"})");
    QTest::newRow("cut off") << toConversationJson(Maker(3).tree(presets_), context_).chopped(30);
    QTest::newRow("deep") << QByteArray(R"({"format":"sotto-conversation","version":1,"messages":)") +
                                 QByteArray(100'000, '[');
  }
  void refusesWhatItIsNot() {
    QFETCH(QByteArray, bytes);
    const auto read = readConversationJson(bytes, presets_);
    QVERIFY(!read.ok());
    QVERIFY(read.failure().kind == Failure::Kind::invalid);
    QVERIFY(!read.failure().sentence.isEmpty());
  }

  void refusesANewerVersion() {
    const auto read = readConversationJson(R"({"format":"sotto-conversation","version":2})", presets_);
    QVERIFY(!read.ok() && read.failure().kind == Failure::Kind::newer);
  }

  void countsWhatItDoesNotUnderstand() {
    const auto read =
        readConversationJson(R"({"format":"sotto-conversation","version":1,"active_leaf":"nowhere","messages":[
      {"id":"4","parent_id":"3","role":"user","content":"child before its parent"},
      {"id":"3","parent_id":null,"role":"user","content":"root","created_at":"yesterday","seed":-1,"token_ids":[1,"x"]},
      {"id":"3","parent_id":null,"role":"user","content":"the same id"},
      {"id":"5","parent_id":"3","role":"tool","content":"a role of tomorrow"},
      {"id":"6","parent_id":"99","role":"user","content":"an orphan"},
      {"id":"7","parent_id":"8","role":"user","content":"a circle"},
      {"id":"8","parent_id":"7","role":"user","content":"of two"},
      {"id":"9","parent_id":"4","role":"user","content":["parts"]},
      {"parent_id":"4","role":"user","content":"no id"}, 17, null]})",
                             presets_);
    QVERIFY(read.ok());
    QCOMPARE(read->tree.messages().size(), size_t{4});
    QCOMPARE(read->tree.messages()[0].content, QStringLiteral("root"));
    QCOMPARE(read->tree.messages()[1].content, QStringLiteral("child before its parent"));
    QVERIFY(read->tree.find({6}) && !read->tree.find({6})->parent.valid());
    QCOMPARE(read->notUnderstood, 9);
    QVERIFY(!read->tree.activeLeaf().valid());
    QVERIFY(read->tree.messages()[0].tokens.empty());
  }

  void givesForeignIdsNumbers() {
    const auto read = readConversationJson(R"({"format":"sotto-conversation","version":1,"active_leaf":"b","messages":[
      {"id":"b","parent_id":"a","role":"assistant","content":"2"},{"id":"a","parent_id":null,"role":"user","content":"1"}]})",
                                           presets_);
    QVERIFY(read.ok());
    QCOMPARE(read->notUnderstood, 0);
    QCOMPARE(read->tree.activePath().size(), size_t{2});
    QCOMPARE(read->tree.find(read->tree.activeLeaf())->content, QStringLiteral("2"));
  }
};

QTEST_GUILESS_MAIN(ConversationJson)
#include "test_conversation_json.moc"
