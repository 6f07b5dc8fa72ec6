// The conversation list as a list model: a title row before each group, filtered by a text.
#pragma once

#include <QAbstractListModel>
#include <QHash>
#include <vector>

#include "domain/ids.h"
#include "sidebar/list_time.h"

namespace sotto::app {
class ChatController;
struct ConversationSummary;
}  // namespace sotto::app

namespace sotto::ui {

class ConversationListModel : public QAbstractListModel {
  Q_OBJECT
 public:
  enum Roles {
    idRole = Qt::UserRole + 1,  // qint64; 0 in a group's title row
    detailRole,                 // "Llama 3.1 8B · 14:02", "writing now · 41 tok/s"
    activeRole                  // bool: a reply is being written or waits
  };

  explicit ConversationListModel(app::ChatController* controller, QObject* parent = nullptr);

  void setFilter(const QString& text);  // every word must occur in the title or the model's name
  [[nodiscard]] QString filter() const { return filter_; }
  [[nodiscard]] QModelIndex indexOf(app::ConversationId id) const;
  [[nodiscard]] app::ConversationId idAt(const QModelIndex& index) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;  // EditRole renames
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

 private:
  struct Row {
    app::ConversationId id;  // invalid: a group's title
    ListGroup group = ListGroup::today;
    int at = -1;  // in the controller's list
    friend bool operator==(const Row& a, const Row& b) { return a.id == b.id && a.group == b.group; }
  };
  void rebuild();
  [[nodiscard]] bool matches(const app::ConversationSummary& conversation) const;
  [[nodiscard]] QString detail(const app::ConversationSummary& conversation) const;

  app::ChatController* controller_;
  QString filter_;
  std::vector<Row> rows_;
};

}  // namespace sotto::ui
