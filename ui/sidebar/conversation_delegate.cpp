#include "sidebar/conversation_delegate.h"

#include <QAbstractScrollArea>
#include <QLineEdit>
#include <QPainter>
#include <algorithm>

#include "sidebar/conversation_list_model.h"
#include "theme/paint.h"
#include "theme/theme.h"

namespace sotto::ui {

namespace {

constexpr int kSide = 10;  // px between the list's edge and a row's ground
constexpr int kText = 10;  // px between the ground and the text
constexpr int kRow = 54, kGap = 6;
constexpr int kTitleRow = 36;  // of a group
constexpr char kEdited[] = "conversation";

// The scroll bar takes its room from the margin, so that rows keep their width.
int trailingSide(const QStyleOptionViewItem& option) {
  const auto* view = qobject_cast<const QAbstractScrollArea*>(option.widget);
  return view != nullptr ? std::max(0, kSide - (view->width() - view->viewport()->width())) : kSide;
}

QRect groundOf(const QStyleOptionViewItem& option) {
  const int trailing = trailingSide(option);
  const bool mirrored = option.direction == Qt::RightToLeft;
  return option.rect.adjusted(mirrored ? trailing : kSide, kGap / 2, mirrored ? -kSide : -trailing, -kGap / 2);
}

bool isGroup(const QModelIndex& index) { return index.data(ConversationListModel::idRole).toLongLong() == 0; }

}  // namespace

QSize ConversationDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
  return {1, isGroup(index) ? kTitleRow : kRow + kGap};  // as wide as the list
}

void ConversationDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const {
  const Theme& theme = Theme::instance();
  const Palette& p = theme.palette();
  painter->save();
  if (isGroup(index)) {
    painter->setFont(theme.textFont(12));
    painter->setPen(p.quietText);
    painter->drawText(option.rect.adjusted(kSide + kText, 8, -kSide, 0), Qt::AlignLeading | Qt::AlignVCenter,
                      index.data(Qt::DisplayRole).toString());
    painter->restore();
    return;
  }
  const QRect ground = groundOf(option);
  const bool selected = option.state.testFlag(QStyle::State_Selected);
  if (selected) {
    paintRounded(painter, ground, Metrics::radiusControl, p.accentSoft, {});
  } else if (option.state.testFlag(QStyle::State_MouseOver)) {
    paintRounded(painter, ground, Metrics::radiusControl, p.hover, {});
  }
  // A list that has the focus shows where in it.
  if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
    paintFocusRing(painter, ground, Metrics::radiusControl);
  }

  const QRect text = ground.adjusted(kText, 8, -kText, -8);
  const Qt::Alignment side = leadingSide(option.direction);
  painter->setFont(theme.textFont(13, QFont::Medium));
  painter->setPen(p.text);
  paintLine(painter, QRect(text.left(), text.top(), text.width(), 20), side, index.data(Qt::DisplayRole).toString());

  painter->setFont(theme.textFont(12));
  painter->setPen(p.secondaryText);
  const QRect line(text.left(), text.bottom() - 17, text.width(), 18);
  const QString detail = index.data(ConversationListModel::detailRole).toString();
  if (tabularWidth(painter->fontMetrics(), detail) <= line.width()) {
    paintTabular(painter, line, side, detail);
  } else {
    paintLine(painter, line, side, detail);
  }
  painter->restore();
}

QWidget* ConversationDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&,
                                            const QModelIndex& index) const {
  auto* editor = new QLineEdit(parent);
  editor->setProperty(kEdited, index.data(ConversationListModel::idRole));
  editor->setObjectName(QStringLiteral("Title"));
  editor->setAccessibleName(QStringLiteral("Title"));
  editor->setFont(Theme::instance().textFont(13, QFont::Medium));
  editor->setMaxLength(200);
  return editor;
}

app::ConversationId ConversationDelegate::edited(const QWidget* editor) {
  return {editor->property(kEdited).toLongLong()};
}

// Also called when the row changes, as it does with every token of a reply: what is being typed stays.
void ConversationDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
  auto* field = static_cast<QLineEdit*>(editor);
  const QString title = index.data(Qt::EditRole).toString();
  if (!field->isModified() && field->text() != title) field->setText(title);
}

void ConversationDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                                                const QModelIndex&) const {
  editor->setGeometry(groundOf(option).adjusted(2, 6, -2, -24));  // round the title, above the details
}

}  // namespace sotto::ui
