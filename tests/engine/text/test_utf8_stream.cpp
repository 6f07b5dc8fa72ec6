// Utf8Stream: whole characters only, however the bytes are cut.
#include <QTest>

#include "engine/text/splits.h"
#include "text/utf8.h"
#include "text/utf8_stream.h"

using namespace sotto::engine;
using namespace sotto::test;
using namespace std::string_literals;

namespace {

const std::string u = "\xEF\xBF\xBD";  // U+FFFD

std::string whole(std::string_view bytes, Utf8Stream::Tail tail = Utf8Stream::Tail::replace) {
  Utf8Stream stream;
  std::string text = stream.push(bytes);
  return text + stream.finish(tail);
}

bool every_split_gives(std::string_view bytes, const std::string& expected) {
  bool good = true;
  for_every_split(bytes, [&](const std::vector<std::string_view>& pieces) {
    Utf8Stream stream;
    std::string text;
    for (const std::string_view piece : pieces) {
      const std::string out = stream.push(piece);
      good = good && is_valid_utf8(out);
      text += out;
    }
    text += stream.finish(Utf8Stream::Tail::replace);
    good = good && text == expected;
  });
  return good;
}

}  // namespace

class Utf8StreamGivesWholeCharacters : public QObject {
  Q_OBJECT

 private slots:
  void validTextPassesUnchanged() {
    for (const std::string& text : {""s, "plain"s, "naïve"s, "日本語"s, "a🙂b"s, "\0x"s, u, "\xF4\x8F\xBF\xBF"s}) {
      QVERIFY(every_split_gives(text, text));
    }
  }

  // The Unicode Standard 15, tables 3-8 to 3-11.
  void invalidBytesBecomeOneReplacementForEachMaximalSubpart() {
    const auto times = [](int count) {
      std::string text;
      for (int i = 0; i < count; ++i) text += u;
      return text;
    };
    QVERIFY(every_split_gives("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", times(8) + "A"));
    QVERIFY(every_split_gives("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", times(8) + "A"));
    QVERIFY(every_split_gives("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", times(5) + "A" + times(2) + "B"));
    QVERIFY(every_split_gives("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", times(4) + "A"));
  }

  void everySplitOfEveryShortStringGivesTheSameText() {
    // One byte of each class in the table of well-formed sequences.
    const std::string_view classes = "A\x80\x90\xA0\xC3\xE0\xE2\xED\xF0\xF1\xF4\xFF";
    for (std::size_t length = 1; length <= 4; ++length) {
      int failures = 0;
      for_every_string(classes, length, [&](std::string_view bytes) {
        if (!every_split_gives(bytes, whole(bytes))) ++failures;
      });
      QCOMPARE(failures, 0);
    }
  }

  void anUnfinishedCharacterIsHeldUntilItIsWhole() {
    Utf8Stream stream;
    QCOMPARE(stream.push("a\xF0\x9F"), "a"s);
    QCOMPARE(stream.push("\x99"), ""s);
    QCOMPARE(stream.push("\x82!"), "🙂!"s);
  }

  void invalidBytesAreReplacedAsSoonAsTheyAreCertain() {
    Utf8Stream stream;
    QCOMPARE(stream.push("\xE2\x82"), ""s);
    QCOMPARE(stream.push("x"), u + "x");
    QCOMPARE(stream.push("\xFF"), u);
  }

  void aStoppedReplyDropsTheTailAndAnEndedOneReplacesIt() {
    QCOMPARE(whole("a\xE2\x82", Utf8Stream::Tail::drop), "a"s);
    QCOMPARE(whole("a\xE2\x82", Utf8Stream::Tail::replace), "a" + u);
    QCOMPARE(whole("a", Utf8Stream::Tail::replace), "a"s);
    Utf8Stream stream;
    QCOMPARE(stream.push("\xE2\x82"), ""s);
    QCOMPARE(stream.finish(Utf8Stream::Tail::drop), ""s);
    QCOMPARE(stream.push("\xACx"), u + "x");  // nothing is left of the character before
  }
};

QTEST_GUILESS_MAIN(Utf8StreamGivesWholeCharacters)
#include "test_utf8_stream.moc"
