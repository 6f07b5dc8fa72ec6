#include "conversation_pane.h"

#include <QBoxLayout>
#include <QDesktopServices>
#include <QFileInfo>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QUrl>
#include <algorithm>
#include <utility>

#include "chat/chat_controller.h"
#include "composer/composer.h"
#include "dialogs/prompt_panel.h"
#include "header_bar.h"
#include "library/model_menu.h"
#include "library/welcome_view.h"
#include "notice_bar.h"
#include "theme/theme.h"
#include "transcript/controller_source.h"
#include "transcript/transcript_view.h"

namespace sotto::ui {

namespace {

constexpr int kNoticeMs = 10'000;
constexpr int kSide = 24;  // px beside the composer in a narrow column, as beside the transcript

}  // namespace

ConversationPane::ConversationPane(app::ChatController* controller, QWidget* parent)
    : QWidget(parent),
      controller_(controller),
      header_(new HeaderBar(controller, this)),
      prompt_(new PromptPanel(controller, this)),
      notice_(new NoticeBar(this)),
      stack_(new QStackedWidget(this)),
      transcript_(new TranscriptView(this)),
      welcome_(new WelcomeView(controller, this)),
      composer_(new Composer(controller, this)),
      composerRow_(new QWidget(this)) {
  stack_->addWidget(welcome_);
  stack_->addWidget(transcript_);
  composer_->setMaximumWidth(Metrics::textColumn);
  auto* centre = new QHBoxLayout(composerRow_);
  centre->setContentsMargins(kSide, 0, kSide, 10);
  centre->addStretch();
  centre->addWidget(composer_, 100);
  centre->addStretch();
  auto* notices = new QHBoxLayout;
  notices->setContentsMargins(kSide, 0, kSide, 0);
  notices->addStretch();
  notice_->setMaximumWidth(Metrics::textColumn);
  notices->addWidget(notice_, 100);
  notices->addStretch();

  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(header_);
  column->addWidget(prompt_);
  column->addWidget(stack_, 1);
  column->addLayout(notices);
  column->addSpacing(8);
  column->addWidget(composerRow_);

  connect(header_, &HeaderBar::promptToggled, this, [this] {
    if (prompt_->isVisible()) {
      prompt_->shut();
    } else {
      prompt_->open();
      header_->setPromptOpen(true);
    }
  });
  connect(prompt_, &PromptPanel::closed, this, [this] {
    header_->setPromptOpen(false);
    composer_->focusMessage();
  });
  connect(welcome_, &WelcomeView::openRequested, this, &ConversationPane::openModelRequested);
  connect(welcome_, &WelcomeView::pageRequested, this, &ConversationPane::pageRequested);
  connect(composer_, &Composer::openModelRequested, this, &ConversationPane::openModelRequested);
  connect(controller, &app::ChatController::currentChanged, this, &ConversationPane::chooseView);
  connect(controller, &app::ChatController::pathChanged, this, &ConversationPane::chooseView);
  connectNotices();
  connectTranscript();
  chooseView();
}

void ConversationPane::connectTranscript() {
  transcript_->setSource(new ControllerSource(*controller_, this));
  using T = TranscriptView;
  connect(transcript_, &T::regenerateRequested, controller_, &app::ChatController::regenerate);
  connect(transcript_, &T::continueRequested, controller_, &app::ChatController::continueReply);
  connect(transcript_, &T::versionRequested, controller_, &app::ChatController::showVersion);
  connect(transcript_, &T::cancelRequested, this, [this] { controller_->stop(); });
  connect(transcript_, &T::editStarted, this, &ConversationPane::edit);
  connect(transcript_, &T::newChatRequested, this, &ConversationPane::newChatAfter);
  connect(transcript_, &T::linkActivated, this, [](const QUrl& url) { QDesktopServices::openUrl(url); });
  connect(composer_, &Composer::editLastRequested, this, &ConversationPane::editLast);
}

void ConversationPane::edit(app::MessageId id) {
  const app::ConversationTree* tree = controller_->current();
  const app::Message* message = tree != nullptr ? tree->find(id) : nullptr;
  if (message != nullptr && message->role == app::Role::user) composer_->beginEdit(id, message->content);
}

void ConversationPane::editLast() {
  const app::ConversationTree* tree = controller_->current();
  if (tree == nullptr) return;
  const std::vector<app::MessageId> path = tree->activePath();
  const auto last = std::find_if(path.rbegin(), path.rend(),
                                 [&](app::MessageId id) { return tree->find(id)->role == app::Role::user; });
  if (last != path.rend()) edit(*last);
}

// A question that did not fit any more goes with the person.
void ConversationPane::newChatAfter(app::MessageId reply) {
  const app::ConversationTree* tree = controller_->current();
  const app::Message* message = tree != nullptr ? tree->find(reply) : nullptr;
  if (message == nullptr) return;
  const app::Message* question = tree->find(message->parent);
  const bool unanswered = message->state == app::MessageState::failed && question != nullptr;
  emit newChatRequested(unanswered ? question->content : QString());
}

void ConversationPane::connectNotices() {
  using C = app::ChatController;
  connect(controller_, &C::notice, this,
          [this](const QString& sentence) { notice_->say(NoticeBar::Kind::plain, sentence, {}, {}, kNoticeMs); });
  connect(controller_, &C::storageFailed, this, [this](const QString& sentence) {
    storageFailure_ = sentence;
    notice_->say(NoticeBar::Kind::error, sentence);
  });
  connect(controller_, &C::storageRecovered, this, [this] { notice_->withdraw(std::exchange(storageFailure_, {})); });
  connect(controller_, &C::exportFailed, this,
          [this](const QString& sentence) { notice_->say(NoticeBar::Kind::error, sentence); });
  connect(controller_, &C::exported, this, [this](const QString& path, int conversations) {
    const QFileInfo target(path);
    const QString sentence = target.isDir()
                                 ? tr("Exported %n conversations to %1", nullptr, conversations).arg(target.fileName())
                                 : tr("Exported to %1").arg(target.fileName());
    const QString folder = target.isDir() ? path : target.absolutePath();
    notice_->say(
        NoticeBar::Kind::plain, sentence, tr("Open folder"),
        [folder] { QDesktopServices::openUrl(QUrl::fromLocalFile(folder)); }, kNoticeMs);
  });
  connect(controller_, &C::modelChanged, this, &ConversationPane::showModelFailure);
  connect(controller_, &C::modelRefused, this, &ConversationPane::sayModelFailure);
}

void ConversationPane::showModelFailure() {
  const app::ModelStatus& model = controller_->modelStatus();
  if (model.state == app::ModelState::failed) {
    sayModelFailure(model.error);
  } else if (model.state == app::ModelState::loading) {
    notice_->withdraw(std::exchange(modelFailure_, {}));
  }
}

void ConversationPane::sayModelFailure(const QString& sentence) {
  modelFailure_ = sentence;
  // The welcome has a button for that where no model is there.
  const bool offered =
      stack_->currentWidget() == welcome_ && controller_->modelStatus().state == app::ModelState::failed;
  notice_->say(NoticeBar::Kind::error, sentence, offered ? QString() : tr("Open another model…"),
               [this] { emit openModelRequested(); });
}

void ConversationPane::chooseView() {
  const app::ConversationTree* tree = controller_->current();
  const bool empty = tree == nullptr || tree->messages().empty();
  stack_->setCurrentWidget(empty ? static_cast<QWidget*>(welcome_) : transcript_);
}

void ConversationPane::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  const int line = composer_->fontMetrics().lineSpacing();
  composer_->setMaximumLines(std::clamp(height() * 2 / 5 / std::max(1, line), 3, 16));
}

void ConversationPane::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::instance().palette().background);
}

}  // namespace sotto::ui
