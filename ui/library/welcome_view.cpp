#include "library/welcome_view.h"

#include <QBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QStyleOptionButton>
#include <algorithm>

#include "chat/chat_controller.h"
#include "library/model_menu.h"
#include "library/starter_models.h"
#include "theme/label.h"
#include "theme/paint.h"
#include "theme/style.h"

namespace sotto::ui {

namespace {

constexpr int kColumn = 548;
constexpr int kInset = 14;  // of a row's words in the ground that shows under the pointer

// One of the small models: its name, its file, its size; the whole row opens its page.
class StarterRow : public QPushButton {
 public:
  StarterRow(const StarterModel& model, QWidget* parent)
      : QPushButton(parent), name_(QString::fromLatin1(model.name)), size_(dataSize(model.bytes)) {
    const QString address = QString::fromLatin1(model.address);
    place_ = address.mid(8);  // without https://
    setObjectName(name_);
    setAccessibleName(name_ + QStringLiteral(", ") + size_);
    setAccessibleDescription(address);
    setToolTip(WelcomeView::tr("Choose the file %1 on its page").arg(QLatin1String(model.file)));
    setFixedHeight(54);
    setButtonKind(this, ButtonKind::quiet);
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    style()->drawControl(QStyle::CE_PushButtonBevel, &option, &painter, this);
    const Theme& theme = Theme::instance();
    const Palette& p = theme.palette();
    const QRect text = rect().adjusted(kInset, 8, -kInset, -8);
    painter.setFont(theme.textFont(13, QFont::Medium));
    painter.setPen(p.text);
    const Qt::Alignment leading = leadingSide(layoutDirection());
    const Qt::Alignment trailing = leading == Qt::AlignLeft ? Qt::AlignRight : Qt::AlignLeft;
    paintLine(&painter, QRect(text.left(), text.top(), text.width(), 19), leading, name_);
    painter.setFont(theme.textFont(12));
    const int sizeWidth = painter.fontMetrics().horizontalAdvance(size_);
    painter.setPen(p.secondaryText);
    paintLine(&painter, text, trailing, size_);
    painter.setPen(p.accent);
    const QRect link(text.left(), text.bottom() - 18, text.width() - sizeWidth - 16, 19);
    paintLine(&painter, leading == Qt::AlignRight ? link.translated(sizeWidth + 16, 0) : link, leading, place_);
  }

 private:
  QString name_, size_, place_;
};

}  // namespace

WelcomeView::WelcomeView(app::ChatController* controller, QWidget* parent)
    : QWidget(parent),
      controller_(controller),
      title_(new Label({}, &Palette::text, 20, this, QFont::DemiBold)),
      sentence_(new Label({}, &Palette::secondaryText, 14, this)),
      open_(new QPushButton(tr("Open a model…"), this)),
      useStarter_(new QPushButton(tr("Use the starter model"), this)),
      starters_(new QWidget(this)) {
  setObjectName(QStringLiteral("Welcome"));
  sentence_->setWordWrap(true);
  setButtonKind(open_, ButtonKind::primary);
  open_->setObjectName(QStringLiteral("Open a model"));
  open_->setAccessibleName(QStringLiteral("Open a model"));
  connect(open_, &QPushButton::clicked, this, &WelcomeView::openRequested);
  setButtonKind(useStarter_, ButtonKind::outline);
  useStarter_->setObjectName(QStringLiteral("Use the starter model"));
  connect(useStarter_, &QPushButton::clicked, this, [this] { controller_->loadModel(controller_->starterModel()); });

  auto* list = new QVBoxLayout(starters_);
  list->setContentsMargins(0, 0, 0, 0);
  list->setSpacing(2);
  auto* caption = new Label(tr("Any GGUF file of a LLaMA-family model will do. Three small ones:"), &Palette::quietText,
                            12, starters_);
  caption->setWordWrap(true);
  caption->setContentsMargins(kInset, 0, kInset, 0);
  list->addWidget(caption);
  list->addSpacing(6);
  for (const StarterModel& model : starterModels()) {
    auto* row = new StarterRow(model, starters_);
    connect(row, &QPushButton::clicked, this,
            [this, address = QString::fromLatin1(model.address)] { emit pageRequested(address); });
    list->addWidget(row);
  }

  auto* invitation = new QVBoxLayout;
  invitation->setContentsMargins(kInset, 0, kInset, 0);
  invitation->setSpacing(8);
  invitation->addWidget(title_);
  invitation->addWidget(sentence_);
  invitation->addSpacing(10);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  buttons->addWidget(open_);
  buttons->addWidget(useStarter_);
  buttons->addStretch();
  invitation->addLayout(buttons);
  auto* column = new QVBoxLayout;
  column->setSpacing(0);
  column->addStretch(2);
  column->addLayout(invitation);
  column->addSpacing(30);
  column->addWidget(starters_);
  column->addStretch(3);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(24, 16, 24, 16);
  auto* box = new QWidget(this);
  box->setLayout(column);
  column->setContentsMargins(0, 0, 0, 0);
  box->setMaximumWidth(kColumn);
  row->addStretch();
  row->addWidget(box, 100);
  row->addStretch();

  connect(controller, &app::ChatController::modelChanged, this, &WelcomeView::refresh);
  refresh();
}

void WelcomeView::refresh() {
  const app::ModelStatus& model = controller_->modelStatus();
  const bool needsModel = model.state == app::ModelState::none || model.state == app::ModelState::failed;
  const QString starter = controller_->starterModel();
  const QStringList recent = controller_->recentModels();
  const bool known = std::any_of(recent.begin(), recent.end(), [&](const QString& path) { return path != starter; });
  const bool demonstration = model.state == app::ModelState::ready && !starter.isEmpty() && model.path == starter;
  if (needsModel && !known) {
    title_->setText(tr("Bring a model"));
    sentence_->setText(
        tr("Sotto talks to language models that run on this computer: open a GGUF file, or drop one "
           "on this window."));
  } else if (needsModel) {
    title_->setText(tr("No model is open"));
    sentence_->setText(tr("Open a GGUF file, or choose one of the recent models in the header."));
  } else if (model.state == app::ModelState::loading) {
    title_->setText(tr("A new chat"));
    sentence_->setText(tr("The model is being loaded; you can write already."));
  } else if (demonstration) {
    title_->setText(tr("A new chat"));
    sentence_->setText(tr("You talk to a tiny demonstration model; open a real one for more."));
  } else {
    title_->setText(tr("A new chat"));
    sentence_->setText(tr("Write a message below. It stays on this computer."));
  }
  open_->setVisible(needsModel || demonstration);
  useStarter_->setVisible(needsModel && !starter.isEmpty());
  starters_->setVisible((needsModel || demonstration) && !known);
}

void WelcomeView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), Theme::instance().palette().background);
}

}  // namespace sotto::ui
