#include "transcript/message_item.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "theme/paint.h"
#include "transcript/change_marks.h"

namespace sotto::ui {

using app::MessageState;

namespace {

constexpr int rowGap = 5;               // between a reply and its row
constexpr int replyGap = 18;            // below a reply's row
constexpr int shrinkLimit = 4000;       // characters; a longer message's bubble is as wide as can be
constexpr qsizetype piece = 1'000'000;  // characters that are read at a time

int estimatedHeight(QStringView text, int width, const Look& look) {
  int blank = 0;
  for (qsizetype at = text.indexOf(u"\n\n"); at >= 0; at = text.indexOf(u"\n\n", at + 2)) ++blank;
  return estimatedLines(text, width, look.text) * look.text.height - blank * (look.text.height - space::line);
}

}  // namespace

void MessageItem::setState(const app::Message& message) {
  if (id_ != message.id) body_.reset();
  id_ = message.id;
  role_ = message.role;
  streaming_ = message.state == MessageState::streaming;
  failure_ = message.state == MessageState::failed ? message.error : QString();
  failureActions_ = message.state == MessageState::failed ? failureActionsOf(message) : std::vector<ActionItem>();
  if (message.state == MessageState::failed && failure_.isEmpty()) {
    failure_ = QCoreApplication::translate("MessageActions", "The reply could not be written.");
  }
  if (look_ && !body_ && estimated_ != message.content.size()) {
    estimate_ = message.content.isEmpty() ? 0 : estimatedHeight(message.content, bodyWidth(), *look_);
    estimated_ = message.content.size();
  }
}

void MessageItem::sketch(const app::Message& message) {
  body_.reset();
  actions_.clear();
  sketch_ = true;
  setState(message);
  if (look_) arrange();
}

void MessageItem::update(const app::Message& message, const TranscriptSource::Versions& versions,
                         const app::ReplyStatus& status, bool last) {
  setState(message);
  sketch_ = false;
  last_ = last;
  writing_ = streaming_ &&
             (!message.content.isEmpty() || (status.message == message.id && status.phase == app::ReplyPhase::decode));
  actions_ = actionsOf(message, versions, status);
  if (body_) {
    if (isUser() && body_->source() != message.content) inner_ = -1;
    read(message);
  }
  if (look_) arrange();
}

void MessageItem::read(const app::Message& message, bool toTheEnd) {
  const QString& text = message.content;
  qsizetype end = text.size();
  if (!toTheEnd && end - body_->source().size() > piece) {
    const qsizetype most = body_->source().size() + piece;
    const qsizetype line = text.lastIndexOf(u'\n', most);
    end = line > body_->source().size() ? line + 1 : most;
    if (text.at(end - 1).isHighSurrogate()) --end;
  }
  partlyRead_ = end < text.size();
  changedFrom_ = body_->setText(partlyRead_ ? text.left(end) : text, !streaming_ && !partlyRead_);
  body_->setThoughtFolded(folded_.value_or(!body_->hasOpenThought()));
  body_->setMarks(changeMarks(message));
}

void MessageItem::readToTheEnd(const app::Message& message) {
  if (!isPartlyRead()) return;
  read(message, true);
  arrange();
}

void MessageItem::toggleThought() {
  if (!body_) return;
  folded_ = !body_->isThoughtFolded();
  body_->setThoughtFolded(*folded_);
  arrange();
}

int MessageItem::bodyWidth() const { return isUser() ? width_ * 78 / 100 - 2 * space::bubbleX : width_; }

void MessageItem::setLook(std::shared_ptr<const Look> look, int width) {
  if (look == look_ && width == width_) return;
  look_ = std::move(look);
  if (width != width_) estimated_ = -1;
  width_ = width;
  inner_ = -1;
  if (body_) body_->setLook(look_, bodyWidth());
}

bool MessageItem::layOut(const app::Message& message, int top, int bottom) {
  const int before = height_;
  if (!body_) {
    body_ = std::make_unique<MessageBody>(isUser());
    body_->setLook(look_, bodyWidth());
    read(message);
    inner_ = -1;
    arrange();
  }
  if (body_->layOut(top - bodyRect_.top(), bottom - bodyRect_.top())) arrange();
  return height_ != before;
}

void MessageItem::release(int top, int bottom) {
  if (body_) body_->release(top - bodyRect_.top(), bottom - bodyRect_.top());
}

void MessageItem::forget() {
  if (!body_) return;
  estimate_ = body_->height();
  estimated_ = body_->source().size();
  body_.reset();
  actions_.clear();
  buttons_.clear();
  sketch_ = true;
}

QRect MessageItem::outline() const { return isUser() ? bubble_ : bodyRect_; }

void MessageItem::arrange() {
  const int bodyHeight = body_ ? body_->height() : estimate_;
  if (isUser()) {
    arrangeBubble(bodyHeight);
    return;
  }
  bodyRect_ = QRect(0, 0, width_, bodyHeight);
  if (writing_ && bodyHeight == 0) bodyRect_.setHeight(look_->text.height);
  int y = bodyRect_.height();
  failureRect_ = {};
  if (!failure_.isEmpty()) {
    if (y > 0) y += space::around;
    LinesSetup setup{.grid = look_->text, .width = width_ - 14, .rightToLeft = failure_.isRightToLeft()};
    failureLines_.layOut(failure_, {}, setup);
    failureRect_ = QRect(0, y, width_, failureLines_.height() + space::actions);
    y += failureRect_.height();
  }
  if (y > 0) y += rowGap;
  arrangeButtons(y);
  height_ = y + space::actions + replyGap;
}

void MessageItem::arrangeBubble(int bodyHeight) {
  if (inner_ < 0) {
    inner_ = bodyWidth();
    if (body_ && body_->source().size() <= shrinkLimit) {
      body_->setLook(look_, bodyWidth());
      inner_ = std::min(bodyWidth(), body_->naturalWidth() + 1);
      body_->setLook(look_, inner_);  // so that what stands right in it does
      body_->layOut(0, body_->height());
      bodyHeight = body_->height();
    }
  }
  const QSize size(inner_ + 2 * space::bubbleX, bodyHeight + 2 * space::bubbleY);
  bubble_ = QRect(QPoint(look_->mirrored ? 0 : width_ - size.width(), 0), size);
  bodyRect_ = QRect(bubble_.left() + space::bubbleX, space::bubbleY, inner_, bodyHeight);
  arrangeButtons(size.height());
  height_ = size.height() + space::actions;
}

void MessageItem::arrangeButtons(int top) {
  buttons_.clear();
  if (sketch_) return;
  if (!failureRect_.isEmpty()) {
    QFont font = look_->small.font;
    font.setWeight(QFont::DemiBold);
    const QFontMetrics metrics(font);
    int x = 10;
    for (const ActionItem& item : failureActions_) {
      const int wide = metrics.horizontalAdvance(item.text) + 8;
      buttons_.push_back({item, QRect(x, failureRect_.bottom() - space::actions + 1, wide, space::actions), true});
      x += wide + item.gap - 8;
    }
  }
  // What is always seen stands first; so nothing moves when the rest appears.
  const size_t begin = buttons_.size();
  const auto place = [&](int spared) {
    buttons_.resize(begin);
    int x = -4;
    for (const ActionItem& item : actions_) {
      if (item.spare > 0 && item.spare <= spared) continue;
      if (buttons_.size() > begin) x += item.gap - 8;
      const int wide = tabularWidth(QFontMetrics(look_->small.font), item.text) + 8;
      buttons_.push_back({item, QRect(x, top, wide, space::actions), false});
      x += wide;
    }
    return x;
  };
  int x = place(0);
  for (int spared = 1; x > width_ + 4 && spared <= 2; ++spared) x = place(spared);
  for (size_t i = begin; isUser() && i < buttons_.size(); ++i) buttons_[i].rect.translate(width_ - x + 4, 0);
  for (Button& button : buttons_) {
    if (look_->mirrored) button.rect.moveLeft(width_ - button.rect.left() - button.rect.width());
  }
}

int MessageItem::buttonAt(QPoint point, bool hovered) const {
  for (size_t i = 0; i < buttons_.size(); ++i) {
    const Button& button = buttons_[i];
    if (button.item.action == MessageAction::none || !button.item.enabled) continue;
    if ((hovered || button.item.always || last_) && button.rect.contains(point)) return int(i);
  }
  return -1;
}

MessageItem::Anchor MessageItem::anchorAt(int y) const {
  Anchor anchor;
  anchor.inBody = body_ && y >= bodyRect_.top() && y < bodyRect_.top() + bodyRect_.height();
  if (anchor.inBody) anchor.body = body_->anchorAt(y - bodyRect_.top());
  anchor.fromBottom = height_ - y;
  return anchor;
}

int MessageItem::y(const Anchor& anchor) const {
  if (anchor.inBody && body_) return bodyRect_.top() + body_->y(anchor.body);
  return height_ - anchor.fromBottom;
}

void MessageItem::paint(QPainter* painter, QPoint at, QRect clip, Painting painting) const {
  const Palette& palette = look_->palette;
  painter->setRenderHint(QPainter::Antialiasing);
  if (isUser()) {
    // Sharper where it points to its sender.
    const QRectF r = QRectF(bubble_).translated(at);
    const double round = Metrics::radiusBubble;
    const double sharp = 4;
    QPainterPath path;
    path.moveTo(r.left() + round, r.top());
    path.lineTo(r.right() - round, r.top());
    path.arcTo(r.right() - 2 * round, r.top(), 2 * round, 2 * round, 90, -90);
    path.lineTo(r.right(), r.bottom() - sharp);
    path.arcTo(r.right() - 2 * sharp, r.bottom() - 2 * sharp, 2 * sharp, 2 * sharp, 0, -90);
    path.lineTo(r.left() + round, r.bottom());
    path.arcTo(r.left(), r.bottom() - 2 * round, 2 * round, 2 * round, 270, -90);
    path.lineTo(r.left(), r.top() + round);
    path.arcTo(r.left(), r.top(), 2 * round, 2 * round, 180, -90);
    if (look_->mirrored) path = QTransform(-1, 0, 0, 1, r.left() + r.right(), 0).map(path);
    painter->fillPath(path, palette.userBubble);
  }
  if (painting.focused) {
    paintFocusRing(painter, QRectF(outline()).translated(at).adjusted(-6, -5, 6, 5), Metrics::radiusBubble);
  }
  if (body_) {
    painting.body.painter = painter;
    painting.body.at = at + bodyRect_.topLeft();
    painting.body.clip = clip;
    body_->paint(painting.body);
  }
  if (writing_) {
    // The caret of the reply that is being written.
    QRect line(0, 0, 0, look_->text.height);
    if (body_ && !body_->blocks().empty()) line = body_->cursorRect(body_->end());
    if (body_ && body_->isThoughtFolded() && !body_->blocks().empty() && body_->blocks().back().isThought()) {
      line = body_->thoughtButton();  // it grows out of sight
      line.moveLeft(look_->mirrored ? line.left() - 14 : line.right() + 2);
    }
    const QRectF caret(line.left() + 1.0, line.center().y() - 7.0, 7, 15);
    painter->setPen(Qt::NoPen);
    painter->setBrush(palette.accent);
    painter->drawRoundedRect(caret.translated(at + bodyRect_.topLeft()), 1, 1);
  }
  if (!failureRect_.isEmpty()) {
    const QPoint corner = at + failureRect_.topLeft();
    const QPoint bar = corner + QPoint(look_->mirrored ? width_ - 2 : 0, 0);
    painter->fillRect(QRect(bar, QSize(2, failureRect_.height())), palette.caution);
    painter->setPen(palette.text);
    failureLines_.draw(painter, corner + QPoint(look_->mirrored ? 0 : 14, 0), clip, {});
  }
  paintButtons(painter, at, painting);
}

void MessageItem::paintButtons(QPainter* painter, QPoint at, const Painting& painting) const {
  const Palette& palette = look_->palette;
  painter->setFont(look_->small.font);
  for (size_t i = 0; i < buttons_.size(); ++i) {
    const Button& button = buttons_[i];
    if (!painting.hovered && !button.item.always && !last_) continue;
    const bool hot = painting.hotButton == int(i);
    const bool pressable = button.item.action != MessageAction::none;
    QColor color = palette.quietText;
    if (pressable && !button.item.enabled) color.setAlphaF(0.45F);
    if (button.inFailure || (pressable && button.item.always)) color = palette.secondaryText;
    if (hot) color = palette.text;
    painter->setPen(color);
    QFont font = look_->small.font;
    if (button.inFailure) font.setWeight(QFont::DemiBold);
    painter->setFont(font);
    const QRect rect = button.rect.translated(at);
    const bool copied = painting.copied && button.item.action == MessageAction::copy;
    paintTabular(painter, rect.adjusted(4, 0, -4, 0), look_->mirrored ? Qt::AlignRight : Qt::AlignLeft,
                 copied ? QCoreApplication::translate("Transcript", "Copied") : button.item.text);
    if (painting.focusedButton == int(i)) paintFocusRing(painter, QRectF(rect).adjusted(-1, 1, 1, -1), 6);
  }
}

}  // namespace sotto::ui
