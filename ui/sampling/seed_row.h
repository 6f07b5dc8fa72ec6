// The seed: a new one for every reply, or a fixed one that makes replies repeatable.
#pragma once

#include <QWidget>
#include <optional>

class QLineEdit;
class QPushButton;

namespace sotto::ui {

class SeedRow : public QWidget {
  Q_OBJECT
 public:
  explicit SeedRow(QWidget* parent);

  void setSeed(std::optional<quint64> seed);
  // The seed of the newest reply, which "fix" takes.
  void setLastSeed(std::optional<quint64> seed) { last_ = seed; }

 signals:
  void edited(std::optional<quint64> seed);

 private:
  void commit();
  void take(std::optional<quint64> seed);

  QLineEdit* field_;
  QPushButton* mode_;
  std::optional<quint64> seed_, last_;
};

}  // namespace sotto::ui
