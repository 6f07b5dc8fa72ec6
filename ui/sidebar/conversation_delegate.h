// Paints the rows of the conversation list and edits a title in place.
#pragma once

#include <QStyledItemDelegate>

#include "domain/ids.h"

namespace sotto::ui {

class ConversationDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void setEditorData(QWidget* editor, const QModelIndex& index) const override;
  void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const override;

  // Whose title a field edits.
  [[nodiscard]] static app::ConversationId edited(const QWidget* editor);
};

}  // namespace sotto::ui
