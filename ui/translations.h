// The window's words in the person's language.
#pragma once

class QCoreApplication;

namespace sotto::ui {

// Qt's own and ours (resources/translations), for the default locale. English is always there, for its plural forms;
// what a language lacks is in English.
void installTranslations(QCoreApplication* application);

}  // namespace sotto::ui
