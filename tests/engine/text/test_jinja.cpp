// The Jinja of chat templates is Python's.
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
std::string failure(const std::string& text,
                    const nlohmann::ordered_json& variables = nlohmann::ordered_json::object()) {
  try {
    (void)jinja::Template(text).render(variables, now);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
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

  // random, striptags, urlize and lipsum are left out: filters.h and globals.cpp say why.
  void knowsWhatJinjaHas() {
    const QByteArray filters =
        "abs attr batch capitalize center count d default dictsort e escape filesizeformat first float forceescape "
        "format "
        "groupby indent int items join last length list lower map max min pprint reject rejectattr replace reverse "
        "round "
        "safe select selectattr slice sort string sum title tojson trim truncate unique upper urlencode wordcount "
        "wordwrap "
        "xmlattr";
    const QByteArray tests =
        "!= < <= == > >= boolean callable defined divisibleby eq equalto escaped even false filter float ge "
        "greaterthan gt "
        "in integer iterable le lessthan lower lt mapping ne none number odd sameas sequence string test true "
        "undefined "
        "upper";
    for (const QByteArray& name : filters.split(' '))
      QVERIFY2(rendered("{{ '" + name.toStdString() + "' is filter }}") == "True", name.constData());
    for (const QByteArray& name : tests.split(' '))
      QVERIFY2(rendered("{{ '" + name.toStdString() + "' is test }}") == "True", name.constData());
    for (const char* name : {"range", "dict", "cycler", "joiner", "namespace"})
      QVERIFY2(rendered(std::string("{{ ") + name + " is defined }}") == "True", name);
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

  void variablesMayBeAnything() {
    QCOMPARE(rendered("{{ x }}{{ y }}", {{"x", 18446744073709551615ULL}, {"y", nullptr}}),
             std::string("1.8446744073709552e+19None"));
    nlohmann::ordered_json deep = 1;
    for (int i = 0; i < 1000; ++i) deep = nlohmann::ordered_json::array({deep});
    QVERIFY_EXCEPTION_THROWN((void)rendered("{{ x }}", {{"x", deep}}), Error);
    QVERIFY_EXCEPTION_THROWN((void)rendered("a", nlohmann::ordered_json::array()), Error);
  }
};

QTEST_GUILESS_MAIN(Jinja)
#include "test_jinja.moc"
