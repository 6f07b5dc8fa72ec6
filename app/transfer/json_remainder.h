// What a JSON object holds beyond what we know of it, so that it survives being read and written again. Pure functions.
#pragma once

#include <QByteArray>
#include <QJsonObject>

namespace sotto::app {

// The part of `original` that `known` (what we would write for it) does not have: fields that `known` lacks, and within
// objects, and objects of arrays of the same length, likewise. A field that `known` has counts as understood.
[[nodiscard]] QJsonObject jsonRemainder(const QJsonObject& original, const QJsonObject& known);

// `known` with what `remainder` adds to it; where both have a field, `known` wins.
[[nodiscard]] QJsonObject jsonMerged(const QJsonObject& known, const QJsonObject& remainder);

// Compact JSON that Qt reads back identical: its parser drops a byte order mark at the beginning of a string unless
// that is escaped.
[[nodiscard]] QByteArray jsonBytes(const QJsonObject& object);

// As Message::extra: compact text, empty for an empty object.
[[nodiscard]] QByteArray extraText(const QJsonObject& remainder);
[[nodiscard]] QJsonObject extraObject(const QByteArray& text);

}  // namespace sotto::app
