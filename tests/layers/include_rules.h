// What each layer may include: ui -> app -> engine, and nothing outside the engine reaches into engine/src.
#pragma once

#include <QDir>
#include <QString>
#include <QStringList>

namespace sotto::tests {

struct Include {
  QString name;  // between the quotes or angle brackets
  bool quoted = false;
  int line = 0;
};

// The #include lines of a source, comments skipped.
[[nodiscard]] QList<Include> includesOf(const QString& source);

// Why the file at this path (relative to the tree's root, "app/chat/x.cpp") may not have that include; empty where it
// may.
class IncludeRules {
 public:
  // `root`: the source tree; `qtHeaders`: the folder of QtCore, QtWidgets and so on.
  IncludeRules(const QDir& root, const QDir& qtHeaders) : root_(root), qtHeaders_(qtHeaders) {}

  [[nodiscard]] QString objection(const QString& file, const Include& include) const;

 private:
  [[nodiscard]] QString systemObjection(const QString& file, const QString& name) const;
  [[nodiscard]] QString ownObjection(const QString& file, const QString& name) const;
  [[nodiscard]] QString qtModuleOf(const QString& name) const;

  QDir root_, qtHeaders_;
};

}  // namespace sotto::tests
