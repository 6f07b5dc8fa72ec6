// Row ids as types of their own, so that a message is never looked up by a conversation's number.
#pragma once

#include <QHashFunctions>
#include <QMetaType>
#include <compare>

namespace sotto::app {

template <class Tag>
struct Id {
  qint64 value = 0;  // 0: none
  [[nodiscard]] bool valid() const noexcept { return value > 0; }
  friend auto operator<=>(const Id&, const Id&) = default;
  friend size_t qHash(const Id& id, size_t seed = 0) noexcept { return ::qHash(id.value, seed); }
};

using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using PresetId = Id<struct PresetTag>;

}  // namespace sotto::app

Q_DECLARE_METATYPE(sotto::app::ConversationId)
Q_DECLARE_METATYPE(sotto::app::MessageId)
Q_DECLARE_METATYPE(sotto::app::PresetId)
