#include "transcript/transcript_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QPointer>
#include <algorithm>
#include <utility>
#include <vector>

#include "transcript/transcript_view.h"

namespace sotto::ui {

namespace {

// A link, the Copy of a code block, an action of the message that keys act on.
class AccessibleStop final : public QAccessibleInterface, public QAccessibleActionInterface {
 public:
  AccessibleStop(TranscriptView* view, int row, TranscriptView::Stop stop)
      : view_(view), row_(row), stop_(std::move(stop)) {}

  [[nodiscard]] bool isValid() const override { return !view_.isNull(); }
  [[nodiscard]] QObject* object() const override { return nullptr; }
  [[nodiscard]] QAccessibleInterface* parent() const override { return QAccessible::queryAccessibleInterface(view_); }
  [[nodiscard]] QAccessibleInterface* child(int) const override { return nullptr; }
  [[nodiscard]] QAccessibleInterface* childAt(int, int) const override { return nullptr; }
  [[nodiscard]] int childCount() const override { return 0; }
  [[nodiscard]] int indexOfChild(const QAccessibleInterface*) const override { return -1; }
  [[nodiscard]] QString text(QAccessible::Text kind) const override {
    return kind == QAccessible::Name && view_ ? view_->nameOf(row_, stop_) : QString();
  }
  void setText(QAccessible::Text, const QString&) override {}
  [[nodiscard]] QRect rect() const override {
    if (!view_) return {};
    const QRect rect = view_->rectOf(row_, stop_);
    return {view_->viewport()->mapToGlobal(rect.topLeft()), rect.size()};
  }
  [[nodiscard]] QAccessible::Role role() const override {
    return stop_.button < 0 && !stop_.spot.link.isEmpty() ? QAccessible::Link : QAccessible::Button;
  }
  [[nodiscard]] QAccessible::State state() const override {
    QAccessible::State state;
    state.focusable = true;
    state.focused = view_ && view_->hasFocus() && view_->currentRow() == row_ && view_->focusedStop() == stop_;
    return state;
  }
  void* interface_cast(QAccessible::InterfaceType type) override {
    return type == QAccessible::ActionInterface ? static_cast<QAccessibleActionInterface*>(this) : nullptr;
  }
  [[nodiscard]] QStringList actionNames() const override { return {pressAction()}; }
  void doAction(const QString& name) override {
    if (view_ && name == pressAction()) view_->activate(row_, stop_);
  }
  [[nodiscard]] QStringList keyBindingsForAction(const QString&) const override { return {}; }

 private:
  QPointer<TranscriptView> view_;
  int row_;
  TranscriptView::Stop stop_;
};

class AccessibleTranscript final : public QAccessibleWidget, public QAccessibleTextInterface {
 public:
  explicit AccessibleTranscript(TranscriptView* view) : QAccessibleWidget(view, QAccessible::Document) {}

  void* interface_cast(QAccessible::InterfaceType type) override {
    if (type == QAccessible::TextInterface) return static_cast<QAccessibleTextInterface*>(this);
    return QAccessibleWidget::interface_cast(type);
  }
  [[nodiscard]] QAccessible::State state() const override {
    QAccessible::State state = QAccessibleWidget::state();
    state.readOnly = true;
    state.multiLine = true;
    state.selectableText = true;
    return state;
  }

  // Children: what can be pressed in the message that keys act on.
  ~AccessibleTranscript() override { forget(); }
  [[nodiscard]] int childCount() const override { return int(view().stops(view().currentRow()).size()); }
  [[nodiscard]] QAccessibleInterface* child(int index) const override {
    const int row = view().currentRow();
    const std::vector<TranscriptView::Stop> now = view().stops(row);
    if (row != row_ || now != stops_) {
      forget();
      row_ = row;
      stops_ = now;
      for (const TranscriptView::Stop& stop : now) {
        auto* made = new AccessibleStop(static_cast<TranscriptView*>(widget()), row, stop);
        ids_.push_back(QAccessible::registerAccessibleInterface(made));
      }
    }
    return index >= 0 && index < int(ids_.size()) ? QAccessible::accessibleInterface(ids_[size_t(index)]) : nullptr;
  }
  [[nodiscard]] int indexOfChild(const QAccessibleInterface* of) const override {
    for (int i = 0; i < childCount(); ++i) {
      if (child(i) == of) return i;
    }
    return -1;
  }
  [[nodiscard]] QAccessibleInterface* focusChild() const override {
    if (!view().focusedStop()) return QAccessibleWidget::focusChild();
    const auto at = std::find(stops_.begin(), stops_.end(), *view().focusedStop());
    return child(int(at - stops_.begin()));
  }
  [[nodiscard]] QAccessibleInterface* childAt(int x, int y) const override {
    for (int i = 0; i < childCount(); ++i) {
      if (child(i)->rect().contains(x, y)) return child(i);
    }
    return nullptr;
  }

  // The whole conversation is one text, messages a blank line apart.
  [[nodiscard]] QString text(int from, int to) const override { return all().mid(from, to - from); }
  using QAccessibleWidget::text;
  [[nodiscard]] int characterCount() const override { return int(all().size()); }
  [[nodiscard]] int cursorPosition() const override { return 0; }
  void setCursorPosition(int) override {}
  [[nodiscard]] int selectionCount() const override { return selected().isEmpty() ? 0 : 1; }
  void selection(int index, int* from, int* to) const override {
    *from = *to = 0;
    if (index != 0 || selected().isEmpty()) return;
    const qsizetype at = all().indexOf(selected());
    if (at < 0) return;
    *from = int(at);
    *to = int(at + selected().size());
  }
  void addSelection(int, int) override {}
  void removeSelection(int) override {}
  void setSelection(int, int, int) override {}
  [[nodiscard]] QRect characterRect(int) const override { return {}; }
  [[nodiscard]] int offsetAtPoint(const QPoint&) const override { return -1; }
  void scrollToSubstring(int, int) override {}
  [[nodiscard]] QString attributes(int, int* from, int* to) const override {
    *from = 0;
    *to = characterCount();
    return {};
  }

 private:
  [[nodiscard]] const TranscriptView& view() const { return *static_cast<TranscriptView*>(widget()); }
  [[nodiscard]] QString all() const { return view().allText(); }
  [[nodiscard]] QString selected() const { return view().selectedText(); }
  void forget() const {
    for (const QAccessible::Id id : ids_) QAccessible::deleteAccessibleInterface(id);
    ids_.clear();
    stops_.clear();
    row_ = -1;
  }

  mutable int row_ = -1;
  mutable std::vector<TranscriptView::Stop> stops_;
  mutable std::vector<QAccessible::Id> ids_;
};

QAccessibleInterface* make(const QString&, QObject* object) {
  auto* view = qobject_cast<TranscriptView*>(object);
  return view == nullptr ? nullptr : new AccessibleTranscript(view);
}

}  // namespace

void installTranscriptAccessibility() {
  static const bool once = [] {
    QAccessible::installFactory(make);
    return true;
  }();
  Q_UNUSED(once)
}

}  // namespace sotto::ui
