#include "support/ui/window_bench.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMimeData>
#include <QPointer>
#include <QTest>
#include <QUrl>

#include "composer/composer.h"
#include "composer/message_edit.h"
#include "conversation_pane.h"
#include "notice_bar.h"
#include "sampling/value_slider.h"
#include "sidebar/conversation_list_model.h"
#include "theme/theme.h"
#include "transcript/transcript_view.h"

namespace sotto::test {

WindowBench::WindowBench(const std::optional<Script>& script) : ChatBench(script) {
  ui::Theme::instance().install();
  QApplication::setEffectEnabled(Qt::UI_General, false);  // no motion to wait for
}

WindowBench::~WindowBench() {
  pace->release();
  window.reset();
}

bool WindowBench::open(ui::MainWindow::Options options) {
  options.dataDir = dataDir;
  if (options.stateFile.isEmpty()) options.stateFile = directory.filePath(QStringLiteral("window.json"));
  chat = std::make_unique<app::ChatController>(
      app::ChatController::Options{.dataDir = dataDir, .starterModel = starter, .loader = pacedLoader(pace)});
  window = std::make_unique<ui::MainWindow>(chat.get(), options);
  failures = std::make_unique<QSignalSpy>(chat.get(), &app::ChatController::storageFailed);
  notices = std::make_unique<QSignalSpy>(chat.get(), &app::ChatController::notice);
  QSignalSpy ready(chat.get(), &app::ChatController::ready);
  window->resize(1280, 820);
  window->show();
  window->activateWindow();
  chat->start();
  if (ready.empty() && !ready.wait(10000)) return false;
  return QTest::qWaitForWindowActive(window.get());
}

void WindowBench::close() {
  window->close();
  window.reset();
  end();
}

bool WindowBench::reopen() {
  close();
  return open();
}

bool WindowBench::dropModel() {
  QMimeData files;
  files.setUrls({QUrl::fromLocalFile(model)});
  // On the message field, from where it has to find its way to the window.
  QWidget* target = message()->viewport();
  QDragEnterEvent enter(target->rect().center(), Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window.get(), &enter);
  if (!enter.isAccepted()) return false;
  QDropEvent drop(target->rect().center(), Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
  QApplication::sendEvent(window.get(), &drop);
  return waitFor([this] { return chat->modelStatus().state == app::ModelState::ready; });
}

bool WindowBench::type(const QString& text) {
  const size_t before = chat->current()->messages().size();
  message()->setFocus();
  QTest::keyClicks(message(), text);
  QTest::keyClick(message(), Qt::Key_Return);
  return waitFor([&] { return chat->current()->messages().size() == before + 2; });
}

void WindowBench::click(const char* name) const {
  auto* button = find<QAbstractButton>(name);
  QVERIFY2(button != nullptr && button->isVisible() && button->isEnabled(), name);
  QTest::mouseClick(button, Qt::LeftButton);
}

bool WindowBench::clickEntry(const QString& text) {
  if (!waitFor([] { return qobject_cast<QMenu*>(QApplication::activePopupWidget()) != nullptr; })) return false;
  auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
  for (QAction* action : menu->actions()) {
    if (action->text().section(QLatin1Char('\t'), 0, 0) != text || !action->isEnabled()) continue;
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
    return true;
  }
  menu->close();
  return false;
}

bool WindowBench::clickMenu(const char* button, const QString& entry) const {
  click(button);
  return clickEntry(entry);
}

void WindowBench::clickAction(app::MessageId message, ui::MessageAction action) const {
  transcript()->scrollToMessage(message);
  const QRect place = transcript()->actionRect(message, action);
  QVERIFY(!place.isEmpty());
  QTest::mouseClick(transcript()->viewport(), Qt::LeftButton, {}, place.center());
}

bool WindowBench::typeFile(const char* name, const QString& path) const {
  QPointer<QFileDialog> dialog = find<QFileDialog>(name);
  if (dialog == nullptr || !QTest::qWaitForWindowActive(dialog)) return false;
  auto* field = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
  if (field == nullptr) return false;
  field->setText(path);  // typed, it would open the dialog's list of completions
  QTest::keyClick(field, Qt::Key_Return);
  if (!waitFor([&] { return dialog == nullptr; })) return false;
  window->activateWindow();  // there is no window manager here
  return QTest::qWaitForWindowActive(window.get());
}

ui::MessageEdit* WindowBench::message() const { return window->pane()->composer()->message(); }

ui::ValueSlider* WindowBench::slider(const char* name) const { return find<ui::ValueSlider>(name); }

ui::TranscriptView* WindowBench::transcript() const { return window->pane()->transcript(); }

QListView* WindowBench::list() const { return find<QListView>("Conversations"); }

QStringList WindowBench::titles() const {
  QStringList found;
  const QAbstractItemModel* rows = list()->model();
  for (int row = 0; row < rows->rowCount(); ++row) {
    const QModelIndex index = rows->index(row, 0);
    if (index.data(ui::ConversationListModel::idRole).toLongLong() != 0) found << index.data().toString();
  }
  return found;
}

QString WindowBench::notice() const { return window->pane()->notice()->sentence(); }

QPoint WindowBench::thumbAt(const ui::ValueSlider* slider, double amount) {
  constexpr int kInset = 2, kThumb = 14;
  const double span = slider->width() - 2 * kInset - kThumb;
  return {static_cast<int>(kInset + kThumb / 2 + span * slider->scale().position(amount)), slider->height() / 2};
}

void WindowBench::drag(ui::ValueSlider* slider, double to) {
  QTest::mousePress(slider, Qt::LeftButton, {}, thumbAt(slider, slider->amount()));
  QTest::mouseMove(slider, thumbAt(slider, to));
  QTest::mouseRelease(slider, Qt::LeftButton, {}, thumbAt(slider, to));
}

}  // namespace sotto::test
