#include "transcript/transcript_view.h"

#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <algorithm>

#include "transcript/transcript_accessible.h"

namespace sotto::ui {

namespace {
constexpr int sideMargin = 24;  // at least, beside the column
constexpr int ahead = 240;      // px laid out above and below the viewport
constexpr int wheelStep = 26;   // px, a third of a wheel's notch
}  // namespace

TranscriptView::TranscriptView(QWidget* parent) : QAbstractScrollArea(parent) {
  installTranscriptAccessibility();  // before the name, which makes Qt ask for the interface and keep what it gets
  setObjectName(QStringLiteral("Transcript"));
  setAccessibleName(QStringLiteral("Transcript"));
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFocusPolicy(Qt::StrongFocus);
  viewport()->setMouseTracking(true);
  viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
  verticalScrollBar()->setSingleStep(wheelStep);
  connect(&Theme::instance(), &Theme::changed, this, &TranscriptView::applyLook);
  // A drag of the bar works on the range that it began with; afterwards the bar learns the present one.
  connect(verticalScrollBar(), &QScrollBar::sliderReleased, this, &TranscriptView::syncBar);
  applyLook();
}

TranscriptView::~TranscriptView() = default;

void TranscriptView::setSource(TranscriptSource* source) {
  if (source_) disconnect(source_, nullptr, this, nullptr);
  source_ = source;
  const auto showAll = [this] {
    stick_ = true;
    focusRow_ = hoverRow_ = hoverButton_ = hoverCopy_ = -1;
    focusStop_.reset();
    setSelection({});
    changeRows([this] { rows_.setSource(source_); });
  };
  if (source != nullptr) {
    connect(source, &TranscriptSource::reset, this, showAll);
    connect(source, &TranscriptSource::pathChanged, this, &TranscriptView::onPathChanged);
    connect(source, &TranscriptSource::messageChanged, this, &TranscriptView::onMessageChanged);
    connect(source, &TranscriptSource::statusChanged, this, [this] { changeRows([this] { rows_.statusChanged(); }); });
    connect(source, &QObject::destroyed, this, [this] { setSource(nullptr); });
  }
  showAll();
}

void TranscriptView::applyLook() {
  Look look = Look::of(Theme::instance());
  look.mirrored = layoutDirection() == Qt::RightToLeft;
  look_ = std::make_shared<const Look>(std::move(look));
  changeRows([this] { rows_.setLook(look_, columnWidth()); });
}

// Centred in the view, not in the viewport: text does not move when the scroll bar comes, and stands above the
// composer.
int TranscriptView::columnWidth() const { return std::clamp(width() - 2 * sideMargin, 120, Metrics::textColumn); }

int TranscriptView::columnX() const { return std::max(0, (width() - columnWidth()) / 2 - viewport()->x()); }

int TranscriptView::maximum() const { return std::max(0, rows_.height() - viewport()->height()); }

void TranscriptView::settle(const TranscriptRows::Anchor& anchor) {
  const int height = viewport()->height();
  const auto place = [&] { return stick_ && !selecting_ ? maximum() : std::clamp(rows_.y(anchor), 0, maximum()); };
  // Laying out changes heights, and so what is in view: a few rounds find what stays.
  for (int round = 0; round < 8; ++round) {
    scroll_ = place();
    if (!rows_.layOut(scroll_ - ahead, scroll_ + height + ahead)) break;
  }
  scroll_ = place();
  if (std::abs(scroll_ - releasedAt_) > height) {
    releasedAt_ = scroll_;
    rows_.release(scroll_ - 2 * height, scroll_ + 3 * height);
  }
  syncBar();
  viewport()->update();
  if (rows_.partlyRead() >= 0 && !reading_.isActive()) reading_.start(0, this);
}

void TranscriptView::syncBar() {
  if (verticalScrollBar()->isSliderDown()) return;
  syncing_ = true;
  verticalScrollBar()->setPageStep(std::max(1, viewport()->height() - 2 * wheelStep));
  verticalScrollBar()->setRange(0, maximum());
  verticalScrollBar()->setValue(scroll_);
  syncing_ = false;
}

void TranscriptView::setScroll(int scroll) {
  scroll_ = std::clamp(scroll, 0, maximum());
  stick_ = scroll_ >= maximum() - 1;
  settle(rows_.anchorAt(scroll_));
}

void TranscriptView::scrollContentsBy(int, int) {
  if (syncing_) return;
  const QScrollBar* bar = verticalScrollBar();
  const bool dragged = bar->isSliderDown() && bar->maximum() > 0;
  setScroll(dragged ? int(qint64(bar->value()) * maximum() / bar->maximum()) : bar->value());
  if (underMouse()) hover(viewport()->mapFromGlobal(QCursor::pos()));
}

void TranscriptView::scrollToEnd() {
  stick_ = true;
  settle({});
}

void TranscriptView::scrollToMessage(app::MessageId id) {
  if (const int row = rows_.rowOf(id); row >= 0) showRow(row);
}

void TranscriptView::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  changeRows([this] {
    if (columnWidth() != laidOutWidth_) rows_.setLook(look_, columnWidth());
    laidOutWidth_ = columnWidth();
  });
}

void TranscriptView::onPathChanged(int row) {
  const auto idAt = [this](int at) { return at < rows_.count() ? rows_.item(at).id() : app::MessageId(); };
  const app::MessageId from = idAt(selection_.anchor.row);
  const app::MessageId to = idAt(selection_.head.row);
  TranscriptRows::Anchor anchor = rows_.anchorAt(scroll_);
  const int before = scroll_;
  rows_.pathChanged(row);
  // What replaces a row that is in view begins where the old one began.
  if (anchor.row >= row) anchor = rows_.anchorAt(std::min(before, maximum()));
  // A message that was just sent is meant to be seen.
  const bool sent = row < source_->count() && source_->at(row).role == app::Role::user &&
                    source_->at(source_->count() - 1).state == app::MessageState::streaming;
  if (sent) stick_ = true;
  if (!selection_.isEmpty() && (idAt(selection_.anchor.row) != from || idAt(selection_.head.row) != to)) {
    setSelection({});
  }
  if (focusRow_ >= rows_.count()) focusRow_ = rows_.count() - 1;
  settle(anchor);
  hover(lastMouse_);
}

void TranscriptView::onMessageChanged(int row) {
  if (row < 0 || row >= rows_.count()) return;
  // The end of the text may have been read anew: what is selected there is found again by its place in the source.
  const MessageBody* body = rows_.item(row).body();
  const auto source = [&](const Position& p) { return body != nullptr && p.row == row ? body->toSource(p.place) : -1; };
  const int anchorSource = source(selection_.anchor);
  const int headSource = source(selection_.head);
  const int unitSources[] = {source(unitAnchor_.first), source(unitAnchor_.second)};
  changeRows([&] { rows_.messageChanged(row); });
  body = rows_.item(row).body();
  const auto renew = [&](Position* position, int at) {
    if (at >= 0 && body != nullptr && position->place.block >= rows_.item(row).changedFrom()) {
      position->place = body->fromSource(at);
    }
  };
  renew(&selection_.anchor, anchorSource);
  renew(&selection_.head, headSource);
  renew(&unitAnchor_.first, unitSources[0]);
  renew(&unitAnchor_.second, unitSources[1]);
}

void TranscriptView::paintEvent(QPaintEvent* event) {
  QPainter painter(viewport());
  const QRect clip = event->rect();
  painter.fillRect(clip, look_->palette.background);
  if (rows_.count() == 0) return;
  const Position from = selection_.from();
  const Position to = selection_.to();
  for (int row = std::max(0, rows_.rowAt(scroll_ + clip.top())); row < rows_.count(); ++row) {
    const QPoint at(columnX(), rows_.top(row) - scroll_);
    if (at.y() > clip.bottom()) break;
    const MessageItem& item = rows_.item(row);
    MessageItem::Painting painting;
    painting.focused = hasFocus() && focusShown_ && focusRow_ == row;
    if (painting.focused && focusStop_) {
      painting.focused = false;
      painting.focusedButton = focusStop_->button;
      if (focusStop_->button < 0) painting.body.focused = &focusStop_->spot;
    }
    painting.hovered = hoverRow_ == row || (hasFocus() && focusShown_ && focusRow_ == row);
    painting.hotButton = hoverRow_ == row ? hoverButton_ : -1;
    painting.copied = copiedMessage_ == item.id() && copiedBlock_ < 0 && copiedTimer_.isActive();
    painting.body.copyHovered = hoverRow_ == row ? hoverCopy_ : -1;
    painting.body.thoughtHovered = hoverRow_ == row && hoverThought_;
    painting.body.copied = copiedMessage_ == item.id() && copiedTimer_.isActive() ? copiedBlock_ : -1;
    painting.body.selected = !selection_.isEmpty() && item.body() != nullptr && row >= from.row && row <= to.row;
    if (painting.body.selected) {
      painting.body.from = row == from.row ? from.place : Place{};
      painting.body.to = row == to.row ? to.place : item.body()->end();
    }
    item.paint(&painter, at, clip, painting);
  }
}

QRect TranscriptView::messageRect(app::MessageId id) const {
  const int row = rows_.rowOf(id);
  if (row < 0) return {};
  return rows_.item(row).outline().translated(columnX(), rows_.top(row) - scroll_);
}

QRect TranscriptView::actionRect(app::MessageId id, MessageAction action) const {
  const int row = rows_.rowOf(id);
  if (row < 0) return {};
  for (const MessageItem::Button& button : rows_.item(row).buttons()) {
    if (button.item.action == action) return button.rect.translated(columnX(), rows_.top(row) - scroll_);
  }
  return {};
}

QRect TranscriptView::thoughtRect(app::MessageId id) const {
  const int row = rows_.rowOf(id);
  if (row < 0 || rows_.item(row).body() == nullptr) return {};
  const std::vector<QRect> rects = rows_.item(row).body()->rects({.block = 0, .link = {}, .thought = true});
  if (rects.empty()) return {};
  return rects.front().translated(rows_.item(row).bodyAt()).translated(columnX(), rows_.top(row) - scroll_);
}

QRect TranscriptView::copyCodeRect(app::MessageId id, int block) const {
  const int row = rows_.rowOf(id);
  if (row < 0 || rows_.item(row).body() == nullptr) return {};
  const QRect rect = rows_.item(row).body()->copyRect(block);
  if (rect.isEmpty()) return {};
  return rect.translated(rows_.item(row).bodyAt()).translated(columnX(), rows_.top(row) - scroll_);
}

QRect TranscriptView::letterRect(app::MessageId id, int block, int offset) const {
  const int row = rows_.rowOf(id);
  if (row < 0 || rows_.item(row).body() == nullptr) return {};
  const MessageBody& body = *rows_.item(row).body();
  QRect rect = body.cursorRect({block, offset});
  const QRect next = body.cursorRect({block, offset + 1});
  if (next.top() == rect.top()) rect.setWidth(std::max(1, next.left() - rect.left()));
  return rect.translated(rows_.item(row).bodyAt()).translated(columnX(), rows_.top(row) - scroll_);
}

}  // namespace sotto::ui
