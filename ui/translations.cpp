#include "translations.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>
#include <memory>

namespace sotto::ui {

void installTranslations(QCoreApplication* application, const QString& qtFolder) {
  const QString folder = QStringLiteral(":/translations");
  const QString separator = QStringLiteral("_");
  const auto add = [application](std::unique_ptr<QTranslator> translator) {
    translator->setParent(application);
    QCoreApplication::installTranslator(translator.release());
  };
  auto english = std::make_unique<QTranslator>();
  if (english->load(QStringLiteral("sotto_en"), folder)) add(std::move(english));
  // Qt's words only with ours: no window in two languages, and none mirrored around English words.
  auto own = std::make_unique<QTranslator>();
  if (!own->load(QLocale(), QStringLiteral("sotto"), separator, folder)) return;
  const QLocale language(own->language());
  if (language.language() == QLocale::English) return;
  auto qt = std::make_unique<QTranslator>();
  const QString qtOwn = qtFolder.isEmpty() ? QLibraryInfo::path(QLibraryInfo::TranslationsPath) : qtFolder;
  if (qt->load(language, QStringLiteral("qtbase"), separator, qtOwn)) {
    add(std::move(qt));
  }
  add(std::move(own));  // the last one is asked first
}

}  // namespace sotto::ui
