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

// What Debian's jinja2 makes of them; null where it is not there, or Python is another than that version.
nlohmann::json of_python(const QStringList& templates, const nlohmann::ordered_json& variables,
                         const QString& version = {}) {
  auto all = nlohmann::ordered_json::array();
  for (const QString& each : templates) all.push_back(each.toStdString());
  const nlohmann::ordered_json question = {{"variables", variables}, {"now", now}, {"templates", std::move(all)}};
  QProcess python;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert("PYTHONIOENCODING", "utf-8");
  python.setProcessEnvironment(environment);
  python.start("/usr/bin/python3", {in_data("reference.py"), version});
  python.write(QByteArray::fromStdString(question.dump()));
  python.closeWriteChannel();
  if (!python.waitForFinished(60000) || python.exitCode() != 0) return nullptr;
  return nlohmann::json::parse(python.readAllStandardOutput().toStdString());
}

// The message of the failure; empty where there is none.
std::string failure(const std::string& text, const nlohmann::ordered_json& variables = nlohmann::ordered_json::object(),
                    const jinja::Limits& limits = {}) {
  try {
    (void)jinja::Template(text).render(variables, now, limits);
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
    const nlohmann::json answers = of_python(templates, variables);
    if (answers.is_null()) QSKIP("Debian's python3-jinja2 is not there: nothing to compare with");
    QCOMPARE(answers.size(), size_t(templates.size()));
    // Lists are what generators and views are here; their addresses are nobody's business.
    static const QRegularExpression objects(
        R"(<generator| object at 0x|dict_(items|keys|values)\(|<function|<bound|<built-in|<class|<Undefined|Macro)");
    int compared = 0;
    QStringList differences;
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
      if (fails == !error.isEmpty() && text == expected) continue;
      differences << QStringLiteral("%1\nPython: %2\nSotto: %3%4")
                         .arg(templates[i],
                              fails ? QString::fromStdString(answer["error"].get<std::string>()) : expected, text,
                              error);
    }
    for (const QString& each : differences.mid(0, 20)) qWarning().noquote() << each;
    QVERIFY(differences.isEmpty());
    QVERIFY(compared > templates.size() / 2);
  }

  void failsForTheReasonThatPythonGives() {
    const QStringList templates = lines_of("causes.txt");
    const nlohmann::ordered_json variables = json_file(in_data("variables.json"));
    const nlohmann::json answers = of_python(templates, variables, "3.11");
    if (answers.is_null()) QSKIP("Debian 12's python3-jinja2 is not there, and others word it otherwise");
    QStringList differences;
    for (qsizetype i = 0; i < templates.size(); ++i) {
      const std::string said = failure(templates[i].toStdString(), variables);
      const std::string expected =
          "The chat template fails in line 1: " + answers[size_t(i)].value("error", std::string("it does not"));
      if (said != expected)
        differences << templates[i] + "\nPython: " + QString::fromStdString(expected) +
                           "\nSotto:  " + QString::fromStdString(said);
    }
    QVERIFY(templates.size() > 50);
    for (const QString& each : differences) qWarning().noquote() << each;
    QVERIFY(differences.isEmpty());
  }

  // All of them that Unicode has had for long.
  void changesLettersAsUnicodeSays() {
    struct Run {
      char32_t first, last;
    };
    std::u32string letters;
    for (const auto& [first, last] :
         {Run{0x41, 0x1C88}, Run{0x1E00, 0x2E7F}, Run{0xA640, 0xA69F}, Run{0xFB00, 0xFB17}, Run{0x10400, 0x1044F}}) {
      for (char32_t c = first; c <= last; ++c) (letters += c) += U' ';
    }
    const nlohmann::ordered_json variables = {
        {"letters", QString::fromUcs4(letters.data(), qsizetype(letters.size())).toStdString()}};
    QStringList templates;
    for (const char* change : {"upper", "lower", "title", "swapcase", "casefold"})
      templates << QStringLiteral("{{ letters.%1() }}").arg(change);
    for (const char* kind :
         {"isupper", "islower", "istitle", "isalpha", "isdigit", "isdecimal", "isnumeric", "isprintable"})
      templates << QStringLiteral("{% for c in letters %}{{ 1 if c.%1() else 0 }}{% endfor %}").arg(kind);
    templates << "{% for c in letters %}{{ c.capitalize() }}{% endfor %}";
    const nlohmann::json answers = of_python(templates, variables);
    if (answers.is_null()) QSKIP("Debian's python3-jinja2 is not there: nothing to compare with");
    for (qsizetype i = 0; i < templates.size(); ++i) {
      const QString expected = QString::fromStdString(answers[size_t(i)].value("text", std::string()));
      const QString text = QString::fromStdString(rendered(templates[i].toStdString(), variables));
      qsizetype same = 0;
      while (same < std::min(text.size(), expected.size()) && text[same] == expected[same]) ++same;
      QVERIFY2(text == expected, qPrintable(QStringLiteral("%1 at %2: %3, not %4")
                                                .arg(templates[i])
                                                .arg(same)
                                                .arg(text.mid(same, 8), expected.mid(same, 8))));
    }
  }

  // Python's numbers grow beyond 64 bits.
  void saysThatANumberIsTooLarge_data() {
    QTest::addColumn<QString>("expression");
    for (const char* each :
         {"9223372036854775807 + 1", "-9223372036854775807 - 2", "9223372036854775807 * 2", "2 ** 63", "(-3) ** 41",
          "2 ** 70", "10 ** 1000000000", "9223372036854775808", "0x8000000000000000",
          "0b"
          "1"
          "0000000000000000"
          "0000000000000000000000000000000000000000000000000",
          "1_000_000_000_000_000_000_000", "'9223372036854775808'|int", "1e19|int", "'1e19'|int", "'%d' % 1e19",
          "[9223372036854775807, 1]|sum", "-1e30|filesizeformat"})
      QTest::newRow(each) << each;
  }

  void saysThatANumberIsTooLarge() {
    QFETCH(QString, expression);
    const std::string message = failure("{{ " + expression.toStdString() + " }}");
    QVERIFY2(message.find("too large") != std::string::npos, message.c_str());
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
    QTest::addColumn<QByteArray>("cause");
    const auto row = [](const char* name, const std::string& text, const char* cause) {
      QTest::newRow(name) << QByteArray::fromStdString(text) << QByteArray(cause);
    };
    const char* const endless = "the template takes too long";
    const char* const huge = "grows too long";
    const char* const deep = "nested too deeply";
    const std::string thousand = "{% for i in range(1000) %}";
    const std::string often = "{% for i in range(100000) %}";
    row("loops", repeated(thousand, 5) + "{{ i }}" + repeated("{% endfor %}", 5), "too long");
    row("a text that doubles", "{% set n = namespace(s='ab') %}" + thousand + "{% set n.s = n.s ~ n.s %}{% endfor %}",
        huge);
    row("a repeated text", "{{ 'a' * 1000000000000 }}", huge);
    row("a repeated list", "{{ ([1] * 1000000000000)|length }}", huge);
    row("endless recursion", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", deep);
    row("a loop that calls itself", "{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}", deep);
    row("parentheses", "{{ " + repeated("(", 100000) + "1" + repeated(")", 100000) + " }}", deep);
    row("brackets", "{{ " + repeated("[", 100000) + repeated("]", 100000) + " }}", deep);
    row("a long sum", "{{ 1" + repeated(" + 1", 100000) + " }}", "the expression is too long");
    row("a long chain of filters", "{{ 'a'" + repeated("|upper", 100000) + " }}", "the expression is too long");
    row("a long chain of parts", "{{ a" + repeated(".a", 100000) + " }}", "the expression is too long");
    row("nots", "{{ " + repeated("not ", 100000) + "1 }}", deep);
    row("minuses", "{{ " + repeated("-", 100000) + "1 }}", deep);
    row("statements within statements", repeated("{% if 1 %}", 100000) + repeated("{% endif %}", 100000), deep);
    row("blocks within blocks", repeated("{% filter upper %}", 100000), deep);
    row("elifs", "{% if 0 %}" + repeated("{% elif 0 %}", 100000) + "{% endif %}", deep);
    row("lists within lists", "{% set n = namespace(l=[]) %}" + thousand + "{% set n.l = [n.l] %}{% endfor %}{{ n.l }}",
        deep);
    row("methods within lists", "{% set n = namespace(l=[]) %}" + thousand + "{% set n.l = [n.l.copy] %}{% endfor %}",
        deep);
    row("cyclers within cyclers", "{% set n = namespace(l=1) %}" + thousand + "{% set n.l = cycler(n.l) %}{% endfor %}",
        deep);
    row("namespaces within namespaces",
        "{% set n = namespace(l=1) %}" + thousand + "{% set n.l = namespace(a=n.l, b=n.l) %}{% endfor %}{{ n }}", deep);
    row("loops within loops",
        "{% set n = namespace(l=1) %}" + thousand +
            "{% for y in [n.l, 1] %}{% if loop.last %}{% set n.l = loop %}{% endif %}{% endfor %}{% endfor %}",
        deep);
    row("loops that changed() keeps",
        "{% set n = namespace(l=1) %}" + thousand + "{% set n.c = loop.changed(n.l) %}{% set n.l = loop %}{% endfor %}",
        "changed() takes values");
    row("a long padding", "{{ 'a'.ljust(1000000000000) }}", huge);
    row("a long tab", "{{ '\\t'.expandtabs(1000000000) }}", huge);
    row("wide forms", "{{ '%999999999d' % 1 }}", huge);
    row("a width of its own", "{{ '%*d' % (999999999, 1) }}", huge);
    row("many digits", "{{ '%.999999999f' % 1 }}", "the precision is too large");
    row("many zeros", "{{ '%.999999999d' % 1 }}", "the precision is too large");
    row("a wide field", "{{ '{:>999999999}'.format('a') }}", huge);
    row("a wide number", "{{ '{:0999999999,}'.format(1) }}", huge);
    row("a width that is no number", "{{ '{:99999999999999999999}'.format(1) }}", "Too many decimal digits");
    row("fields with many digits", "{{ '{:.999999999f}'.format(1) }}", "the precision is too large");
    row("fields within fields", "{{ '" + repeated("{0:", 10000) + repeated("}", 10000) + "'.format(1) }}",
        "Max string recursion exceeded");
    row("many fields of a large dictionary",
        "{% set n = namespace(d='') %}{{ ('{a}' * 100000).format(**dict({'a': 'b' * 1000})) }}", huge);
    row("a table of all letters", "{% set s = range(100000)|join %}{{ 'a'.maketrans(s[:300000], s[:300000]) }}",
        endless);
    row("a translation that grows", "{{ ('a' * 100000).translate({97: 'b' * 1000}) }}", huge);
    row("lines of one letter", "{{ ('a' * 1000000)|wordwrap(1) }}", endless);
    row("lines that are far apart", "{{ ('a ' * 50000)|wordwrap(1, wrapstring='b' * 1000) }}", huge);
    row("a deep value in many lines",
        "{% set n = namespace(l='a b ' * 100000) %}{% for i in range(100) %}{% set n.l = [n.l] %}{% endfor %}"
        "{{ n.l|pprint }}",
        endless);
    row("a replacement that grows",
        "{% set n = namespace(s='a' * 1000) %}" + thousand + "{% set n.s = n.s.replace('a', 'aa') %}{% endfor %}",
        huge);
    row("letters of a long text", "{% set s = 'a' * 1000000 %}" + often + "{{ s[i] }}{% endfor %}", endless);
    row("long comparisons",
        "{% set a = 'a' * 1000000 %}{% set b = 'a' * 1000000 %}" + often + "{{ a == b }}{% endfor %}", endless);
    row("a search for what is nearly there",
        "{% set a = 'a' * 2000000 %}{% set b = 'a' * 1000000 ~ 'b' %}" + thousand + "{{ b in a }}{% endfor %}",
        endless);
    row("sorting what is the same", "{{ (['a' * 100000] * 10000)|sort(case_sensitive=true) }}", endless);
    row("looking for what is nearly there",
        "{% set a = 'a' * 100000 %}{% set l = [a ~ 'b'] * 10000 %}{{ (a ~ 'c') in l }}", endless);
    row("lists that are the same",
        "{% set a = [1] * 50000 %}{% set b = [1] * 50000 %}" + often + "{{ a == b }}{% endfor %}", endless);
    row("one text many times", "{{ ['a' * 100000] * 10000 }}", huge);
    row("one text many times as JSON", "{{ (['a' * 100000] * 10000)|tojson }}", huge);
    row("a number that grows", "{{ 9223372036854775807 + 1 }}", "a number becomes too large");
    row("the least number", "{{ (-9223372036854775807 - 1) // -1 }}", "a number becomes too large");
  }

  void endsWhateverATemplateDoes() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, cause);
    QElapsedTimer timer;
    timer.start();
    // A twentieth of what templates have; endsAtTheRealBounds has it all.
    const std::string message = failure(text.toStdString(), nlohmann::ordered_json::object(),
                                        {.steps = 500'000, .bytes = 13'000'000, .compared = 200'000'000});
    QVERIFY2(!message.empty(), "it was rendered");
    QVERIFY2(message.find("The chat template fails in line ") == 0, message.c_str());
    QVERIFY2(message.find(cause.toStdString()) != std::string::npos, message.substr(0, 500).c_str());
    QVERIFY2(timer.elapsed() < 20000, "it took too long");
  }

  void endsAtTheRealBounds_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("steps") << QByteArray(
        "{% for i in range(100000) %}{% for j in range(1000) %}{% endfor %}{% endfor %}");
    QTest::newRow("bytes") << QByteArray(
        "{% set n = namespace(s='ab') %}{% for i in range(1000) %}{% set n.s = n.s ~ n.s %}{% endfor %}");
    QTest::newRow("comparisons") << QByteArray("{{ (['a' * 1000000] * 100000)|sort(case_sensitive=true) }}");
  }

  void endsAtTheRealBounds() {
    QFETCH(QByteArray, text);
    QElapsedTimer timer;
    timer.start();
    const std::string message = failure(text.toStdString());
    QVERIFY2(message.find("too long") != std::string::npos, message.c_str());
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
