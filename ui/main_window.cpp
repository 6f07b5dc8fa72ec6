#include "main_window.h"

#include <QApplication>
#include <QBoxLayout>
#include <QCloseEvent>
#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QShortcut>
#include <QUrl>
#include <algorithm>

#include "chat/chat_controller.h"
#include "column_layout.h"
#include "composer/composer.h"
#include "composer/message_edit.h"
#include "conversation_pane.h"
#include "dialogs/export_flow.h"
#include "dialogs/page_dialog.h"
#include "dialogs/prompt_panel.h"
#include "dialogs/settings_dialog.h"
#include "dialogs/template_dialog.h"
#include "header_bar.h"
#include "library/model_chip.h"
#include "library/model_menu.h"
#include "menu_button.h"
#include "notice_bar.h"
#include "sampling/sampling_panel.h"
#include "sidebar/conversation_list.h"
#include "sidebar/sidebar.h"

namespace sotto::ui {

namespace {

constexpr char kConversationKey[] = "ui/conversation";
constexpr char kModelFolderKey[] = "ui/model-folder";

// The model file among dropped URLs; empty: none.
QString droppedModel(const QMimeData* data) {
  if (!data->hasUrls()) return {};
  for (const QUrl& url : data->urls()) {
    if (url.isLocalFile() && url.path().endsWith(QStringLiteral(".gguf"), Qt::CaseInsensitive)) {
      return url.toLocalFile();
    }
  }
  return {};
}

}  // namespace

MainWindow::MainWindow(app::ChatController* controller, Options options)
    : controller_(controller),
      options_(std::move(options)),
      state_(WindowState::load(options_.stateFile)),
      sidebar_(new Sidebar(controller, this)),
      pane_(new ConversationPane(controller, this)),
      sampling_(new SamplingPanel(controller, this)),
      columns_(new ColumnLayout(sidebar_, pane_, sampling_, this)),
      models_(new ModelMenu(controller, this)),
      exports_(new ExportFlow(controller, this)) {
  setObjectName(QStringLiteral("Sotto"));
  setWindowTitle(QStringLiteral("Sotto"));
  setMinimumSize(360, 420);
  setAcceptDrops(true);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->addWidget(columns_);

  Theme::instance().setMode(state_.mode);
  columns_->setWanted(ColumnLayout::Side::left, state_.listOpen);
  columns_->setWanted(ColumnLayout::Side::right, state_.samplingOpen);
  restoreGeometryOrDefault();
  connectParts();
  addShortcuts();
  qApp->installEventFilter(this);
  connect(qApp, &QCoreApplication::aboutToQuit, this, &MainWindow::leave);  // by a signal, too
  pane_->composer()->focusMessage();
}

MainWindow::~MainWindow() { qApp->removeEventFilter(this); }

void MainWindow::restoreGeometryOrDefault() {
  if (!state_.geometry.isEmpty() && restoreGeometry(state_.geometry)) return;
  QSize size(1280, 820);
  if (const QScreen* on = screen()) size = size.boundedTo(on->availableSize() * 0.92);
  resize(size);
}

void MainWindow::connectParts() {
  using C = app::ChatController;
  connect(controller_, &C::ready, this, &MainWindow::onReady);
  connect(controller_, &C::currentChanged, this, &MainWindow::rememberConversation);
  connect(controller_, &C::conversationsChanged, this, &MainWindow::rememberConversation);
  connect(controller_, &C::textReturned, this, [this](const QString& text) { pane_->composer()->giveBack(text); });

  connect(sidebar_, &Sidebar::newChat, this, &MainWindow::newChat);
  connect(sidebar_, &Sidebar::chosen, this, [this] {
    columns_->shutDrawers();
    pane_->composer()->focusMessage();
  });
  connect(sidebar_, &Sidebar::settingsRequested, this, &MainWindow::openSettings);
  connect(sidebar_, &Sidebar::modelsRequested, this, [this] { openMenu(models_, sidebar_->modelsButton()); });
  connect(sidebar_->list(), &ConversationList::exportRequested, exports_, &ExportFlow::exportOne);

  HeaderBar* header = pane_->header();
  header->model()->attachMenu(models_);
  connect(header, &HeaderBar::listToggled, this, [this] { columns_->toggle(ColumnLayout::Side::left); });
  connect(header, &HeaderBar::samplingToggled, this, [this] { columns_->toggle(ColumnLayout::Side::right); });
  connect(header, &HeaderBar::exportRequested, this, [this](const QString& format, bool everything) {
    if (everything) {
      exports_->exportAll(format);
    } else {
      exports_->exportOne(controller_->currentId(), format);
    }
  });
  connect(columns_, &ColumnLayout::changed, this, [this, header] {
    header->setColumns(columns_->isOpen(ColumnLayout::Side::left), columns_->isOpen(ColumnLayout::Side::right));
  });
  header->setColumns(columns_->isOpen(ColumnLayout::Side::left), columns_->isOpen(ColumnLayout::Side::right));

  connect(models_, &ModelMenu::openRequested, this, &MainWindow::openModelDialog);
  connect(models_, &ModelMenu::templateRequested, this, [this] {
    auto* dialog = new TemplateDialog(controller_, this);
    dialog->open();
  });
  connect(models_, &ModelMenu::chosen, this, [this](const QString& path) {
    controller_->loadModel(path);
    pane_->composer()->focusMessage();
  });
  connect(models_, &ModelMenu::pageRequested, this, &MainWindow::askPage);
  connect(pane_, &ConversationPane::openModelRequested, this, &MainWindow::openModelDialog);
  connect(pane_, &ConversationPane::newChatRequested, this, [this](const QString& text) {
    newChat();
    if (!text.isEmpty()) pane_->composer()->giveBack(text);
  });
  connect(pane_, &ConversationPane::pageRequested, this, &MainWindow::askPage);
}

void MainWindow::addShortcuts() {
  const auto add = [this](const QKeySequence& key, auto&& act) {
    auto* shortcut = new QShortcut(key, this);
    shortcut->setContext(Qt::WindowShortcut);
    connect(shortcut, &QShortcut::activated, this, act);
  };
  const auto filter = [this] {
    columns_->open(ColumnLayout::Side::left);
    sidebar_->focusFilter();
  };
  add(QKeySequence(Qt::CTRL | Qt::Key_N), [this] { newChat(); });
  add(QKeySequence(Qt::CTRL | Qt::Key_O), [this] { openModelDialog(); });
  add(QKeySequence(Qt::CTRL | Qt::Key_E), [this] { pane_->header()->openExportMenu(); });
  add(QKeySequence(Qt::CTRL | Qt::Key_F), filter);
  add(QKeySequence(Qt::CTRL | Qt::Key_K), filter);
  add(QKeySequence(Qt::CTRL | Qt::Key_B), [this] { columns_->toggle(ColumnLayout::Side::left); });
  add(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), [this] { columns_->toggle(ColumnLayout::Side::right); });
  add(QKeySequence(Qt::CTRL | Qt::Key_L), [this] {
    columns_->shutDrawers();
    pane_->composer()->focusMessage();
  });
  add(QKeySequence(Qt::Key_F2), [this] {
    columns_->open(ColumnLayout::Side::left);
    sidebar_->list()->renameCurrent();
  });
  add(QKeySequence(Qt::ALT | Qt::Key_Up), [this] { sidebar_->list()->openNeighbour(-1); });
  add(QKeySequence(Qt::ALT | Qt::Key_Down), [this] { sidebar_->list()->openNeighbour(1); });
  add(QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
}

// --- what is kept ------------------------------------------------------------------------------------------------

void MainWindow::onReady() {
  ready_ = true;
  const app::ConversationId last{controller_->setting(QLatin1String(kConversationKey)).toLongLong()};
  const auto& all = controller_->conversations();
  const bool there = std::any_of(all.begin(), all.end(), [&](const auto& c) { return c.id == last; });
  if (there && !options_.newChat) {
    controller_->openConversation(last);
  } else {
    controller_->newConversation();
  }
  if (!options_.model.isEmpty()) {
    openModel(options_.model);
  } else {
    controller_->restoreLastModel();
  }
}

void MainWindow::rememberConversation() {
  if (!ready_) return;
  const QString id = QString::number(controller_->currentId().value);
  if (controller_->setting(QLatin1String(kConversationKey)) != id) {
    controller_->setSetting(QLatin1String(kConversationKey), id);
  }
}

void MainWindow::saveState() {
  state_.geometry = saveGeometry();
  state_.listOpen = columns_->wanted(ColumnLayout::Side::left);
  state_.samplingOpen = columns_->wanted(ColumnLayout::Side::right);
  state_.mode = Theme::instance().mode();
  state_.save(options_.stateFile);
}

void MainWindow::leave() {
  saveState();
  pane_->composer()->storeDraft();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  leave();
  controller_->flush();
  event->accept();
}

void MainWindow::takeOver(const QString& model, bool newChat) {
  setWindowState(windowState() & ~Qt::WindowMinimized);
  show();
  raise();
  activateWindow();
  if (newChat) this->newChat();
  if (!model.isEmpty()) openModel(model);
}

// --- actions -----------------------------------------------------------------------------------------------------

void MainWindow::newChat() {
  controller_->newConversation();
  columns_->shutDrawers();
  pane_->composer()->focusMessage();
}

void MainWindow::openModelDialog() {
  auto* dialog = new QFileDialog(this, tr("Open model"), controller_->setting(QLatin1String(kModelFolderKey)),
                                 tr("Models (*.gguf *.GGUF);;All files (*)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setObjectName(QStringLiteral("Open model dialog"));
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    if (!path.isEmpty()) openModel(path);
  });
  dialog->open();
}

void MainWindow::openModel(const QString& path) {
  if (path != controller_->starterModel()) {
    controller_->setSetting(QLatin1String(kModelFolderKey), QFileInfo(path).absolutePath());
  }
  controller_->loadModel(path);
  pane_->composer()->focusMessage();  // whoever opens a model wants to write to it
}

void MainWindow::askPage(const QString& address) {
  auto* dialog = new PageDialog(address, this);
  connect(dialog, &PageDialog::openRequested, this, [](const QString& page) { QDesktopServices::openUrl(QUrl(page)); });
  dialog->open();
}

void MainWindow::openSettings() {
  columns_->shutDrawers();
  auto* dialog = new SettingsDialog(options_.dataDir, this);
  connect(dialog, &SettingsDialog::modeChosen, this, [this](Theme::Mode mode) {
    Theme::instance().setMode(mode);
    saveState();
  });
  dialog->open();
}

// --- events ------------------------------------------------------------------------------------------------------

bool MainWindow::escape() {
  if (composing_ != nullptr) return true;  // what an input method composes is its own to cancel
  const bool running = controller_->replyStatus(controller_->currentId()).phase != app::ReplyPhase::idle;
  if (running) {
    controller_->stop();
    return true;
  }
  if (columns_->shutDrawers()) {
    pane_->composer()->focusMessage();
    return true;
  }
  if (pane_->composer()->editing() && pane_->composer()->message()->hasFocus()) {
    pane_->composer()->cancelEdit();
    return true;
  }
  return false;
}

bool MainWindow::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::InputMethod) {
    composing_ = static_cast<QInputMethodEvent*>(event)->preeditString().isEmpty() ? nullptr : object;
  } else if (event->type() == QEvent::FocusOut && object == composing_) {
    composing_ = nullptr;  // leaving the field ends or drops what was being composed
  }
  if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape &&
      static_cast<QKeyEvent*>(event)->modifiers() == Qt::NoModifier) {
    auto* widget = qobject_cast<QWidget*>(object);
    // Menus and dialogs are windows of their own; a title that is being edited is the list's.
    if (widget != nullptr && widget->window() == this && !sidebar_->list()->isRenaming() && escape()) return true;
  }
  return QWidget::eventFilter(object, event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (!droppedModel(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  const QString model = droppedModel(event->mimeData());
  if (model.isEmpty()) return;
  event->acceptProposedAction();
  openModel(model);
}

}  // namespace sotto::ui
