#include "sampling/sampling_panel.h"

#include <QBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <algorithm>

#include "chat/chat_controller.h"
#include "menu_button.h"
#include "sampling/number_field.h"
#include "sampling/parameter_row.h"
#include "sampling/preset_menu.h"
#include "sampling/seed_row.h"
#include "sampling/value_slider.h"
#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

namespace {

constexpr int kMargin = 18;
}  // namespace

SamplingPanel::SamplingPanel(app::ChatController* controller, QWidget* parent)
    : QWidget(parent), controller_(controller), preset_(new MenuButton(this)) {
  static const bool accessible = (installSliderAccessibility(), true);
  Q_UNUSED(accessible)
  setObjectName(QStringLiteral("Sampling"));
  setAccessibleName(QStringLiteral("Sampling"));

  preset_->setObjectName(QStringLiteral("Preset"));
  preset_->setAccessibleName(QStringLiteral("Preset"));
  setButtonKind(preset_, ButtonKind::chip);
  preset_->attachMenu(new PresetMenu(controller, preset_));

  auto* content = new QWidget;
  content->setAutoFillBackground(false);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(kMargin, 0, kMargin, kMargin);
  column->setSpacing(4);
  addRows(column, content);
  column->addStretch();

  auto* scroll = new QScrollArea(this);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->viewport()->setAutoFillBackground(false);
  scroll->setWidget(content);
  content->setAutoFillBackground(false);

  auto* header = new QHBoxLayout;
  header->setContentsMargins(kMargin, 0, kMargin, 0);
  header->addWidget(new Label(tr("Sampling"), &Palette::text, 14, this, QFont::DemiBold));
  header->addStretch();
  header->addWidget(preset_);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(1, 12, 0, 0);  // 1 px: the hairline
  all->setSpacing(8);
  all->addLayout(header);
  all->addWidget(scroll);

  connect(controller, &app::ChatController::settingsChanged, this, &SamplingPanel::refresh);
  connect(controller, &app::ChatController::presetsChanged, this, &SamplingPanel::refresh);
  connect(controller, &app::ChatController::modelChanged, this, &SamplingPanel::refresh);
  connect(controller, &app::ChatController::currentChanged, this, &SamplingPanel::refresh);
  connect(controller, &app::ChatController::pathChanged, this, &SamplingPanel::refreshLastSeed);
  connect(controller, &app::ChatController::messageChanged, this, &SamplingPanel::refreshLastSeed);
  refresh();
}

void SamplingPanel::addRows(QVBoxLayout* column, QWidget* parent) {
  const auto add = [&](const char* name, const QString& label, const ValueScale& scale, const QString& hint) {
    auto* row = new ParameterRow(QString::fromLatin1(name), label, scale, parent);
    row->setHint(hint);
    column->addWidget(row);
    return row;
  };
  using Params = engine::SamplingParams;
  const auto bind = [this](ParameterRow* row, float Params::*member) {
    connect(row, &ParameterRow::edited, this, [this, member](double amount) {
      change([&](Params& params) { params.*member = static_cast<float>(amount); });
    });
  };

  temperature_ = add("Temperature", tr("Temperature"), scales::temperature(),
                     tr("Higher is more surprising; 0 always takes the likeliest token."));
  connect(temperature_, &ParameterRow::edited, this, [this](double amount) {
    change([&](Params& params) {
      params.temperature = static_cast<float>(amount);
      params.greedy = amount <= 0;
    });
  });
  topP_ =
      add("Top-p", tr("Top-p"), scales::topP(), tr("Keeps the likeliest tokens that together have this probability."));
  topP_->setOffAt(1);
  bind(topP_, &Params::top_p);
  topK_ = add("Top-k", tr("Top-k"), scales::topK(), tr("Keeps this many of the likeliest tokens."));
  topK_->setOffAt(0);
  connect(topK_, &ParameterRow::edited, this,
          [this](double amount) { change([&](Params& params) { params.top_k = static_cast<int>(amount); }); });
  minP_ =
      add("Min-p", tr("Min-p"), scales::minP(), tr("Drops tokens less likely than this part of the likeliest one."));
  minP_->setOffAt(0);
  bind(minP_, &Params::min_p);
  repeat_ = add("Repetition penalty", tr("Repetition penalty"), scales::repeatPenalty(),
                tr("Makes tokens that were written lately less likely."));
  repeat_->setOffAt(1);
  bind(repeat_, &Params::repeat_penalty);
  frequency_ = add("Frequency penalty", tr("Frequency penalty"), scales::additivePenalty(),
                   tr("The more often a token was written lately, the less likely it becomes."));
  frequency_->setOffAt(0);
  frequency_->setOrigin(0);
  bind(frequency_, &Params::frequency_penalty);
  presence_ = add("Presence penalty", tr("Presence penalty"), scales::additivePenalty(),
                  tr("Makes every token that was written lately less likely, however often."));
  presence_->setOffAt(0);
  presence_->setOrigin(0);
  bind(presence_, &Params::presence_penalty);

  maxTokens_ = add("Max tokens", tr("Max tokens"), scales::maxTokens(), tr("A reply ends after this many tokens."));
  maxTokens_->field()->setWordFor(0, tr("No limit"));
  connect(maxTokens_, &ParameterRow::edited, this,
          [this](double amount) { controller_->setMaxTokens(static_cast<int>(amount)); });

  column->addSpacing(4);
  seed_ = new SeedRow(parent);
  column->addWidget(seed_);
  connect(seed_, &SeedRow::edited, this, [this](std::optional<quint64> seed) { controller_->setSeed(seed); });
}

void SamplingPanel::change(const std::function<void(engine::SamplingParams&)>& edit) {
  engine::SamplingParams params = controller_->settings().params;
  edit(params);
  controller_->setParams(params);
}

void SamplingPanel::show(const engine::SamplingParams& params) {
  const bool greedy = params.greedy || params.temperature <= 0;
  temperature_->setAmount(greedy ? 0.0 : static_cast<double>(params.temperature));
  topP_->setAmount(static_cast<double>(params.top_p));
  topK_->setAmount(params.top_k);
  minP_->setAmount(static_cast<double>(params.min_p));
  repeat_->setAmount(static_cast<double>(params.repeat_penalty));
  frequency_->setAmount(static_cast<double>(params.frequency_penalty));
  presence_->setAmount(static_cast<double>(params.presence_penalty));
  for (ParameterRow* row : {topP_, topK_, minP_}) row->setIdle(greedy);
}

void SamplingPanel::refresh() {
  const app::ConversationSettings& settings = controller_->settings();
  show(settings.params);
  maxTokens_->setAmount(settings.maxTokens);
  seed_->setSeed(settings.seed);
  preset_->setText(presetLabel(*controller_));

  // A double click goes back to what the preset says.
  engine::SamplingParams reset;
  const auto& presets = controller_->presets();
  const auto chosen = std::find_if(presets.begin(), presets.end(),
                                   [&](const app::Preset& preset) { return preset.id == settings.preset; });
  if (chosen != presets.end()) {
    reset = chosen->params;
  } else if (const auto& suggested = controller_->modelStatus().suggested) {
    reset = *suggested;
  }
  temperature_->setResetAmount(reset.greedy ? 0.0 : static_cast<double>(reset.temperature));
  topP_->setResetAmount(static_cast<double>(reset.top_p));
  topK_->setResetAmount(reset.top_k);
  minP_->setResetAmount(static_cast<double>(reset.min_p));
  repeat_->setResetAmount(static_cast<double>(reset.repeat_penalty));
  frequency_->setResetAmount(static_cast<double>(reset.frequency_penalty));
  presence_->setResetAmount(static_cast<double>(reset.presence_penalty));
  maxTokens_->setResetAmount(0);
  refreshLastSeed();
}

void SamplingPanel::refreshLastSeed() {
  const app::ConversationTree* tree = controller_->current();
  std::optional<quint64> seed;
  if (tree != nullptr) {
    const auto path = tree->activePath();
    for (auto id = path.rbegin(); id != path.rend() && !seed; ++id) {
      if (const app::Message* message = tree->find(*id)) seed = message->seed;
    }
  }
  seed_->setLastSeed(seed);
}

void SamplingPanel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const Palette& p = Theme::instance().palette();
  painter.fillRect(rect(), p.panel);
  const int edge = layoutDirection() == Qt::RightToLeft ? width() - 1 : 0;
  painter.fillRect(QRect(edge, 0, 1, height()), p.hairline);
}

}  // namespace sotto::ui
