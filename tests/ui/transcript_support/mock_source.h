// A log that a test writes by hand, in the place of a conversation.
#pragma once

#include <vector>

#include "transcript/transcript_source.h"

class MockSource final : public sotto::ui::TranscriptSource {
  Q_OBJECT
 public:
  using TranscriptSource::TranscriptSource;

  [[nodiscard]] int count() const override { return int(messages.size()); }
  [[nodiscard]] const sotto::app::Message& at(int row) const override { return messages[size_t(row)]; }
  [[nodiscard]] Versions versions(int row) const override;
  [[nodiscard]] sotto::app::ReplyStatus status() const override { return reply; }

  // Each says what it did. Ids count from 1.
  sotto::app::Message& addUser(const QString& text);
  sotto::app::Message& addReply(const QString& text);  // complete
  sotto::app::Message& beginReply();                   // streaming
  void append(const QString& text);                    // to the last message
  void finish(sotto::app::StopReason reason = sotto::app::StopReason::end);
  void say(int row) { emit messageChanged(row); }
  void setStatus(const sotto::app::ReplyStatus& status);
  void replaceFrom(int row, std::vector<sotto::app::Message> tail);
  void clear();

  std::vector<sotto::app::Message> messages;
  std::vector<Versions> siblings;  // by row; those that are not there have none
  sotto::app::ReplyStatus reply;

 private:
  sotto::app::Message& add(sotto::app::Role role, const QString& text);
  qint64 nextId_ = 1;
};
