#include "domain/conversation.h"

#include <algorithm>

namespace sotto::app {

void ConversationTree::add(Message message) {
  if (index_.contains(message.id)) return;
  index_.insert(message.id, static_cast<int>(messages_.size()));
  children_[message.parent].push_back(message.id);
  messages_.push_back(std::move(message));
}

const Message* ConversationTree::find(MessageId message) const {
  const auto at = index_.constFind(message);
  return at == index_.cend() ? nullptr : &messages_[static_cast<size_t>(*at)];
}

Message* ConversationTree::find(MessageId message) {
  const auto at = index_.constFind(message);
  return at == index_.cend() ? nullptr : &messages_[static_cast<size_t>(*at)];
}

void ConversationTree::setActiveLeaf(MessageId leaf) { leaf_ = leaf; }

std::vector<MessageId> ConversationTree::activePath() const { return pathTo(leaf_); }

std::vector<MessageId> ConversationTree::pathTo(MessageId leaf) const {
  std::vector<MessageId> path;
  for (const Message* at = find(leaf); at != nullptr; at = find(at->parent)) {
    path.push_back(at->id);
    if (path.size() > messages_.size()) break;  // parents that form a circle
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<MessageId> ConversationTree::children(MessageId parent) const { return children_.value(parent); }

std::vector<MessageId> ConversationTree::siblings(MessageId message) const {
  const Message* found = find(message);
  return found == nullptr ? std::vector<MessageId>{} : children(found->parent);
}

MessageId ConversationTree::newestLeafBelow(MessageId message) const {
  for (size_t steps = 0; steps <= messages_.size(); ++steps) {
    const auto below = children_.constFind(message);
    if (below == children_.cend() || below->empty()) break;
    message = below->back();
  }
  return message;
}

}  // namespace sotto::app
