#include "library/model_chip.h"

#include <QFileInfo>
#include <QPainter>
#include <QStyleOptionButton>
#include <algorithm>
#include <cmath>

#include "chat/chat_controller.h"
#include "library/model_menu.h"
#include "library/starter_models.h"
#include "theme/paint.h"
#include "theme/style.h"
#include "theme/theme.h"

namespace sotto::ui {

namespace {

constexpr int kSide = 12, kDot = 8, kGap = 6;

// The chip fills from its leading end.
void paintProgress(QPainter* painter, const QRect& chip, double progress, Qt::LayoutDirection direction) {
  const int filled = static_cast<int>(std::lround(std::clamp(progress, 0.0, 1.0) * chip.width()));
  const QRect part(direction == Qt::RightToLeft ? chip.right() + 1 - filled : chip.left(), chip.top(), filled,
                   chip.height());
  painter->save();
  painter->setClipRect(part);
  paintRounded(painter, QRectF(chip).adjusted(1, 1, -1, -1), chip.height() / 2.0,
               Theme::instance().palette().userBubble, {});
  painter->restore();
}

}  // namespace

ModelChip::ModelChip(app::ChatController* controller, QWidget* parent) : MenuButton(parent), controller_(controller) {
  setObjectName(QStringLiteral("Model"));
  setAccessibleName(QStringLiteral("Model"));
  setButtonKind(this, ButtonKind::chip);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  connect(controller, &app::ChatController::modelChanged, this, &ModelChip::refresh);
  refresh();
}

void ModelChip::refresh() {
  const app::ModelStatus& model = controller_->modelStatus();
  const QString name = model.name.isEmpty() ? modelFileName(model.path) : model.name;
  QString words;
  switch (model.state) {
    case app::ModelState::none:
      words = tr("No model");
      break;
    case app::ModelState::loading:
      words = tr("Loading %1 · %2 %").arg(name).arg(std::lround(std::clamp(model.progress, 0.0, 1.0) * 100));
      break;
    case app::ModelState::failed:
      words = tr("%1 could not be opened").arg(name);
      break;
    case app::ModelState::ready: {
      QStringList parts{name};
      if (!model.quantisation.isEmpty()) parts << model.quantisation;
      if (model.fileBytes > 0) parts << dataSize(model.fileBytes);
      words = parts.join(QStringLiteral(" · "));
      break;
    }
  }
  setText(words);
  setAccessibleDescription(words);
  setToolTip(model.state == app::ModelState::failed ? model.error : model.path);
  updateGeometry();
  update();
}

QSize ModelChip::sizeHint() const {
  return {2 * kSide + kDot + kGap + tabularWidth(fontMetrics(), text()) + 1, Metrics::chipHeight};
}

QSize ModelChip::minimumSizeHint() const { return {2 * kSide + kDot, Metrics::chipHeight}; }  // the dot at least

void ModelChip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  QStyleOptionButton option;
  initStyleOption(&option);
  style()->drawControl(QStyle::CE_PushButtonBevel, &option, &painter, this);

  const Palette& p = Theme::instance().palette();
  const app::ModelStatus& model = controller_->modelStatus();
  if (model.state == app::ModelState::loading) paintProgress(&painter, rect(), model.progress, layoutDirection());
  QColor dot = p.quietText;
  if (model.state == app::ModelState::ready) dot = p.accent;
  if (model.state == app::ModelState::loading) dot = p.caution;
  if (model.state == app::ModelState::failed) dot = p.failure;
  const bool mirrored = layoutDirection() == Qt::RightToLeft;
  const QRectF spot(mirrored ? width() - kSide - kDot : kSide, (height() - kDot) / 2.0, kDot, kDot);
  paintRounded(&painter, spot, kDot / 2.0, model.state == app::ModelState::none ? QColor() : dot,
               model.state == app::ModelState::none ? dot : QColor());

  const int start = kSide + kDot + kGap;
  const QRect line = mirrored ? QRect(kSide, 0, width() - start - kSide, height())
                              : QRect(start, 0, width() - start - kSide, height());
  painter.setPen(p.secondaryText);
  if (tabularWidth(fontMetrics(), text()) <= line.width()) {
    paintTabular(&painter, line, leadingSide(layoutDirection()), text());
  } else {
    paintLine(&painter, line, leadingSide(layoutDirection()), text());
  }
}

}  // namespace sotto::ui
