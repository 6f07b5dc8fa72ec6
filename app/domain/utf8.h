#pragma once

#include <QByteArray>
#include <QString>

namespace sotto::app {

// UTF-8 of any QString; lone surrogates become U+FFFD (QString::toUtf8 writes question marks).
[[nodiscard]] QByteArray utf8Of(const QString& text);

}  // namespace sotto::app
