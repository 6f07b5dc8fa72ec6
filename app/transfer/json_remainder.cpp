#include "transfer/json_remainder.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace sotto::app {
namespace {

// One object an element, {} where nothing is left; empty when nothing is left at all.
QJsonArray arrayRemainder(const QJsonArray& original, const QJsonArray& known) {
  if (original.size() != known.size()) return {};
  QJsonArray left;
  bool any = false;
  for (qsizetype i = 0; i < original.size(); ++i) {
    if (!original[i].isObject() || !known[i].isObject()) return {};
    const QJsonObject element = jsonRemainder(original[i].toObject(), known[i].toObject());
    any = any || !element.isEmpty();
    left.append(element);
  }
  return any ? left : QJsonArray();
}

QJsonArray arrayMerged(const QJsonArray& known, const QJsonArray& remainder) {
  QJsonArray merged = known;
  for (qsizetype i = 0; i < known.size() && i < remainder.size(); ++i) {
    if (known[i].isObject() && remainder[i].isObject()) {
      merged[i] = jsonMerged(known[i].toObject(), remainder[i].toObject());
    }
  }
  return merged;
}

}  // namespace

QJsonObject jsonRemainder(const QJsonObject& original, const QJsonObject& known) {
  QJsonObject left;
  for (auto field = original.begin(); field != original.end(); ++field) {
    const auto same = known.find(field.key());
    if (same == known.end()) {
      left.insert(field.key(), field.value());
    } else if (field.value().isObject() && same.value().isObject()) {
      const QJsonObject inner = jsonRemainder(field.value().toObject(), same.value().toObject());
      if (!inner.isEmpty()) left.insert(field.key(), inner);
    } else if (field.value().isArray() && same.value().isArray()) {
      const QJsonArray inner = arrayRemainder(field.value().toArray(), same.value().toArray());
      if (!inner.isEmpty()) left.insert(field.key(), inner);
    }
  }
  return left;
}

QJsonObject jsonMerged(const QJsonObject& known, const QJsonObject& remainder) {
  QJsonObject merged = known;
  for (auto field = remainder.begin(); field != remainder.end(); ++field) {
    const auto same = known.find(field.key());
    if (same == known.end()) {
      merged.insert(field.key(), field.value());
    } else if (field.value().isObject() && same.value().isObject()) {
      merged.insert(field.key(), jsonMerged(same.value().toObject(), field.value().toObject()));
    } else if (field.value().isArray() && same.value().isArray()) {
      merged.insert(field.key(), arrayMerged(same.value().toArray(), field.value().toArray()));
    }
  }
  return merged;
}

QByteArray jsonBytes(const QJsonObject& object) {
  return QJsonDocument(object).toJson(QJsonDocument::Compact).replace("\xef\xbb\xbf", "\\ufeff");
}

QByteArray extraText(const QJsonObject& remainder) { return remainder.isEmpty() ? QByteArray() : jsonBytes(remainder); }

QJsonObject extraObject(const QByteArray& text) {
  return text.isEmpty() ? QJsonObject() : QJsonDocument::fromJson(text).object();
}

}  // namespace sotto::app
