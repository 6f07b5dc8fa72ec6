#include "sidebar/conversation_list_model.h"

#include <QLocale>
#include <algorithm>
#include <cmath>

#include "chat/chat_controller.h"

namespace sotto::ui {

ConversationListModel::ConversationListModel(app::ChatController* controller, QObject* parent)
    : QAbstractListModel(parent), controller_(controller) {
  connect(controller, &app::ChatController::conversationsChanged, this, &ConversationListModel::rebuild);
  connect(controller, &app::ChatController::replyStatusChanged, this, [this](app::ConversationId id) {
    const QModelIndex index = indexOf(id);
    if (index.isValid()) emit dataChanged(index, index, {detailRole, activeRole});
  });
  rebuild();
}

void ConversationListModel::setFilter(const QString& text) {
  if (text == filter_) return;
  filter_ = text;
  rebuild();
}

bool ConversationListModel::matches(const app::ConversationSummary& conversation) const {
  const QStringList words = filter_.split(QLatin1Char(' '), Qt::SkipEmptyParts);
  return std::all_of(words.begin(), words.end(), [&](const QString& word) {
    return conversation.title.contains(word, Qt::CaseInsensitive) ||
           conversation.model.contains(word, Qt::CaseInsensitive);
  });
}

void ConversationListModel::rebuild() {
  const QDateTime now = QDateTime::currentDateTime();
  std::vector<Row> rows;
  const auto& all = controller_->conversations();
  for (size_t i = 0; i < all.size(); ++i) {
    if (!matches(all[i])) continue;
    const ListGroup group = listGroup(all[i].updatedAt, now);
    if (rows.empty() || rows.back().group != group) rows.push_back({{}, group, -1});
    rows.push_back({all[i].id, group, static_cast<int>(i)});
  }
  if (rows == rows_) {  // the usual case: a title, a time
    rows_ = std::move(rows);
    if (!rows_.empty()) emit dataChanged(index(0), index(static_cast<int>(rows_.size()) - 1));
    return;
  }
  beginResetModel();
  rows_ = std::move(rows);
  endResetModel();
}

QModelIndex ConversationListModel::indexOf(app::ConversationId id) const {
  if (!id.valid()) return {};
  const auto found = std::find_if(rows_.begin(), rows_.end(), [id](const Row& row) { return row.id == id; });
  return found != rows_.end() ? index(static_cast<int>(found - rows_.begin())) : QModelIndex();
}

app::ConversationId ConversationListModel::idAt(const QModelIndex& index) const {
  if (!index.isValid() || index.row() >= static_cast<int>(rows_.size())) return {};
  return rows_[static_cast<size_t>(index.row())].id;
}

int ConversationListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QString ConversationListModel::detail(const app::ConversationSummary& conversation) const {
  const app::ReplyStatus status = controller_->replyStatus(conversation.id);
  switch (status.phase) {
    case app::ReplyPhase::queued:
      return tr("waiting");
    case app::ReplyPhase::prefill:
      return tr("reading");
    case app::ReplyPhase::decode:
      if (status.tokensPerSecond <= 0) return tr("writing now");
      return tr("writing now · %1 tok/s")
          .arg(QLocale().toString(status.tokensPerSecond, 'f', status.tokensPerSecond < 10 ? 1 : 0));
    case app::ReplyPhase::idle:
      break;
  }
  const QString time = listTime(conversation.updatedAt, QDateTime::currentDateTime());
  return conversation.model.isEmpty() ? time : conversation.model + QStringLiteral(" · ") + time;
}

QVariant ConversationListModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= static_cast<int>(rows_.size())) return {};
  const Row& row = rows_[static_cast<size_t>(index.row())];
  if (!row.id.valid()) {
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole) return listGroupTitle(row.group);
    return role == idRole ? QVariant(qint64(0)) : QVariant();
  }
  // The controller's list may have become shorter within a change that is not announced yet.
  const auto& all = controller_->conversations();
  if (row.at < 0 || row.at >= static_cast<int>(all.size())) return {};
  const app::ConversationSummary& conversation = all[static_cast<size_t>(row.at)];
  switch (role) {
    case Qt::DisplayRole:
      return conversation.title.isEmpty() ? tr("New chat") : conversation.title;
    case Qt::EditRole:
      return conversation.title;
    case Qt::AccessibleTextRole:
      return QString(conversation.title + QStringLiteral(", ") + detail(conversation));
    case idRole:
      return conversation.id.value;
    case detailRole:
      return detail(conversation);
    case activeRole:
      return controller_->replyStatus(conversation.id).phase != app::ReplyPhase::idle;
    default:
      return {};
  }
}

bool ConversationListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const app::ConversationId id = idAt(index);
  const QString title = value.toString().simplified();
  if (role != Qt::EditRole || !id.valid() || title.isEmpty()) return false;
  if (title != data(index, Qt::EditRole).toString()) controller_->renameConversation(id, title);
  return true;
}

Qt::ItemFlags ConversationListModel::flags(const QModelIndex& index) const {
  if (!idAt(index).valid()) return Qt::ItemNeverHasChildren;
  return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable | Qt::ItemNeverHasChildren;
}

}  // namespace sotto::ui
