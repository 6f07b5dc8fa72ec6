#include "dialogs/prompt_panel.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QTextEdit>

#include "chat/chat_controller.h"
#include "theme/label.h"
#include "theme/paint.h"
#include "theme/style.h"

namespace sotto::ui {

namespace {

constexpr int kLines = 5;

// A text field with the frame of our fields.
class PromptEdit : public QTextEdit {
 public:
  explicit PromptEdit(QWidget* parent) : QTextEdit(parent) {
    setAcceptRichText(false);
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    viewport()->setAutoFillBackground(false);
    setViewportMargins(8, 6, 4, 6);
    document()->setDocumentMargin(0);
    setFont(Theme::instance().textFont(13));
    setFixedHeight(fontMetrics().lineSpacing() * kLines + 14);
  }

 protected:
  bool viewportEvent(QEvent* event) override {
    const bool done = QTextEdit::viewportEvent(event);
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return done;
  }
  bool event(QEvent* event) override {
    if (event->type() == QEvent::Paint) {
      QPainter painter(this);
      const Palette& p = Theme::instance().palette();
      paintRounded(&painter, rect(), Metrics::radiusControl, p.field, hasFocus() ? p.accent : p.hairline);
      return true;
    }
    return QTextEdit::event(event);
  }
};

}  // namespace

PromptPanel::PromptPanel(app::ChatController* controller, QWidget* parent)
    : QWidget(parent), controller_(controller), edit_(new PromptEdit(this)) {
  setObjectName(QStringLiteral("System prompt panel"));
  edit_->setObjectName(QStringLiteral("System prompt text"));
  edit_->setAccessibleName(QStringLiteral("System prompt text"));
  edit_->setPlaceholderText(tr("For example: You are a patient teacher. Answer in short sentences."));
  auto* done = new QPushButton(tr("Done"), this);
  done->setObjectName(QStringLiteral("Close system prompt"));

  auto* column = new QVBoxLayout;
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(8);
  auto* row = new QHBoxLayout;
  auto* words =
      new Label(tr("System prompt: what the model is told before this conversation. It holds from the next reply on."),
                &Palette::secondaryText, 12, this);
  words->setWordWrap(true);
  row->addWidget(words, 1);
  row->addWidget(done, 0, Qt::AlignTop);
  column->addLayout(row);
  column->addWidget(edit_);
  auto* box = new QWidget(this);
  box->setLayout(column);
  box->setMaximumWidth(Metrics::textColumn);
  auto* centre = new QHBoxLayout(this);
  centre->setContentsMargins(24, 12, 24, 13);
  centre->addStretch();
  centre->addWidget(box, 100);
  centre->addStretch();

  connect(edit_, &QTextEdit::textChanged, this, [this] {
    if (!filling_) controller_->setSystemPrompt(edit_->toPlainText());
  });
  connect(done, &QPushButton::clicked, this, &PromptPanel::shut);
  connect(controller, &app::ChatController::currentChanged, this, &PromptPanel::refresh);
  hide();
}

void PromptPanel::open() {
  refresh();
  show();
  edit_->setFocus(Qt::OtherFocusReason);
  edit_->moveCursor(QTextCursor::End);
}

void PromptPanel::shut() {
  hide();
  emit closed();
}

void PromptPanel::refresh() {
  const QScopedValueRollback guard(filling_, true);
  edit_->setPlainText(controller_->settings().systemPrompt);
}

void PromptPanel::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape) return shut();
  QWidget::keyPressEvent(event);
}

void PromptPanel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = Theme::instance().palette();
  painter.fillRect(rect(), p.panel);
  painter.fillRect(QRect(0, height() - 1, width(), 1), p.hairline);
}

}  // namespace sotto::ui
