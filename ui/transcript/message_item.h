// One message in the transcript's column: its bubble or plain text, what went wrong, and its row of actions.
// Coordinates are px from the item's top left corner; the column is `width` wide.
#pragma once

#include <memory>
#include <optional>

#include "transcript/message_actions.h"
#include "transcript/message_body.h"

namespace sotto::ui {

class MessageItem {
 public:
  // Its place in the conversation and an estimated height: for messages that are far away.
  void sketch(const sotto::app::Message& message);
  [[nodiscard]] bool isSketch() const { return sketch_; }
  // Everything that the message says now. Cheap when only its end has grown.
  void update(const sotto::app::Message& message, const TranscriptSource::Versions& versions,
              const sotto::app::ReplyStatus& status, bool last);
  void setLook(std::shared_ptr<const Look> look, int width);

  // Reads the text (from then on there is a body) and makes what is in [top, bottom) exact; true when the height
  // changed.
  bool layOut(const sotto::app::Message& message, int top, int bottom);
  void release(int top, int bottom);
  void forget();  // becomes a sketch again; the height stays

  // A text of megabytes is read a piece at a time, the next with each update(): the window goes on in between.
  [[nodiscard]] bool isPartlyRead() const { return body_ && partlyRead_; }
  void readToTheEnd(const sotto::app::Message& message);
  // A thought is folded away once it has come to its end, until somebody wants it otherwise.
  void toggleThought();

  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] sotto::app::MessageId id() const { return id_; }
  [[nodiscard]] bool isUser() const { return role_ == sotto::app::Role::user; }
  // The first block that the last update() may have changed.
  [[nodiscard]] int changedFrom() const { return changedFrom_; }
  [[nodiscard]] bool isStreaming() const { return streaming_; }
  [[nodiscard]] MessageBody* body() { return body_.get(); }
  [[nodiscard]] const MessageBody* body() const { return body_.get(); }
  [[nodiscard]] QPoint bodyAt() const { return bodyRect_.topLeft(); }
  [[nodiscard]] QRect bodyRect() const { return bodyRect_; }
  // The bubble, or the text's rectangle.
  [[nodiscard]] QRect outline() const;

  struct Anchor {
    bool inBody = false;
    MessageBody::Anchor body;
    int fromBottom = 0;  // otherwise: px above the item's end
  };
  [[nodiscard]] Anchor anchorAt(int y) const;
  [[nodiscard]] int y(const Anchor& anchor) const;

  // All that can be pressed, in the order of the Tab key. The action in a failure comes first.
  struct Button {
    ActionItem item;
    QRect rect;
    bool inFailure = false;
  };
  [[nodiscard]] const std::vector<Button>& buttons() const { return buttons_; }
  // The index of the button at a point that can be pressed; -1: none. Hidden ones count with `hovered`.
  [[nodiscard]] int buttonAt(QPoint point, bool hovered) const;

  struct Painting {
    MessageBody::Painting body;  // `at` and `clip` are set here
    bool hovered = false;        // by the pointer or the focus: all actions are seen
    int hotButton = -1;          // under the pointer
    int focusedButton = -1;
    bool focused = false;  // the message itself
    bool copied = false;   // its Copy says so
  };
  void paint(QPainter* painter, QPoint at, QRect clip, Painting painting) const;

 private:
  void setState(const sotto::app::Message& message);
  void read(const sotto::app::Message& message, bool toTheEnd = false);
  void arrange();
  void arrangeBubble(int bodyHeight);
  [[nodiscard]] int bodyWidth() const;
  void arrangeButtons(int top);
  void paintButtons(QPainter* painter, QPoint at, const Painting& painting) const;

  sotto::app::MessageId id_;
  sotto::app::Role role_ = sotto::app::Role::user;
  bool streaming_ = false;
  bool writing_ = false;  // the caret is shown
  bool last_ = false;
  bool sketch_ = true;
  bool partlyRead_ = false;
  std::optional<bool> folded_;  // as somebody wants the thought
  int changedFrom_ = 0;
  QString failure_;
  std::vector<ActionItem> actions_;
  std::vector<Button> buttons_;

  std::shared_ptr<const Look> look_;
  int width_ = 0;
  int height_ = 0;
  int estimate_ = 0;          // of the body's height while there is none
  qsizetype estimated_ = -1;  // the length of the text that it was made for
  QRect bodyRect_;
  QRect bubble_;
  int inner_ = -1;  // the width that the bubble's text needs; -1: not known
  QRect failureRect_;
  TextLines failureLines_;
  std::vector<ActionItem> failureActions_;
  std::unique_ptr<MessageBody> body_;
};

}  // namespace sotto::ui
