// What is selected in the transcript, across messages, and how it moves.
#pragma once

#include <QString>
#include <utility>

#include "domain/message.h"
#include "transcript/message_body.h"

namespace sotto::ui {

class TranscriptRows;
class TranscriptSource;

// A place in the conversation.
struct Position {
  int row = 0;
  Place place;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct Selection {
  Position anchor;  // where it began
  Position head;    // where it goes on
  [[nodiscard]] bool isEmpty() const { return anchor == head; }
  [[nodiscard]] Position from() const { return std::min(anchor, head); }
  [[nodiscard]] Position to() const { return std::max(anchor, head); }
  friend bool operator==(const Selection&, const Selection&) = default;
};

enum class TextUnit {
  letter,
  word,
  paragraph  // of code: a line
};

// The unit around a place, both ends in its block.
[[nodiscard]] std::pair<Place, Place> unitAround(const MessageBody& body, const Place& place, TextUnit unit);

enum class Step {
  left,
  right,
  wordLeft,
  wordRight,
  up,
  down,
  lineStart,
  lineEnd,
  start,
  end
};
// Where the head goes; lays out what it comes to.
[[nodiscard]] Position stepped(TranscriptRows& rows, Position from, Step step);

// As plain text, messages a blank line apart; without what is folded away.
[[nodiscard]] QString selectedText(const TranscriptRows& rows, const TranscriptSource& source,
                                   const Selection& selection);
// The Markdown that it was made of.
[[nodiscard]] QString selectedMarkdown(const TranscriptRows& rows, const TranscriptSource& source,
                                       const Selection& selection);
// All of a message as plain text; and of a reply what it answers, without the thought before, or the thought where
// there is no answer.
[[nodiscard]] QString plainTextOf(const sotto::app::Message& message);
[[nodiscard]] QString answerTextOf(const sotto::app::Message& message);
[[nodiscard]] QString answerMarkdownOf(const sotto::app::Message& message);

}  // namespace sotto::ui
