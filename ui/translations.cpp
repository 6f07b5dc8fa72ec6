#include "translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace sotto::ui {

void installTranslations(QCoreApplication* application) {
  const auto install = [application](auto&&... file) {
    auto* translator = new QTranslator(application);
    if (translator->load(file...)) {
      QCoreApplication::installTranslator(translator);
    } else {
      delete translator;
    }
  };
  const QString folder = QStringLiteral(":/translations");
  install(QStringLiteral("sotto_en"), folder);
  // The last one installed is asked first.
  install(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
  install(QLocale(), QStringLiteral("sotto"), QStringLiteral("_"), folder);
}

}  // namespace sotto::ui
