#include "dialogs/settings_dialog.h"

#include <QBoxLayout>
#include <QButtonGroup>
#include <QGridLayout>
#include <QKeySequence>
#include <QPushButton>
#include <QRadioButton>

#include "theme/label.h"
#include "theme/style.h"

namespace sotto::ui {

SettingsDialog::SettingsDialog(const QString& dataDir, QWidget* parent) : QDialog(parent) {
  setAttribute(Qt::WA_DeleteOnClose);
  setObjectName(QStringLiteral("Settings dialog"));
  setWindowTitle(tr("Settings"));
  setMinimumWidth(440);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(24, 20, 24, 20);
  column->setSpacing(8);
  column->addWidget(new Label(tr("Settings"), &Palette::text, 15, this, QFont::DemiBold));

  const auto heading = [&](const QString& text) {
    column->addSpacing(8);
    column->addWidget(new Label(text, &Palette::quietText, 12, this));
  };

  heading(tr("Appearance"));
  auto* group = new QButtonGroup(this);
  const std::tuple<Theme::Mode, const char*, QString> modes[] = {
      {Theme::Mode::followDesktop, "Follow the desktop", tr("Follow the desktop")},
      {Theme::Mode::light, "Light", tr("Light")},
      {Theme::Mode::dark, "Dark", tr("Dark")}};
  for (const auto& [mode, name, label] : modes) {
    auto* choice = new QRadioButton(label, this);
    choice->setObjectName(QString::fromLatin1(name));
    choice->setChecked(Theme::instance().mode() == mode);
    group->addButton(choice, static_cast<int>(mode));
    column->addWidget(choice);
    if (choice->isChecked()) choice->setFocus();
  }
  connect(group, &QButtonGroup::idClicked, this, [this](int mode) { emit modeChosen(static_cast<Theme::Mode>(mode)); });

  heading(tr("Your conversations are stored on this computer only, in"));
  auto* place = new Label(dataDir, &Palette::text, 13, this);
  place->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  place->setWordWrap(true);
  column->addWidget(place);

  heading(tr("Keyboard"));
  auto* grid = new QGridLayout;
  grid->setHorizontalSpacing(24);
  grid->setVerticalSpacing(4);
  const std::pair<QKeySequence, QString> keys[] = {
      {Qt::CTRL | Qt::Key_N, tr("New chat")},
      {Qt::CTRL | Qt::Key_O, tr("Open model")},
      {Qt::CTRL | Qt::Key_K, tr("Filter conversations")},
      {Qt::CTRL | Qt::Key_L, tr("Write a message")},
      {Qt::Key_Enter, tr("Send the message")},
      {Qt::SHIFT | Qt::Key_Enter, tr("New line in the message")},
      {Qt::Key_Escape, tr("Stop the reply")},
      {Qt::CTRL | Qt::Key_E, tr("Export")},
      {Qt::CTRL | Qt::Key_B, tr("Show or hide the conversations")},
      {Qt::CTRL | Qt::SHIFT | Qt::Key_S, tr("Show or hide the sampling panel")},
      {Qt::Key_F2, tr("Rename the conversation")},
      {Qt::Key_Delete, tr("Delete the conversation selected in the list")},
      {Qt::ALT | Qt::Key_Down, tr("Next conversation")},
      {Qt::ALT | Qt::Key_Up, tr("Previous conversation")},
      {Qt::CTRL | Qt::Key_Q, tr("Quit")}};
  int row = 0;
  for (const auto& [key, what] : keys) {
    grid->addWidget(new Label(what, &Palette::text, 13, this), row, 0);
    grid->addWidget(new Label(key.toString(QKeySequence::NativeText), &Palette::secondaryText, 13, this), row, 1);
    ++row;
  }
  grid->setColumnStretch(0, 1);
  column->addLayout(grid);

  column->addSpacing(12);
  auto* close = new QPushButton(tr("Close"), this);
  setButtonKind(close, ButtonKind::primary);
  close->setDefault(true);
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  column->addWidget(close, 0, Qt::AlignTrailing);
}

}  // namespace sotto::ui
