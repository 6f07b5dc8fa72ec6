#include "sidebar/conversation_list.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QScopedValueRollback>
#include <utility>

#include "chat/chat_controller.h"
#include "sidebar/conversation_delegate.h"
#include "sidebar/conversation_list_model.h"
#include "theme/theme.h"

namespace sotto::ui {

ConversationList::ConversationList(app::ChatController* controller, QWidget* parent)
    : QListView(parent), controller_(controller), model_(new ConversationListModel(controller, this)) {
  setObjectName(QStringLiteral("Conversations"));
  setAccessibleName(QStringLiteral("Conversations"));
  setFrameShape(QFrame::NoFrame);
  viewport()->setAutoFillBackground(false);
  setModel(model_);
  setItemDelegate(new ConversationDelegate(this));
  setSelectionMode(QAbstractItemView::SingleSelection);
  setEditTriggers(QAbstractItemView::NoEditTriggers);  // renaming starts from our own keys and clicks
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setMouseTracking(true);
  setTabKeyNavigation(false);

  connect(model_, &QAbstractItemModel::modelAboutToBeReset, this, &ConversationList::keepRename);
  connect(model_, &QAbstractItemModel::modelReset, this, &ConversationList::showCurrent);
  connect(model_, &QAbstractItemModel::modelReset, this, &ConversationList::goOnRenaming);
  connect(controller, &app::ChatController::currentChanged, this, &ConversationList::showCurrent);
  connect(controller, &app::ChatController::conversationsChanged, this, &ConversationList::showCurrent);
  showCurrent();
}

void ConversationList::setFilter(const QString& text) {
  model_->setFilter(text);
  viewport()->update();  // the words of an empty list name the filter, and no row changes with it
}

void ConversationList::showCurrent() {
  const QScopedValueRollback guard(following_, true);
  const QModelIndex index = model_->indexOf(controller_->currentId());
  if (!index.isValid()) {
    clearSelection();
    setCurrentIndex({});
  } else if (index != currentIndex() || !selectionModel()->isSelected(index)) {
    setCurrentIndex(index);
  }
}

void ConversationList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QListView::currentChanged(current, previous);
  if (following_) return;
  const app::ConversationId id = model_->idAt(current);
  if (!id.valid() || id == controller_->currentId()) return;
  controller_->openConversation(id);
  if (pressing_) emit opened();  // arrows go on through the list
}

void ConversationList::mousePressEvent(QMouseEvent* event) {
  const QScopedValueRollback guard(pressing_, true);
  QListView::mousePressEvent(event);
}

QModelIndex ConversationList::neighbour(const QModelIndex& from, int step) const {
  int row = from.isValid() ? from.row() + step : (step > 0 ? 0 : model_->rowCount() - 1);
  while (row >= 0 && row < model_->rowCount() && !model_->idAt(model_->index(row)).valid()) row += step;
  return row >= 0 && row < model_->rowCount() ? model_->index(row) : QModelIndex();
}

void ConversationList::openNeighbour(int step) {
  const QModelIndex index = neighbour(currentIndex(), step);
  if (index.isValid()) setCurrentIndex(index);
}

void ConversationList::renameCurrent() {
  if (!model_->idAt(currentIndex()).valid()) return;
  scrollTo(currentIndex());
  edit(currentIndex());
}

QLineEdit* ConversationList::titleField() const {
  if (!isRenaming()) return nullptr;
  for (auto* field : viewport()->findChildren<QLineEdit*>()) {
    if (!field->isHidden()) return field;  // one that is hidden is about to be deleted
  }
  return nullptr;
}

void ConversationList::keepRename() {
  const QLineEdit* field = titleField();
  if (field == nullptr) return;
  rename_ = Rename{.id = ConversationDelegate::edited(field), .text = {}, .cursor = field->cursorPosition()};
  if (field->isModified()) rename_->text = field->text();
}

void ConversationList::goOnRenaming() {
  if (!rename_) return;
  const Rename rename = *std::exchange(rename_, std::nullopt);
  const QModelIndex index = model_->indexOf(rename.id);
  if (!index.isValid()) return;
  scrollTo(index);
  edit(index);
  QLineEdit* field = titleField();
  if (field == nullptr || !rename.text) return;
  field->setText(*rename.text);
  field->setModified(true);
  field->setCursorPosition(rename.cursor);
}

void ConversationList::deleteCurrent() {
  const app::ConversationId id = model_->idAt(currentIndex());
  if (id.valid()) remove(id, currentIndex().data(Qt::DisplayRole).toString());
}

void ConversationList::remove(app::ConversationId id, const QString& title) {
  app::ConversationId nextId;
  const bool shown = id == controller_->currentId();
  if (shown) {
    // What is shown next is the neighbour, as in any list; a new chat when none is left.
    const QModelIndex index = model_->indexOf(id);
    QModelIndex next = neighbour(index, 1);
    if (!next.isValid()) next = neighbour(index, -1);
    nextId = model_->idAt(next);
  }
  controller_->deleteConversation(id);
  if (nextId.valid()) controller_->openConversation(nextId);
  emit deleted(id, title, shown);
}

void ConversationList::keyPressEvent(QKeyEvent* event) {
  if (isRenaming()) return event->accept();  // what the title's field leaves is not ours: Enter ends the rename only
  switch (event->key()) {
    case Qt::Key_F2:
      return renameCurrent();
    case Qt::Key_Delete:
      return deleteCurrent();
    case Qt::Key_Return:
    case Qt::Key_Enter:
      emit opened();  // hands the focus to the composer
      return;
    case Qt::Key_Up:
    case Qt::Key_Down:
      if (event->modifiers() == Qt::NoModifier) return openNeighbour(event->key() == Qt::Key_Down ? 1 : -1);
      break;
    default:
      break;
  }
  QListView::keyPressEvent(event);
}

void ConversationList::mouseDoubleClickEvent(QMouseEvent* event) {
  const QModelIndex index = indexAt(event->position().toPoint());
  if (event->button() == Qt::LeftButton && model_->idAt(index).valid()) edit(index);
}

void ConversationList::paintEvent(QPaintEvent* event) {
  QListView::paintEvent(event);
  if (model_->rowCount() > 0 || model_->filter().trimmed().isEmpty()) return;
  QPainter painter(viewport());
  painter.setFont(Theme::instance().textFont(12));
  painter.setPen(Theme::instance().palette().quietText);
  painter.drawText(viewport()->rect().adjusted(20, 12, -20, -12), Qt::AlignLeading | Qt::AlignTop | Qt::TextWordWrap,
                   tr("No conversation has “%1” in its title.").arg(model_->filter().simplified()));
}

void ConversationList::contextMenuEvent(QContextMenuEvent* event) {
  const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
  const QModelIndex index = byKey ? currentIndex() : indexAt(event->pos());
  const app::ConversationId id = model_->idAt(index);
  if (!id.valid()) return;
  const QString title = index.data(Qt::DisplayRole).toString();

  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  const QPersistentModelIndex row = index;
  menu->addAction(tr("Rename") + QStringLiteral("\tF2"), this, [this, row] {
    if (row.isValid()) edit(row);
  });
  QMenu* formats = menu->addMenu(tr("Export"));
  formats->addAction(tr("Markdown…"), this, [this, id] { emit exportRequested(id, QStringLiteral("md")); });
  formats->addAction(tr("Plain text…"), this, [this, id] { emit exportRequested(id, QStringLiteral("txt")); });
  formats->addAction(tr("JSON…"), this, [this, id] { emit exportRequested(id, QStringLiteral("json")); });
  if (controller_->replyStatus(id).phase != app::ReplyPhase::idle) {
    const bool waits = controller_->replyStatus(id).phase == app::ReplyPhase::queued;
    menu->addAction(waits ? tr("Cancel waiting") : tr("Stop writing"), this, [this, id] { controller_->stop(id); });
  }
  menu->addSeparator();
  menu->addAction(tr("Delete") + QStringLiteral("\t") + QKeySequence(Qt::Key_Delete).toString(QKeySequence::NativeText),
                  this, [this, id, title] { remove(id, title); });
  menu->popup(byKey ? viewport()->mapToGlobal(visualRect(index).center()) : event->globalPos());
}

}  // namespace sotto::ui
