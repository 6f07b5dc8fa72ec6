// The conversation as it is read: painted, with only what is near the window laid out. Scrolls on its own when it
// stands at the end; text can be selected across messages; every message has its actions.
#pragma once

#include <QAbstractScrollArea>
#include <QBasicTimer>
#include <QElapsedTimer>
#include <QPointer>
#include <QUrl>
#include <optional>

#include "transcript/selection.h"
#include "transcript/transcript_rows.h"

class QMenu;

namespace sotto::ui {

// Keys, while it has the focus: arrows, Page, Home and End scroll; Tab and the arrows go through what a message has to
// press (links, the Copy of code, actions), Ctrl+Up and Ctrl+Down to another message; Enter presses; the menu key opens
// the message's menu; Shift with arrows selects.
class TranscriptView : public QAbstractScrollArea {
  Q_OBJECT
 public:
  explicit TranscriptView(QWidget* parent = nullptr);
  ~TranscriptView() override;

  void setSource(TranscriptSource* source);  // not owned; null: nothing to show

  [[nodiscard]] QString selectedText() const;
  [[nodiscard]] QString selectedMarkdown() const;
  [[nodiscard]] QString allText() const;
  void scrollToEnd();
  void scrollToMessage(sotto::app::MessageId id);
  [[nodiscard]] bool isAtEnd() const { return stick_; }

  // Where things are in the viewport, for tests and for what points at them. Empty: not there, or not laid out.
  [[nodiscard]] QRect messageRect(sotto::app::MessageId id) const;  // the bubble, or the text
  [[nodiscard]] QRect actionRect(sotto::app::MessageId id, MessageAction action) const;
  [[nodiscard]] QRect thoughtRect(sotto::app::MessageId id) const;  // of the line that folds its thought away
  [[nodiscard]] QRect copyCodeRect(sotto::app::MessageId id, int block) const;
  [[nodiscard]] QRect letterRect(sotto::app::MessageId id, int block, int offset) const;
  [[nodiscard]] int scrollPosition() const { return scroll_; }
  [[nodiscard]] const TranscriptRows& rows() const { return rows_; }
  // What can be pressed in a message by key: in its text, then the actions.
  struct Stop {
    int button = -1;         // of MessageItem::buttons; -1: `spot`
    MessageBody::Spot spot;  // in the text
    friend bool operator==(const Stop&, const Stop&) = default;
  };
  [[nodiscard]] std::vector<Stop> stops(int row) const;
  [[nodiscard]] QString nameOf(int row, const Stop& stop) const;  // "Copy code", "Link: docs"
  [[nodiscard]] QRect rectOf(int row, const Stop& stop) const;    // in the viewport; empty: not laid out
  void activate(int row, const Stop& stop);
  // The message that keys act on, the last one at first; -1: there is none.
  [[nodiscard]] int currentRow() const {
    return focusRow_ >= 0 && focusRow_ < rows_.count() ? focusRow_ : rows_.count() - 1;
  }
  [[nodiscard]] const std::optional<Stop>& focusedStop() const { return focusStop_; }
  // What a right click at a point of the viewport offers; the caller owns it.
  [[nodiscard]] QMenu* menuAt(QPoint point);

 public slots:
  void copy();
  void copyMarkdown();
  void selectAll();

 signals:
  void regenerateRequested(sotto::app::MessageId reply);
  void continueRequested(sotto::app::MessageId reply);
  void editStarted(sotto::app::MessageId message);
  void newChatRequested(sotto::app::MessageId reply);  // that the full context ended or kept from being written
  void versionRequested(sotto::app::MessageId sibling);
  void cancelRequested(sotto::app::MessageId reply);  // that waits for another
  void linkActivated(const QUrl& url);                // after the person has agreed
  void selectionChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  bool focusNextPrevChild(bool next) override;
  void timerEvent(QTimerEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  // --- layout (transcript_view.cpp)
  void applyLook();
  [[nodiscard]] int columnWidth() const;
  [[nodiscard]] int columnX() const;
  [[nodiscard]] int maximum() const;
  // Changes rows, keeping in place what is read, or the end in view.
  template <class Change>
  void changeRows(Change change) {
    const TranscriptRows::Anchor anchor = rows_.anchorAt(scroll_);
    change();
    settle(anchor);
  }
  void settle(const TranscriptRows::Anchor& anchor);
  void setScroll(int scroll);
  void syncBar();
  void onPathChanged(int row);
  void onMessageChanged(int row);

  // --- pointing (transcript_mouse.cpp)
  struct Target {
    int row = -1;
    int button = -1;
    MessageBody::Hit hit;
    Position position;
  };
  [[nodiscard]] Target targetAt(QPoint viewportPoint) const;
  [[nodiscard]] QPoint toRow(int row, QPoint viewportPoint) const;
  void hover(QPoint point);
  void setSelection(const Selection& selection);
  void extendSelection(QPoint viewportPoint);
  void press(int row, int button);
  void copyCode(int row, int block);
  void toggleThought(int row);
  void openLink(const QString& address);
  void copyToClipboard(const QString& text);

  // --- keys (transcript_keys.cpp)
  bool selectByKey(QKeyEvent* event);
  bool scrollByKey(QKeyEvent* event);
  void focusRow(int row);
  void focusStop(const std::optional<Stop>& stop);
  bool moveFocus(bool next, bool beyond);
  void showRow(int row);
  void showPosition(const Position& position);

  QPointer<TranscriptSource> source_;
  TranscriptRows rows_;
  std::shared_ptr<const Look> look_;

  int scroll_ = 0;     // px of the column above the viewport
  bool stick_ = true;  // stays at the end
  bool syncing_ = false;
  int releasedAt_ = 0;     // the scroll position at which layouts far away were let go of
  int laidOutWidth_ = -1;  // of the column

  Selection selection_;
  TextUnit unit_ = TextUnit::letter;
  std::pair<Position, Position> unitAnchor_;  // the word or line that the drag began with
  bool selecting_ = false;
  QPoint pressedAt_;
  QPoint lastMouse_{-1, -1};  // outside: the pointer has not been here
  Target pressed_;
  QBasicTimer autoScroll_;
  QBasicTimer reading_;  // of long texts, in pieces
  QElapsedTimer sinceDoubleClick_;

  int hoverRow_ = -1;
  int hoverButton_ = -1;
  int hoverCopy_ = -1;         // a code block of hoverRow_
  bool hoverThought_ = false;  // the line above its thought
  QBasicTimer copiedTimer_;
  sotto::app::MessageId copiedMessage_;
  int copiedBlock_ = -1;  // -1: the whole message

  int focusRow_ = -1;
  std::optional<Stop> focusStop_;  // none: the message itself
  bool focusShown_ = false;        // the focus came by a key
};

}  // namespace sotto::ui
