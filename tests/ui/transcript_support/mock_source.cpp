#include "ui/transcript_support/mock_source.h"

using namespace sotto::app;

sotto::ui::TranscriptSource::Versions MockSource::versions(int row) const {
  return size_t(row) < siblings.size() ? siblings[size_t(row)] : Versions{};
}

Message& MockSource::add(Role role, const QString& text) {
  Message message;
  message.id = {nextId_++};
  message.role = role;
  message.content = text;
  if (!messages.empty()) message.parent = messages.back().id;
  messages.push_back(message);
  return messages.back();
}

Message& MockSource::addUser(const QString& text) {
  add(Role::user, text);
  emit pathChanged(count() - 1);
  return messages.back();
}

Message& MockSource::addReply(const QString& text) {
  Message& message = add(Role::assistant, text);
  message.stopReason = StopReason::end;
  message.stats.generatedTokens = 212;
  message.stats.decodeSeconds = 212 / 39.6;
  emit pathChanged(count() - 1);
  return messages.back();
}

Message& MockSource::beginReply() {
  add(Role::assistant, QString()).state = MessageState::streaming;
  emit pathChanged(count() - 1);
  return messages.back();
}

void MockSource::append(const QString& text) {
  messages.back().content += text;
  emit messageChanged(count() - 1);
}

void MockSource::finish(StopReason reason) {
  messages.back().state = MessageState::complete;
  messages.back().stopReason = reason;
  reply = {};
  emit messageChanged(count() - 1);
  emit statusChanged();
}

void MockSource::setStatus(const ReplyStatus& status) {
  reply = status;
  emit statusChanged();
}

void MockSource::replaceFrom(int row, std::vector<Message> tail) {
  messages.resize(size_t(row));
  for (Message& message : tail) {
    if (!message.id.valid()) message.id = {nextId_++};
    messages.push_back(message);
  }
  emit pathChanged(row);
}

void MockSource::clear() {
  messages.clear();
  emit reset();
}
