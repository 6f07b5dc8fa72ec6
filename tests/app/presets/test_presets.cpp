// The presets that Sotto ships, and what may be done to them and to the user's own.
#include <QTest>

#include "presets/preset_repository.h"
#include "storage/conversation_repository.h"
#include "storage/data_directory.h"
#include "storage/storage_error.h"
#include "support/app/storage_fixture.h"

using namespace sotto::app;
using namespace sotto::test;

class Presets : public QObject {
  Q_OBJECT

  QTemporaryDir dir_;
  QString data_;
  std::unique_ptr<Store> store_;

  PresetRepository& presets() { return store_->presets(); }
  QStringList names() {
    QStringList names;
    for (const Preset& preset : presets().list()) names << preset.name;
    return names;
  }
  Preset find(PresetId id) {
    for (const Preset& preset : presets().list()) {
      if (preset.id == id) return preset;
    }
    return {};
  }
  // The sentence that `action` is refused with.
  template <class Action>
  QString refusal(Action action) {
    const auto result = attempt(action);
    return result.ok() ? QString() : result.failure().sentence;
  }

 private slots:
  void init() {
    static int run = 0;
    data_ = dir_.filePath(QString::number(++run));
    store_ = openStore(data_);
  }
  void cleanup() { store_.reset(); }

  void areShippedWithTheseValues_data() {
    QTest::addColumn<int>("row");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("greedy");
    QTest::addColumn<QList<double>>("values");  // temperature, top-k, top-p, min-p, repeat penalty
    QTest::newRow("balanced") << 0 << "Balanced" << false << QList<double>{0.7, 40, 0.92, 0.05, 1.05};
    QTest::newRow("precise") << 1 << "Precise" << false << QList<double>{0.3, 40, 0.9, 0.05, 1.0};
    QTest::newRow("creative") << 2 << "Creative" << false << QList<double>{1.1, 0, 0.97, 0.02, 1.05};
    QTest::newRow("deterministic") << 3 << "Deterministic" << true << QList<double>{};
  }
  void areShippedWithTheseValues() {
    QFETCH(int, row);
    QFETCH(QList<double>, values);
    const std::vector<Preset> stored = presets().list();
    QCOMPARE(stored.size(), size_t{4});
    QCOMPARE(builtInPresets().size(), size_t{4});
    const Preset& preset = stored[static_cast<size_t>(row)];
    QTEST(preset.name, "name");
    QTEST(preset.params.greedy, "greedy");
    QVERIFY(preset.builtIn);
    QVERIFY(preset.params == builtInPresets()[static_cast<size_t>(row)].params);
    if (values.isEmpty()) return;
    QCOMPARE(preset.params.temperature, static_cast<float>(values[0]));
    QCOMPARE(preset.params.top_k, static_cast<int>(values[1]));
    QCOMPARE(preset.params.top_p, static_cast<float>(values[2]));
    QCOMPARE(preset.params.min_p, static_cast<float>(values[3]));
    QCOMPARE(preset.params.repeat_penalty, static_cast<float>(values[4]));
    QCOMPARE(preset.params.frequency_penalty, 0.0F);
    QCOMPARE(preset.params.presence_penalty, 0.0F);
  }

  void areSavedRenamedDuplicatedAndDeleted() {
    sotto::engine::SamplingParams params;
    params.temperature = 0.123456F;
    params.top_k = 7;
    params.frequency_penalty = -0.3F;
    params.penalty_window = 256;
    const PresetId id = presets().add(QStringLiteral("  My   own "), params);
    QCOMPARE(find(id).name, QStringLiteral("My own"));
    QVERIFY(find(id).params == params);
    QVERIFY(!find(id).builtIn);

    presets().rename(id, QStringLiteral("my OWN"));  // its own name in other letters
    QCOMPARE(find(id).name, QStringLiteral("my OWN"));
    const PresetId copy = presets().duplicate(id, QStringLiteral("A copy"));
    QVERIFY(find(copy).params == params);
    const PresetId ofBuiltIn = presets().duplicate(presets().list()[1].id, QStringLiteral("Exact"));
    QVERIFY(!find(ofBuiltIn).builtIn);
    QCOMPARE(names().mid(4), (QStringList{"A copy", "Exact", "my OWN"}));

    params.top_p = 0.5F;
    presets().update(copy, params);
    store_.reset();
    store_ = openStore(data_);
    QVERIFY(find(copy).params == params);
    presets().remove(copy);
    QCOMPARE(names().mid(4), (QStringList{"Exact", "my OWN"}));
  }

  void haveNamesOfTheirOwn() {
    const PresetId id = presets().add(QStringLiteral("Straße"), {});
    for (const QString& taken : {QStringLiteral("balanced"), QStringLiteral(" BALANCED\n"), QStringLiteral("STRAßE"),
                                 QStringLiteral("straße")}) {
      const QString sentence = refusal([&] { (void)presets().add(taken, {}); });
      QVERIFY2(sentence.contains(taken.simplified()), qPrintable(sentence));
      QVERIFY(!refusal([&] { (void)presets().duplicate(id, taken); }).isEmpty());
    }
    QVERIFY(!refusal([&] { presets().rename(id, QStringLiteral("Precise")); }).isEmpty());
    for (const QString& bad : {QString(), QStringLiteral(" \t\n"), QString(101, u'x')}) {
      QVERIFY(!refusal([&] { (void)presets().add(bad, {}); }).isEmpty());
      QVERIFY(!refusal([&] { presets().rename(id, bad); }).isEmpty());
    }
    QCOMPARE(names().size(), 5);
    (void)presets().add(QStringLiteral("'); DROP TABLE presets; --"), {});
    QCOMPARE(names().size(), 6);
  }

  void canBeChangedButNotLostWhenBuiltIn() {
    const Preset balanced = presets().list().front();
    sotto::engine::SamplingParams changed = balanced.params;
    changed.temperature = 2.0F;
    presets().update(balanced.id, changed);
    store_.reset();
    store_ = openStore(data_);  // which adds missing ones, and leaves changed ones alone
    QVERIFY(find(balanced.id).params == changed);
    QVERIFY(!refusal([&] { presets().remove(balanced.id); }).isEmpty());
    QVERIFY(!refusal([&] { presets().rename(balanced.id, QStringLiteral("Mine")); }).isEmpty());
    presets().reset(balanced.id);
    QVERIFY(find(balanced.id) == balanced);
    const PresetId own = presets().add(QStringLiteral("Own"), {});
    QVERIFY(!refusal([&] { presets().reset(own); }).isEmpty());
    QVERIFY(!refusal([&] { presets().update({999}, {}); }).isEmpty());
    QVERIFY(!refusal([&] { presets().remove({999}); }).isEmpty());
  }

  void giveWayToAnOlderPresetOfTheSameName() {
    store_.reset();
    execute(databasePath(data_), QStringLiteral("UPDATE presets SET built_in = NULL WHERE name = 'Creative'"));
    store_ = openStore(data_);
    QCOMPARE(names(), (QStringList{"Balanced", "Precise", "Deterministic", "Creative (2)", "Creative"}));
  }

  void leaveAConversationItsParametersWhenDeleted() {
    ConversationSettings settings;
    settings.params.temperature = 1.5F;
    settings.preset = presets().add(QStringLiteral("Short-lived"), settings.params);
    const ConversationId id = store_->conversations().create(QStringLiteral("c"), settings, at(1));
    QVERIFY(store_->conversations().load(id)->settings == settings);
    presets().remove(settings.preset);
    settings.preset = {};
    QVERIFY(store_->conversations().load(id)->settings == settings);
    settings.preset = {12345};  // one that another window has just deleted
    store_->conversations().setSettings(id, settings);
    QVERIFY(!store_->conversations().load(id)->settings.preset.valid());
  }
};

QTEST_GUILESS_MAIN(Presets)
#include "test_presets.moc"
