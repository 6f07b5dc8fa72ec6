#include "transcript/controller_source.h"

#include <algorithm>

namespace sotto::ui {

using app::ChatController;
using app::Message;
using app::MessageId;

ControllerSource::ControllerSource(ChatController& controller, QObject* parent)
    : TranscriptSource(parent), controller_(controller) {
  connect(&controller_, &ChatController::currentChanged, this, [this] {
    readPath();
    emit reset();
  });
  connect(&controller_, &ChatController::pathChanged, this, [this](int row) {
    readPath();
    emit pathChanged(std::clamp(row, 0, count()));
  });
  connect(&controller_, &ChatController::messageChanged, this, [this](MessageId id) {
    const auto row = rows_.constFind(id);
    if (row != rows_.constEnd()) emit messageChanged(*row);
  });
  connect(&controller_, &ChatController::replyStatusChanged, this, [this](app::ConversationId id) {
    if (id == controller_.currentId()) emit statusChanged();
  });
  readPath();
}

void ControllerSource::readPath() {
  path_.clear();
  rows_.clear();
  const app::ConversationTree* tree = controller_.current();
  if (tree == nullptr) return;
  for (const MessageId id : tree->activePath()) {
    const Message* message = tree->find(id);
    if (message == nullptr || message->role == app::Role::system) continue;
    rows_.insert(id, int(path_.size()));
    path_.push_back(id);
  }
}

const Message& ControllerSource::at(int row) const {
  static const Message none;
  const app::ConversationTree* tree = controller_.current();
  const Message* message = tree == nullptr ? nullptr : tree->find(path_[size_t(row)]);
  return message == nullptr ? none : *message;
}

TranscriptSource::Versions ControllerSource::versions(int row) const {
  Versions versions;
  const app::ConversationTree* tree = controller_.current();
  if (tree == nullptr) return versions;
  const std::vector<MessageId> siblings = tree->siblings(path_[size_t(row)]);
  const auto self = std::find(siblings.begin(), siblings.end(), path_[size_t(row)]);
  if (self == siblings.end()) return versions;
  versions.count = int(siblings.size());
  versions.index = int(self - siblings.begin());
  if (self != siblings.begin()) versions.previous = *std::prev(self);
  if (std::next(self) != siblings.end()) versions.next = *std::next(self);
  return versions;
}

app::ReplyStatus ControllerSource::status() const { return controller_.replyStatus(controller_.currentId()); }

}  // namespace sotto::ui
