#include "transcript/transcript_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include "transcript/transcript_view.h"

namespace sotto::ui {

namespace {

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
