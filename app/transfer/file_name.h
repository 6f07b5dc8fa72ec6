// File names made from titles, safe on every file system in use. Pure functions.
#pragma once

#include <QHash>
#include <QSet>
#include <QString>

namespace sotto::app {

inline constexpr int longestFileNameBytes = 200;

// "title.extension", or with a number from 2 on "title (number).extension": nothing that Linux, macOS or Windows forbid
// or take for something else, no control or direction characters, not hidden, at most 200 bytes of UTF-8, cut between
// characters as people see them. A title of which nothing is left is "Conversation".
[[nodiscard]] QString fileNameFor(const QString& title, const QString& extension, int number = 1);

// The names in use in a folder, compared as the least discerning file systems do (case and composition do not count).
class TakenNames {
 public:
  explicit TakenNames(const QString& folder);
  // The first of fileNameFor's names that is free; it is taken from now on.
  [[nodiscard]] QString take(const QString& title, const QString& extension);

 private:
  QSet<QString> taken_;
  QHash<QString, int> next_;  // number to try for a name that was taken before
};

}  // namespace sotto::app
