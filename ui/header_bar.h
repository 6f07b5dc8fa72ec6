// The 52 px above the transcript: title, branch, model, system prompt, export, and the switches of the side columns.
#pragma once

#include <QWidget>

class QMenu;
class QPushButton;
class QToolButton;

namespace sotto::app {
class ChatController;
}

namespace sotto::ui {

class ElidedLabel;
class MenuButton;
class ModelChip;

class HeaderBar : public QWidget {
  Q_OBJECT
 public:
  HeaderBar(app::ChatController* controller, QWidget* parent);

  [[nodiscard]] ModelChip* model() const { return model_; }
  [[nodiscard]] QToolButton* listSwitch() const { return list_; }
  [[nodiscard]] QToolButton* samplingSwitch() const { return sampling_; }
  void setColumns(bool listOpen, bool samplingOpen);
  void setPromptOpen(bool open);
  void openExportMenu();

 signals:
  void listToggled();
  void samplingToggled();
  void promptToggled();
  void exportRequested(const QString& format, bool all);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void layOut();
  void fillExport();
  void fillBranches();
  void refresh();
  void fit();
  void fitModel();

  app::ChatController* controller_;
  QToolButton *list_, *sampling_;
  ElidedLabel* title_;
  MenuButton* branch_;
  ModelChip* model_;
  QToolButton* cancelLoading_;
  QPushButton* prompt_;
  MenuButton* export_;
  QMenu* branches_;
};

}  // namespace sotto::ui
