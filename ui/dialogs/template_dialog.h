// The chat template of the model that is loaded: which one is used, and another one in its place, with a look at what
// the model will read.
#pragma once

#include <QDialog>
#include <QTimer>

class QPushButton;

namespace sotto::app {
class ChatController;
struct ModelStatus;
struct TemplatePreview;
}  // namespace sotto::app

namespace sotto::ui {

class Label;
class MenuButton;
class TextArea;

// One sentence: where the template that is used comes from.
[[nodiscard]] QString templateOrigin(const app::ModelStatus& model);

class TemplateDialog : public QDialog {
  Q_OBJECT
 public:
  // Deletes itself when it is closed; closes itself when the model is another one, unless something was written.
  TemplateDialog(app::ChatController* controller, QWidget* parent);

 public slots:
  void reject() override;

 private:
  void layOut();
  void fillStarts();
  void ask();
  void onPreview(const app::TemplatePreview& preview);
  void refresh();
  [[nodiscard]] bool isChanged() const;

  app::ChatController* controller_;
  QString path_;       // of the model
  QString own_;        // its own template, or its family's
  QString used_;       // that it had when this was opened
  bool given_;         // which the user wrote
  bool gone_ = false;  // another model is loaded, or on its way
  Label* origin_;
  TextArea* edit_;
  TextArea* preview_;
  Label* error_;
  MenuButton* starts_;
  QPushButton *reset_, *save_;
  QTimer wait_;
  QString good_;  // the text that was found to work
};

}  // namespace sotto::ui
