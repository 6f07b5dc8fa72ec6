// The window's words in the person's language.
#pragma once

#include <QString>

class QCoreApplication;

namespace sotto::ui {

// Qt's own and ours (resources/translations), for the default locale. English is always there, for its plural forms;
// what a language lacks is in English.
// `qtFolder` is where Qt's are; empty: where Qt keeps them.
void installTranslations(QCoreApplication* application, const QString& qtFolder = {});

}  // namespace sotto::ui
