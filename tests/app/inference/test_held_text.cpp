// The text of a reply that was cut short catches up with its ids before it is continued.
#include <QTest>

#include "inference/held_text.h"

using namespace sotto::app;

namespace {

// A small vocabulary; 4 and 5 are the halves of "é", 6 to 8 the thirds of "€".
const std::vector<std::string> pieces{"Hello", " world", ".", "\nUser:", "\xC3", "\xA9", "\xE2", "\x82", "\xAC", " Hi"};

std::string completed(const std::vector<std::int32_t>& tokens, const std::string& text) {
  return completedText(tokens, text, [](std::int32_t token) { return pieces[static_cast<size_t>(token)]; });
}

}  // namespace

class HeldTextIsNotLost : public QObject {
  Q_OBJECT

 private slots:
  void staysWhereBothAgree() { QCOMPARE(completed({0, 1, 2}, "Hello world."), std::string("Hello world.")); }

  void bringsHeldBackTextIn() {
    QCOMPARE(completed({0, 1, 3}, "Hello world"), std::string("Hello world\nUser:"));
    QCOMPARE(completed({0, 1}, ""), std::string("Hello world"));
  }

  void leavesHalfACharacterToTheEngine() {
    QCOMPARE(completed({0, 4}, "Hello"), std::string("Hello"));
    QCOMPARE(completed({0, 6, 7}, "Hello"), std::string("Hello"));
    QCOMPARE(completed({0, 6, 7, 8}, "Hello"), std::string("Hello\xE2\x82\xAC"));
  }

  void allowsForSentencePiecesFirstBlank() {
    QCOMPARE(completed({9, 2}, "Hi"), std::string("Hi."));
    QCOMPARE(completed({9, 2}, " Hi"), std::string(" Hi."));
  }

  void leavesStrangersAlone() {
    QCOMPARE(completed({0, 1}, "Something else"), std::string("Something else"));
    QCOMPARE(completed({}, "Something else"), std::string("Something else"));
  }

  void knowsUnfinishedCharacters() {
    QCOMPARE(unfinishedBytes("abc"), size_t{0});
    QCOMPARE(unfinishedBytes("abc\xC3"), size_t{1});
    QCOMPARE(unfinishedBytes("abc\xE2\x82"), size_t{2});
    QCOMPARE(unfinishedBytes("\xF0\x9F\x98"), size_t{3});
    QCOMPARE(unfinishedBytes("\xF0\x9F\x98\x80"), size_t{0});
    QCOMPARE(unfinishedBytes("\x80\x80\x80\x80"), size_t{0});
    QCOMPARE(unfinishedBytes(""), size_t{0});
  }
};

QTEST_GUILESS_MAIN(HeldTextIsNotLost)
#include "test_held_text.moc"
