// The Jinja of chat templates: as Python's, and within its bounds.
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include "sotto/engine/error.h"
#include "text/jinja/template.h"

using namespace sotto::engine;

namespace {

constexpr std::time_t now = 1700000000;

nlohmann::ordered_json json_file(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return nullptr;
  return nlohmann::ordered_json::parse(file.readAll().toStdString());
}

QString in_data(const char* name) {
  return QStringLiteral(SOTTO_SOURCE_DIR "/tests/data/jinja/") + QLatin1String(name);
}

QStringList lines_of(const char* name) {
  QFile file(in_data(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  QStringList lines = QString::fromUtf8(file.readAll()).split('\n');
  lines.removeLast();
  return lines;
}

// All runs of up to `most` neighbours, joined.
QStringList runs(const QStringList& parts, int most, const QString& between) {
  QStringList all;
  for (int count = 1; count <= most; ++count) {
    for (qsizetype i = 0; i + count <= parts.size(); ++i) all << parts.mid(i, count).join(between);
  }
  return all;
}

std::string rendered(const std::string& text,
                     const nlohmann::ordered_json& variables = nlohmann::ordered_json::object()) {
  return jinja::Template(text).render(variables, now);
}

// The message of the failure; empty where there is none.
std::string failure(const std::string& text) {
  try {
    (void)rendered(text);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

class Jinja : public QObject {
  Q_OBJECT

 private slots:
  void writesWhatPythonWrites_data() {
    QTest::addColumn<QStringList>("templates");
    QStringList expressions;
    // An item may be followed by filters: what is between two bars is tried alone, and with what follows.
    for (const QString& line : lines_of("expressions.txt")) expressions << runs(line.split('|'), 4, "|");
    for (QString& each : expressions) each = "{{ " + each + " }}";
    QVERIFY(expressions.size() > 1000);
    QTest::newRow("expressions") << expressions;
    QTest::newRow("statements") << runs(lines_of("statements.txt"), 4, "\n");
  }

  void writesWhatPythonWrites() {
    QFETCH(QStringList, templates);
    const nlohmann::ordered_json variables = json_file(in_data("variables.json"));
    const nlohmann::ordered_json question = {
        {"variables", variables}, {"now", now}, {"templates", [&] {
                                                   auto all = nlohmann::ordered_json::array();
                                                   for (const QString& each : templates)
                                                     all.push_back(each.toStdString());
                                                   return all;
                                                 }()}};
    QProcess python;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("PYTHONIOENCODING", "utf-8");
    python.setProcessEnvironment(environment);
    python.start("/usr/bin/python3", {in_data("reference.py")});
    python.write(QByteArray::fromStdString(question.dump()));
    python.closeWriteChannel();
    if (!python.waitForFinished(60000) || python.exitCode() != 0) {
      QSKIP("Debian's python3-jinja2 is not there: nothing to compare with");
    }
    const auto answers = nlohmann::json::parse(python.readAllStandardOutput().toStdString());
    QCOMPARE(answers.size(), size_t(templates.size()));
    // Lists are what generators and views are here; their addresses are nobody's business.
    static const QRegularExpression objects(
        R"(<generator| object at 0x|dict_(items|keys|values)\(|<function|<bound|<built-in|<class|<Undefined|Macro)");
    int compared = 0;
    for (qsizetype i = 0; i < templates.size(); ++i) {
      const auto& answer = answers[size_t(i)];
      const bool fails = answer.contains("error");
      const QString expected = fails ? QString() : QString::fromStdString(answer["text"].get<std::string>());
      if (expected.contains(objects)) continue;
      ++compared;
      QString text;
      QString error;
      try {
        text = QString::fromStdString(jinja::Template(templates[i].toStdString()).render(variables, now));
      } catch (const Error& thrown) {
        error = QString::fromUtf8(thrown.what());
      }
      const QString said =
          QStringLiteral("%1\nPython: %2\nSotto: %3%4")
              .arg(templates[i], fails ? QString::fromStdString(answer["error"].get<std::string>()) : expected, text,
                   error);
      QVERIFY2(fails == !error.isEmpty(), qPrintable(said));
      QVERIFY2(text == expected, qPrintable(said));
    }
    QVERIFY(compared > templates.size() / 2);
  }

  // 29 of the real cases are what the template itself says; the others want a rule of the session.
  void rendersRealTemplates() {
    const nlohmann::ordered_json golden = json_file(
        QStringLiteral(SOTTO_SOURCE_DIR "/../shared/golden/chat-templates/llama.cpp_chat_template_cases.json"));
    if (golden.is_null()) QSKIP("../shared/golden/chat-templates is not there: no reference templates");
    auto messages = nlohmann::ordered_json::array();
    for (const auto& message : golden["conversation"])
      messages.push_back({{"role", message[0]}, {"content", message[1]}});
    int same = 0;
    QStringList others;
    for (const auto& one : golden["cases"]) {
      nlohmann::ordered_json variables = {{"messages", messages},
                                          {"add_generation_prompt", true},
                                          {"bos_token", one["bos"]},
                                          {"eos_token", one["eos"]}};
      for (const auto& extra : one["extra"])
        variables["messages"].push_back({{"role", extra[0]}, {"content", extra[1]}});
      std::string text;
      try {
        text = jinja::Template(one["template"].get<std::string>()).render(variables, now);
      } catch (const Error& error) {
        text = error.what();
      }
      // A template without expected_jinja writes what is expected of it everywhere.
      const auto expected = one.contains("expected_jinja") ? one["expected_jinja"] : one["expected"];
      same += text == expected.get<std::string>() ? 1 : 0;
      if (text != expected.get<std::string>()) others << QString::fromStdString(one["name"].get<std::string>());
    }
    QCOMPARE(golden["cases"].size(), size_t(36));
    QVERIFY2(same == 29, qPrintable(QStringLiteral("%1; not: %2").arg(same).arg(others.join(", "))));
  }

  void saysLineAndCause() {
    QCOMPARE(failure("a\n{{ 1 + }}"), std::string("The chat template fails in line 2: unexpected 'end of the tag'"));
    QCOMPARE(failure("\n\n{{ nothing.at_all }}"),
             std::string("The chat template fails in line 3: 'nothing' is undefined"));
    QCOMPARE(failure("{% for x in [1] %}\n{{ raise_exception('Roles must alternate') }}{% endfor %}"),
             std::string("The chat template fails in line 2: Roles must alternate"));
    QVERIFY(failure("{% if x %}\n\n").find("'endif' is missing") != std::string::npos);
  }

  void endsWhateverATemplateDoes_data() {
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char* name, const std::string& text) {
      QTest::newRow(name) << QByteArray::fromStdString(text);
    };
    const std::string thousand = "{% for i in range(1000) %}";
    row("loops", repeated(thousand, 5) + "{{ i }}" + repeated("{% endfor %}", 5));
    row("a text that doubles", "{% set n = namespace(s='ab') %}" + thousand + "{% set n.s = n.s ~ n.s %}{% endfor %}");
    row("a repeated text", "{{ 'a' * 1000000000000 }}");
    row("a repeated list", "{{ ([1] * 1000000000000)|length }}");
    row("endless recursion", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}");
    row("a loop that calls itself", "{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}");
    row("parentheses", "{{ " + repeated("(", 100000) + "1" + repeated(")", 100000) + " }}");
    row("brackets", "{{ " + repeated("[", 100000) + repeated("]", 100000) + " }}");
    row("a long sum", "{{ 1" + repeated(" + 1", 100000) + " }}");
    row("a long chain of filters", "{{ 'a'" + repeated("|upper", 100000) + " }}");
    row("a long chain of parts", "{{ a" + repeated(".a", 100000) + " }}");
    row("nots", "{{ " + repeated("not ", 100000) + "1 }}");
    row("minuses", "{{ " + repeated("-", 100000) + "1 }}");
    row("statements within statements", repeated("{% if 1 %}", 100000) + repeated("{% endif %}", 100000));
    row("elifs", "{% if 0 %}" + repeated("{% elif 0 %}", 100000) + "{% endif %}");
    row("lists within lists",
        "{% set n = namespace(l=[]) %}" + thousand + "{% set n.l = [n.l] %}{% endfor %}{{ n.l }}");
    row("methods within lists", "{% set n = namespace(l=[]) %}" + thousand + "{% set n.l = [n.l.copy] %}{% endfor %}");
    row("loops within loops",
        "{% set n = namespace(l=1) %}" + thousand +
            "{% for y in [n.l, 1] %}{% if loop.last %}{% set n.l = loop %}{% endif %}{% endfor %}{% endfor %}");
    row("loops that changed() keeps", "{% set n = namespace(l=1) %}" + thousand +
                                          "{% set n.c = loop.changed(n.l) %}{% set n.l = loop %}{% endfor %}");
    row("a long padding", "{{ 'a'.ljust(1000000000000) }}");
    row("wide forms", "{{ '%999999999d' % 1 }}");
    row("a replacement that grows",
        "{% set n = namespace(s='a' * 1000) %}" + thousand + "{% set n.s = n.s.replace('a', 'aa') %}{% endfor %}");
    row("letters of a long text", "{% set s = 'a' * 10000000 %}{% for i in range(100000) %}{{ s[i] }}{% endfor %}");
    row("long comparisons",
        "{% set a = 'a' * 10000000 %}{% set b = 'a' * 10000000 %}{% for i in range(100000) %}{{ a == b }}{% endfor %}");
    row("a search for what is nearly there",
        "{% set a = 'a' * 20000000 %}{% set b = 'a' * 10000000 ~ 'b' %}{% for i in range(1000) %}{{ b in a }}{% endfor "
        "%}");
    row("sorting what is the same", "{{ (['a' * 1000000] * 100000)|sort }}");
    row("looking for what is nearly there",
        "{% set a = 'a' * 1000000 %}{% set l = [a ~ 'b'] * 100000 %}{{ (a ~ 'c') in l }}");
    row("lists that are the same",
        "{% set a = [1] * 1000000 %}{% set b = [1] * 1000000 %}{% for i in range(100000) %}{{ a == b }}{% endfor %}");
    row("one text many times", "{{ ['a' * 1000000] * 100000 }}");
    row("one text many times as JSON", "{{ (['a' * 1000000] * 100000)|tojson }}");
    row("a number that grows", "{{ 9223372036854775807 + 1 }}");
    row("the least number", "{{ (-9223372036854775807 - 1) // -1 }}");
  }

  void endsWhateverATemplateDoes() {
    QFETCH(QByteArray, text);
    QElapsedTimer timer;
    timer.start();
    const std::string message = failure(text.toStdString());
    QVERIFY2(!message.empty(), "it was rendered");
    QVERIFY2(message.find("The chat template fails in line ") == 0, message.c_str());
    QVERIFY2(timer.elapsed() < 20000, "it took too long");
  }

  void namespacesThatHoldOneAnotherAreFreed() {
    QCOMPARE(rendered("{% set a = namespace() %}{% set b = namespace(a=a) %}{% set a.b = b %}{% set a.a = a %}{{ a "
                      "}}{{ a.b.a == a }}"),
             std::string("<Namespace {'b': <Namespace {'a': <Namespace {...}>}>, 'a': <Namespace {...}>}>True"));
    QCOMPARE(
        rendered("{% set n = namespace(l=1) %}{% for i in range(100000) %}{% set k = n.l %}{% for y in [1] recursive %}"
                 "{% set n.l = loop %}{% endfor %}{% endfor %}x"),
        std::string("x"));
    // A hundred thousand in a row, which no destructor may go down.
    QCOMPARE(
        rendered(
            "{% set n = namespace(p=none) %}{% for i in range(100000) %}{% set n.p = namespace(p=n.p) %}{% endfor %}x"),
        std::string("x"));
  }

  void variablesMayBeAnything() {
    QCOMPARE(rendered("{{ x }}{{ y }}", {{"x", 18446744073709551615ULL}, {"y", nullptr}}),
             std::string("1.8446744073709552e+19None"));
    nlohmann::ordered_json deep = 1;
    for (int i = 0; i < 1000; ++i) deep = nlohmann::ordered_json::array({deep});
    QVERIFY_EXCEPTION_THROWN((void)rendered("{{ x }}", {{"x", deep}}), Error);
    QVERIFY_EXCEPTION_THROWN((void)rendered("a", nlohmann::ordered_json::array()), Error);
  }

  // Bytes that are no UTF-8, cut and mixed up as they may be, are a text or an error.
  void noBytesBreakIt() {
    const QByteArray good = lines_of("statements.txt").join('\n').toUtf8();
    std::uint32_t random = 1;
    const auto draw = [&](qsizetype below) {
      random = random * 1664525 + 1013904223;
      return qsizetype(random >> 8) % below;
    };
    for (int i = 0; i < 2000; ++i) {
      QByteArray text = good.mid(draw(good.size() - 300), 20 + draw(280));
      for (qsizetype n = draw(6); n >= 0; --n) text[draw(text.size())] = char(draw(256));
      (void)failure(text.toStdString());
    }
  }
};

QTEST_GUILESS_MAIN(Jinja)
#include "test_jinja.moc"
