// Whatever a template does, it ends soon, in bounded memory, and with an error that says so.
#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include "sotto/engine/error.h"
#include "text/jinja/template.h"

using namespace sotto::engine;

namespace {

// A twentieth of what templates have; endsAtTheRealBounds has it all.
const jinja::Limits a_twentieth{.steps = 500'000, .bytes = 13'000'000, .compared = 200'000'000};

std::string rendered(const std::string& text, const jinja::Limits& limits = {}) {
  return jinja::Template(text).render(nlohmann::ordered_json::object(), 0, limits);
}

// The message of the failure; empty where there is none.
std::string failure(const std::string& text, const jinja::Limits& limits = {}) {
  try {
    (void)rendered(text, limits);
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

QByteArray in_data(const char* name) {
  QFile file(QStringLiteral(SOTTO_SOURCE_DIR "/tests/data/jinja/") + QLatin1String(name));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::string repeated(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

class JinjaBounds : public QObject {
  Q_OBJECT

 private slots:
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
    const std::string message = failure(text.toStdString(), a_twentieth);
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

  // Bytes that are no UTF-8, cut and mixed up as they may be, are a text or an error.
  void noBytesBreakIt() {
    QByteArray good = in_data("statements.txt");
    for (const QByteArray& part : in_data("expressions.txt").split('|')) good += "{{ " + part + " }}";
    QVERIFY(good.size() > 10000);
    std::uint32_t random = 1;
    const auto draw = [&](qsizetype below) {
      random = random * 1664525 + 1013904223;
      return qsizetype(random >> 8) % below;
    };
    for (int i = 0; i < 5000; ++i) {
      QByteArray text = good.mid(draw(good.size() - 300), 20 + draw(280));
      for (qsizetype n = draw(6); n >= 0; --n) text[draw(text.size())] = char(draw(256));
      (void)failure(text.toStdString(), a_twentieth);
      // Within one expression a change is less often an error of the whole.
      QByteArray one = good.mid(good.indexOf("{{", draw(good.size() - 1000)));
      one.truncate(one.indexOf("}}") + 2);
      if (one.size() < 8) continue;
      one[3 + draw(one.size() - 6)] = char(32 + draw(95));
      (void)failure(one.toStdString(), a_twentieth);
    }
  }
};

QTEST_GUILESS_MAIN(JinjaBounds)
#include "test_jinja_bounds.moc"
