// What the transcript shows: the active path of a conversation. The view knows no more of the application than this, so
// that tests can give it a log of their own.
#pragma once

#include <QObject>

#include "chat/chat_controller.h"
#include "domain/message.h"

namespace sotto::ui {

// GUI thread only.
class TranscriptSource : public QObject {
  Q_OBJECT
 public:
  using QObject::QObject;

  struct Versions {
    int index = 0;  // of the row's message among its siblings, from 0
    int count = 1;
    sotto::app::MessageId previous, next;  // invalid: there is none
  };

  [[nodiscard]] virtual int count() const = 0;
  // Until the next change.
  [[nodiscard]] virtual const sotto::app::Message& at(int row) const = 0;
  [[nodiscard]] virtual Versions versions(int row) const = 0;
  // Of the reply that is being written or waits to be; idle when there is none on the path.
  [[nodiscard]] virtual sotto::app::ReplyStatus status() const = 0;

 signals:
  void reset();               // another conversation
  void pathChanged(int row);  // from this row on
  void messageChanged(int row);
  void statusChanged();
};

}  // namespace sotto::ui
