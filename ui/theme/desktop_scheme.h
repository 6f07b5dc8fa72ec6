// Whether the desktop asks for light or dark windows: the settings portal's color-scheme, followed live over D-Bus. (Qt
// tells it from 6.5 on only.)
#pragma once

#include <QDBusVariant>
#include <QObject>
#include <QString>
#include <optional>

class QPalette;

namespace sotto::ui {

// GUI thread only. Without a session bus or a portal there is no answer, and no error.
class DesktopScheme : public QObject {
  Q_OBJECT
 public:
  explicit DesktopScheme(QObject* parent = nullptr);

  // nullopt: the desktop has no preference, or cannot be asked.
  [[nodiscard]] std::optional<bool> dark() const { return dark_; }

 signals:
  void changed();

 private slots:
  void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

 private:
  void take(const QVariant& value);
  std::optional<bool> dark_;
};

// True when text is lighter than its ground.
[[nodiscard]] bool isDark(const QPalette& palette);

}  // namespace sotto::ui
