#include "sidebar/sidebar.h"

#include <QBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>

#include "chat/chat_controller.h"
#include "notice_bar.h"
#include "sidebar/conversation_list.h"
#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

namespace {

constexpr int kUndoMs = 12'000;

// A filter box with its shortcut at the end while it is empty.
class FilterBox : public QLineEdit {
 public:
  using QLineEdit::QLineEdit;

 protected:
  void paintEvent(QPaintEvent* event) override {
    QLineEdit::paintEvent(event);
    if (!text().isEmpty() || hasFocus()) return;
    QPainter painter(this);
    painter.setFont(font());
    painter.setPen(Theme::instance().palette().quietText);
    // The words stand where one would begin to write, which is the keyboard's choice, not the window's.
    const bool right = cursorRect().center().x() < width() / 2;
    painter.drawText(rect().adjusted(10, 0, -10, 0),
                     (right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignAbsolute | Qt::AlignVCenter,
                     QKeySequence(Qt::CTRL | Qt::Key_K)
                         .toString(QKeySequence::NativeText)
                         .replace(QLatin1Char('+'), QLatin1Char(' ')));
  }
};

}  // namespace

Sidebar::Sidebar(app::ChatController* controller, QWidget* parent)
    : QWidget(parent),
      controller_(controller),
      newChat_(new QPushButton(tr("New chat"), this)),
      filter_(new FilterBox(this)),
      list_(new ConversationList(controller, this)),
      undo_(new NoticeBar(this)),
      models_(new QPushButton(tr("Models"), this)) {
  newChat_->setObjectName(QStringLiteral("New chat"));
  newChat_->setAccessibleName(QStringLiteral("New chat"));
  newChat_->setToolTip(tr("New chat (%1)").arg(QKeySequence(QKeySequence::New).toString(QKeySequence::NativeText)));
  newChat_->setFont(Theme::instance().textFont(13, QFont::DemiBold));

  filter_->setObjectName(QStringLiteral("Filter conversations"));
  filter_->setAccessibleName(QStringLiteral("Filter conversations"));
  filter_->setPlaceholderText(tr("Filter conversations"));
  filter_->setFixedHeight(36);
  filter_->setFont(Theme::instance().textFont(13));
  filter_->setTextMargins(4, 0, 4, 0);
  filter_->setClearButtonEnabled(false);
  filter_->installEventFilter(this);

  auto* settings = new QPushButton(tr("Settings"), this);
  settings->setObjectName(QStringLiteral("Settings"));
  models_->setObjectName(QStringLiteral("Models"));
  for (QPushButton* button : {models_, settings}) {
    setButtonKind(button, ButtonKind::quiet);
    button->setAccessibleName(button->objectName());
  }

  auto* head = new QHBoxLayout;
  head->setContentsMargins(18, 0, 18, 0);
  head->addWidget(new Label(QStringLiteral("Sotto"), &Palette::text, 15, this, QFont::DemiBold));
  head->addStretch();
  head->addWidget(newChat_);
  auto* box = new QHBoxLayout;
  box->setContentsMargins(10, 0, 10, 0);
  box->addWidget(filter_);
  auto* bar = new QHBoxLayout;
  bar->setContentsMargins(10, 0, 10, 0);
  bar->addWidget(undo_);
  auto* foot = new QVBoxLayout;
  foot->setContentsMargins(12, 0, 12, 0);
  foot->setSpacing(4);
  foot->addWidget(models_, 0, Qt::AlignLeading);
  foot->addWidget(settings, 0, Qt::AlignLeading);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 16, 1, 12);  // 1 px: the hairline
  column->setSpacing(0);
  column->addLayout(head);
  column->addSpacing(13);
  column->addLayout(box);
  column->addSpacing(4);
  column->addWidget(list_, 1);
  column->addLayout(bar);
  column->addSpacing(8);
  column->addLayout(foot);

  connect(newChat_, &QPushButton::clicked, this, &Sidebar::newChat);
  connect(settings, &QPushButton::clicked, this, &Sidebar::settingsRequested);
  connect(models_, &QPushButton::clicked, this, &Sidebar::modelsRequested);
  connect(filter_, &QLineEdit::textChanged, list_, &ConversationList::setFilter);
  connect(list_, &ConversationList::opened, this, &Sidebar::chosen);
  connect(list_, &ConversationList::deleted, this, &Sidebar::offerUndo);
}

void Sidebar::focusFilter() {
  filter_->setFocus(Qt::ShortcutFocusReason);
  filter_->selectAll();
}

void Sidebar::offerUndo(app::ConversationId id, const QString& title, bool open) {
  undo_->say(
      NoticeBar::Kind::plain, tr("Deleted “%1”").arg(title), tr("Undo"),
      [this, id, open] {
        controller_->undoDelete(id);
        if (open) controller_->openConversation(id);
      },
      kUndoMs);
}

bool Sidebar::eventFilter(QObject* object, QEvent* event) {
  if (object != filter_ || event->type() != QEvent::KeyPress) return QWidget::eventFilter(object, event);
  const auto* key = static_cast<QKeyEvent*>(event);
  switch (key->key()) {
    case Qt::Key_Escape:
      if (filter_->text().isEmpty()) {
        emit chosen();
      } else {
        filter_->clear();
      }
      return true;
    case Qt::Key_Down:
      list_->setFocus(Qt::TabFocusReason);
      if (!list_->currentIndex().isValid()) list_->openNeighbour(1);
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (!list_->currentIndex().isValid()) list_->openNeighbour(1);
      emit chosen();
      return true;
    default:
      return QWidget::eventFilter(object, event);
  }
}

void Sidebar::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = Theme::instance().palette();
  painter.fillRect(rect(), p.side);
  const int edge = layoutDirection() == Qt::RightToLeft ? 0 : width() - 1;
  painter.fillRect(QRect(edge, 0, 1, height()), p.hairline);
}

}  // namespace sotto::ui
