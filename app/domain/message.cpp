#include "domain/message.h"

#include <array>

namespace sotto::app {
namespace {

template <class Value>
struct Name {
  Value value;
  const char16_t* text;
};
template <class Value>
Name(Value, const char16_t*) -> Name<Value>;  // clang 16 deduces no aggregate without it

constexpr std::array roles{Name{Role::system, u"system"}, Name{Role::user, u"user"},
                           Name{Role::assistant, u"assistant"}};
constexpr std::array states{Name{MessageState::complete, u"complete"}, Name{MessageState::streaming, u"streaming"},
                            Name{MessageState::interrupted, u"interrupted"}, Name{MessageState::failed, u"failed"}};
constexpr std::array reasons{Name{StopReason::none, u""},
                             Name{StopReason::end, u"end"},
                             Name{StopReason::length, u"length"},
                             Name{StopReason::context, u"context"},
                             Name{StopReason::stopString, u"stop_string"},
                             Name{StopReason::stopped, u"stopped"},
                             Name{StopReason::interrupted, u"interrupted"},
                             Name{StopReason::error, u"error"}};

template <class Table, class Value>
QString nameOf(const Table& table, Value value) {
  for (const auto& name : table) {
    if (name.value == value) return QString::fromUtf16(name.text);
  }
  return {};
}

template <class Table>
auto valueOf(const Table& table, QStringView text) -> std::optional<decltype(table[0].value)> {
  for (const auto& name : table) {
    if (text == QStringView(name.text)) return name.value;
  }
  return std::nullopt;
}

}  // namespace

QString toString(Role role) { return nameOf(roles, role); }
QString toString(MessageState state) { return nameOf(states, state); }
QString toString(StopReason reason) { return nameOf(reasons, reason); }
std::optional<Role> roleFromString(QStringView text) { return valueOf(roles, text); }
std::optional<MessageState> stateFromString(QStringView text) { return valueOf(states, text); }
std::optional<StopReason> stopReasonFromString(QStringView text) { return valueOf(reasons, text); }

}  // namespace sotto::app
