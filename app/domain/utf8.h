// Between QString and UTF-8 without loss.
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace sotto::app {

// UTF-8 of any QString; lone surrogates become U+FFFD (QString::toUtf8 writes question marks).
[[nodiscard]] QByteArray utf8Of(const QString& text);

// All of it, byte order marks too (QString::fromUtf8 drops one at the beginning).
[[nodiscard]] QString fromUtf8Whole(QByteArrayView bytes);

}  // namespace sotto::app
