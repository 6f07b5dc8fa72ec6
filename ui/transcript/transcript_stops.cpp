// TranscriptView: what can be pressed by key, and the focus that goes from one to the next.
#include <QAccessible>
#include <algorithm>

#include "transcript/transcript_view.h"

namespace sotto::ui {

std::vector<TranscriptView::Stop> TranscriptView::stops(int row) const {
  std::vector<Stop> result;
  if (row < 0 || row >= rows_.count()) return result;
  const MessageItem& item = rows_.item(row);
  if (item.body() != nullptr) {
    for (const MessageBody::Spot& spot : item.body()->spots()) result.push_back({-1, spot});
  }
  const auto& buttons = item.buttons();
  for (size_t i = 0; i < buttons.size(); ++i) {
    if (buttons[i].item.action != MessageAction::none && buttons[i].item.enabled) result.push_back({int(i), {}});
  }
  return result;
}

QString TranscriptView::nameOf(int row, const Stop& stop) const {
  if (row < 0 || row >= rows_.count()) return {};
  const MessageItem& item = rows_.item(row);
  if (stop.button >= 0) {
    const auto& buttons = item.buttons();
    return stop.button < int(buttons.size()) ? sotto::ui::nameOf(buttons[size_t(stop.button)].item) : QString();
  }
  const MessageBody* body = item.body();
  if (stop.spot.thought) return body != nullptr && body->isThoughtFolded() ? tr("Show thought") : tr("Hide thought");
  if (stop.spot.link.isEmpty()) return tr("Copy code");
  if (body == nullptr || stop.spot.block >= int(body->blocks().size())) return {};
  const QString& text = body->blocks()[size_t(stop.spot.block)].text;
  return tr("Link: %1").arg(text.mid(stop.spot.from, stop.spot.to - stop.spot.from));
}

QRect TranscriptView::rectOf(int row, const Stop& stop) const {
  if (row < 0 || row >= rows_.count()) return {};
  const MessageItem& item = rows_.item(row);
  const QPoint at(columnX(), rows_.top(row) - scroll_);
  if (stop.button >= 0) {
    const auto& buttons = item.buttons();
    return stop.button < int(buttons.size()) ? buttons[size_t(stop.button)].rect.translated(at) : QRect();
  }
  if (item.body() == nullptr) return {};
  const std::vector<QRect> rects = item.body()->rects(stop.spot);
  return rects.empty() ? QRect() : rects.front().translated(at + item.bodyAt());
}

void TranscriptView::activate(int row, const Stop& stop) {
  if (stop.button >= 0) {
    press(row, stop.button);
  } else if (stop.spot.thought) {
    toggleThought(row);
  } else if (stop.spot.link.isEmpty()) {
    copyCode(row, stop.spot.block);
  } else {
    openLink(stop.spot.link);
  }
}

// To the next or the one before in the row that has the focus; `beyond` its first is the row itself. False: there is
// none.
bool TranscriptView::moveFocus(bool next, bool beyond) {
  const std::vector<Stop> all = stops(focusRow_);
  const auto at = focusStop_ ? std::find(all.begin(), all.end(), *focusStop_) : all.end();
  if (!focusStop_) {
    if (!next || all.empty()) return false;
    focusStop(all.front());
  } else if (next) {
    if (at == all.end() || std::next(at) == all.end()) return false;
    focusStop(*std::next(at));
  } else if (at != all.end() && at != all.begin()) {
    focusStop(*std::prev(at));
  } else if (beyond) {
    focusStop({});
  } else {
    return false;
  }
  return true;
}

void TranscriptView::focusStop(const std::optional<Stop>& stop) {
  focusStop_ = stop;
  if (stop && stop->button < 0) {
    // Where it is becomes exact while it comes into view.
    for (int round = 0; round < 3; ++round) showPosition({focusRow_, {stop->spot.block, stop->spot.from}});
  } else if (stop) {
    const QRect rect = rectOf(focusRow_, *stop);
    if (rect.top() < 0) setScroll(scroll_ + rect.top());
    if (rect.bottom() >= viewport()->height()) setScroll(scroll_ + rect.bottom() - viewport()->height() + 1);
  }
  viewport()->update();
#ifndef QT_NO_ACCESSIBILITY
  if (stop) {
    const std::vector<Stop> all = stops(focusRow_);
    const auto at = std::find(all.begin(), all.end(), *stop);
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(int(at - all.begin()));
    QAccessible::updateAccessibility(&event);
  }
#endif
}

}  // namespace sotto::ui
